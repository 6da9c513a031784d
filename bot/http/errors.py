"""Requests that get an error: raised below a route, answered by one handler (`bot.errors`).

Decides that an error is JSON, `{"error": {"code", "message"}}`, whoever refuses.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse


class RequestRefused(Exception):
    """A request that gets an error.

    Args:
        status: Of HTTP.
        code: For programs.
        message: A sentence for who runs them; empty where there is a phrase.
        phrase: Name of a text of the tables, said in the person's language.
        **headers: Of the answer, with "_" for "-".
    """

    def __init__(
        self, status: int, code: str, message: str = "", *, phrase: str = "", **headers: str
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.phrase = status, code, message, phrase
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """An error as JSON."""
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)
