"""What is said when a request is refused, a page does not exist or something fails here.

Decides that a program gets JSON and a browser a page that needs no script: that something failed,
and the numbers, in the language it asks for first and then in the others (law 5). What a route
refuses by itself (`RequestRefused`) is JSON for everybody, in the person's language.
"""

from __future__ import annotations

import logging
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.answers.tables import say, title
from bot.http.callers import accepted_language
from bot.http.errors import RequestRefused, error_response
from bot.privacy import logs
from bot.text.languages import LANGUAGES

_CODES = {404: "not_found", 405: "method_not_allowed"}

logger = logging.getLogger(__name__)


async def http_error(request: Request, error: Exception) -> Response:
    """The answer to a request that is refused."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if _is_browser(request):
        return _page(request, error.status_code, dict(error.headers or {}))
    code = _CODES.get(error.status_code, "error")
    return error_response(error.status_code, code, error.detail, error.headers)


async def request_refused(request: Request, error: Exception) -> Response:
    """The answer to a request that a route refuses."""
    assert isinstance(error, RequestRefused)  # noqa: S101 - registered for it
    said = say(error.phrase, accepted_language(request)) if error.phrase else error.message
    return error_response(error.status, error.code, said, error.headers)


async def server_error(request: Request, error: Exception) -> Response:
    """The answer to a request that failed here."""
    logs.failure(logger, "request failed", error)
    if _is_browser(request):
        return _page(request, 500, {})
    return error_response(500, "server_error", "Something failed here. Try again.")


HANDLERS = {
    HTTPException: http_error,
    RequestRefused: request_refused,
    Exception: server_error,
}
"""Of the app: exceptions that leave a route, to what answers them."""


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _page(request: Request, status: int, headers: dict[str, str]) -> Response:
    first = accepted_language(request)
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
