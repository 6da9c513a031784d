"""What is said when a page does not exist or something fails here.

Decides that a program gets JSON and a browser a page that needs no script: that something failed,
and the numbers, in the language it asks for first and then in the others (law 5).
"""

from __future__ import annotations

import logging
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.answers.tables import say, title
from bot.privacy import logs
from bot.text.languages import LANGUAGES, accepted

_CODES = {404: "not_found", 405: "method_not_allowed"}

logger = logging.getLogger(__name__)


async def http_error(request: Request, error: Exception) -> Response:
    """The answer to a request that is refused."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if _is_browser(request):
        return _page(request, error.status_code, dict(error.headers or {}))
    return JSONResponse(
        {"error": {"code": _CODES.get(error.status_code, "error"), "message": error.detail}},
        status_code=error.status_code,
        headers=error.headers,
    )


async def server_error(request: Request, error: Exception) -> Response:
    """The answer to a request that failed here."""
    logs.failure(logger, "request failed", error)
    if _is_browser(request):
        return _page(request, 500, {})
    return JSONResponse(
        {"error": {"code": "server_error", "message": "Something failed here. Try again."}},
        status_code=500,
    )


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _page(request: Request, status: int, headers: dict[str, str]) -> Response:
    first = accepted(request.headers.get("accept-language", ""))
    order = [first, *(language for language in LANGUAGES if language != first)]
    sections = "".join(
        f'<section lang="{language}"><h2>{escape(title("safe", language))}</h2>'
        f"<p>{escape(say('safe', language)).replace(chr(10), '<br>')}</p></section>"
        for language in order
    )
    return HTMLResponse(
        f'<!doctype html><html lang="{first}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title('safe', first))}</title></head><body>{sections}</body></html>",
        status_code=status,
        headers=headers,
    )
