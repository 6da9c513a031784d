"""What every page and call of the desk goes through: who is signed in, and may they.

Decides that a page without a session leads to the sign-in and a call gets 401; that a change needs
the CSRF token and one of our own pages; that what is only for supervisors is refused to others;
and which policy the desk's pages carry (nothing from elsewhere, forms to ourselves only). With the
store down a page says so in plain words with the lines that answer, and a call gets 503.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.console.attempts import Attempts
from bot.console.board import Board
from bot.console.markup import HOME
from bot.console.passages import Passages
from bot.console.sessions import Session, Sessions, csrf_fits, from_our_page
from bot.console.unavailable import unavailable
from bot.handoff.service import HandOffService
from bot.http.body import TooLarge, read_body, read_form, read_json
from bot.privacy import logs
from bot.settings import Settings
from bot.stores.client import StoreDown

logger = logging.getLogger(__name__)

SIGN_IN = "/console/login"
LONGEST_BODY = 32 * 1024


@dataclass
class Desk:
    """The parts of the console in one process."""

    settings: Settings
    handoff: HandOffService
    sessions: Sessions
    attempts: Attempts
    passages: Passages
    board: Board


class CallRefused(Exception):
    """A call that gets an error."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


Handler = Callable[[Request, Session], Awaitable[Response]]

STORE_FAILED = (RedisError, StoreDown, OSError)
"""What a call of a store raises when the store does not answer."""


def desk_of(request: Request) -> Desk:
    """The desk of the app that a request came to."""
    found: Desk = request.app.state.desk
    return found


async def _page_without_store(request: Request, error: Exception) -> Response:
    logs.failure(logger, "the desk has no store", error)
    return unavailable(request)


async def _call_without_store(request: Request, error: Exception) -> Response:
    del request
    logs.failure(logger, "the desk has no store", error)
    return JSONResponse({"error": {"code": "store_down"}}, status_code=503)


async def _call_refused(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, CallRefused)  # noqa: S101 - registered for it
    return JSONResponse({"error": {"code": error.code}}, status_code=error.status)


PAGES = [Middleware(ExceptionMiddleware, handlers=dict.fromkeys(STORE_FAILED, _page_without_store))]
CALLS = [
    Middleware(
        ExceptionMiddleware,
        handlers={CallRefused: _call_refused, **dict.fromkeys(STORE_FAILED, _call_without_store)},
    )
]
"""What answers for the exceptions that leave a page, and a call of a script."""


def page(path: str, handler: Handler, *, supervisor: bool = False) -> Route:
    """A page for those who are signed in."""

    async def guarded(request: Request) -> Response:
        session = await desk_of(request).sessions.of(request)
        if session is None:
            return RedirectResponse(SIGN_IN, status_code=303)
        if supervisor and session.account.role != "supervisor":
            return RedirectResponse(HOME, status_code=303)
        return await handler(request, session)

    return Route(path, guarded, methods=["GET"], middleware=PAGES)


def form(path: str, handler: Handler) -> Route:
    """A form of a page: its CSRF token is a field."""

    async def guarded(request: Request) -> Response:
        session = await desk_of(request).sessions.of(request)
        if session is None:
            return RedirectResponse(SIGN_IN, status_code=303)
        fields = await form_fields(request)
        if not from_our_page(request) or not csrf_fits(session, fields.get("csrf", "")):
            return RedirectResponse(HOME, status_code=303)
        request.state.fields = fields
        return await handler(request, session)

    return Route(path, guarded, methods=["POST"], middleware=PAGES)


def call(path: str, handler: Handler, method: str = "POST", *, supervisor: bool = False) -> Route:
    """A call of a page's script: JSON, the CSRF token in a header for what changes something."""

    async def guarded(request: Request) -> Response:
        session = await desk_of(request).sessions.of(request)
        if session is None:
            raise CallRefused(401, "signed_out")
        if supervisor and session.account.role != "supervisor":
            raise CallRefused(403, "not_allowed")
        if method != "GET":
            token = request.headers.get("x-csrf-token", "")
            if not from_our_page(request) or not csrf_fits(session, token):
                raise CallRefused(403, "bad_csrf_token")
        return await handler(request, session)

    return Route(path, guarded, methods=[method], middleware=CALLS)


async def fields_of(request: Request) -> dict[str, Any]:
    """The JSON object of a call.

    Raises:
        CallRefused: It is none, or too large.
    """
    try:
        found = read_json(await read_body(request, LONGEST_BODY) or b"{}")
    except TooLarge:
        raise CallRefused(413, "too_large") from None
    except ValueError:
        raise CallRefused(400, "bad_request") from None
    if not isinstance(found, dict):
        raise CallRefused(400, "bad_request")
    return found


def text_of(fields: dict[str, Any], name: str, longest: int, *, needed: bool = True) -> str:
    """A text of a call.

    Raises:
        CallRefused: It is missing, too long, or no text.
    """
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > longest or (needed and not value.strip()):
        raise CallRefused(400, f"bad_{name}")
    return value


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of a form; none where it is too large."""
    try:
        return dict(read_form(await read_body(request, LONGEST_BODY)))
    except TooLarge:
        return {}
