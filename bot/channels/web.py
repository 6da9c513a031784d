"""The web channel: a session token, messages, replies with buttons (contract: docs/web-channel.md).

Decides that a session is a token which proves itself (`bot.privacy.pseudonyms`), so that the
person is answered even while Redis is down; that errors are JSON in the person's language; that
bodies over 16 kB of text are refused, however their letters are escaped; and how much one address
may send (a shelter shares one, so the limit is a setting). Which pages may ask at all is decided
in `bot.channels.origins`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels import events, origins
from bot.channels.turns import Crowded, UnderWay
from bot.channels.web_messages import CHANNEL, body_of, turn_of
from bot.directory.areas import exists
from bot.http.body import TooLarge, read_body, read_json
from bot.http.callers import accepted_language, address_of, bearer_token
from bot.http.errors import RequestRefused
from bot.http.events import stream_of
from bot.http.streams import Streams
from bot.privacy import logs
from bot.privacy.pseudonyms import conversation_id, new_session_token, valid_session_token
from bot.privacy.web_addresses import origin_code
from bot.services import Services, services_of
from bot.stages import answer
from bot.stores import conversation as kept
from bot.stores.keys import RETENTION
from bot.stores.limits import count
from bot.text.languages import LANGUAGES
from bot.turn import PlaceReading, Turn, Understanding

PATH = "/webhooks/web"

LONGEST_BODY = 16 * 1024
"""Bytes of a body, its letters unescaped."""

LONGEST_RAW_BODY = 8 * LONGEST_BODY
"""Bytes as sent: JSON may escape a letter of two bytes with six."""


logger = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]

_streams = Streams()
_under_way = UnderWay()


def routes() -> list[Route]:
    """The routes of the web channel."""
    return [
        _route("/sessions", "POST", _from_our_pages(_in_turn(_begin))),
        _route("/sessions", "DELETE", _from_our_pages(_end)),
        _route("/messages", "POST", _from_our_pages(_in_turn(_message))),
        _route("/events", "GET", _from_our_pages(_in_turn(_events))),
        _route("/erase", "POST", _leave),  # whoever has the token may erase, from wherever
        _route("/{path:path}", "OPTIONS", origins.preflight),
    ]


def _route(path: str, method: str, endpoint: Endpoint) -> Route:
    crossing = [Middleware(origins.CrossOrigin)]
    return Route(f"{PATH}{path}", endpoint, methods=[method], middleware=crossing)


def _from_our_pages(endpoint: Endpoint) -> Endpoint:
    """Refuse what a page of neither ours nor a site's asks for."""

    async def checked(request: Request) -> Response:
        if not origins.is_allowed(request, services_of(request).settings):
            raise RequestRefused(403, "origin_not_allowed", "This site may not use the channel.")
        return await endpoint(request)

    return checked


def _in_turn(endpoint: Endpoint) -> Endpoint:
    """Answer few requests of an address at once, and so many a minute."""

    async def waiting(request: Request) -> Response:
        services = services_of(request)
        try:
            async with _under_way.place(_origin(request, services)):
                await _limit_address(request, services)
                return await endpoint(request)
        except Crowded:
            raise _too_many() from None

    return waiting


async def _begin(request: Request) -> Response:
    services = services_of(request)
    fields = await _fields(request, may_be_empty=True)
    wanted = fields.get("language")
    if wanted is not None and wanted not in LANGUAGES:
        raise RequestRefused(400, "unknown_language", f"language is one of {', '.join(LANGUAGES)}.")
    region = fields.get("region", "")
    if region and not (isinstance(region, str) and exists(region)):
        raise RequestRefused(400, "unknown_region", "region is an INEI code of 2, 4 or 6 digits.")
    token = new_session_token(services.settings.secret)
    turn = Turn(
        channel=CHANNEL,
        site=_site(request, fields, services),
        origin=_origin(request, services),
        conversation=conversation_id(services.settings.secret, CHANNEL, token),
        language=wanted or accepted_language(request),
        understanding=Understanding(intent="greet", place=PlaceReading(code=region)),
    )
    turn = await answer(turn, services)
    return JSONResponse({"token": token, **body_of(turn)}, status_code=201)


async def _message(request: Request) -> Response:
    services = services_of(request)
    token = await _token(request, services)
    fields = await _fields(request)
    turn = turn_of(fields, conversation_id(services.settings.secret, CHANNEL, token))
    turn.origin = _origin(request, services)
    turn.language = accepted_language(request)
    turn = await answer(turn, services)
    await _forget_if_ended(turn, services)
    if turn.throttled:
        raise RequestRefused(
            429,
            "too_many_messages",
            turn.replies[0].text,
            retry_after=str(RETENTION["throttle"]),
        )
    return JSONResponse(body_of(turn))


def _site(request: Request, fields: dict[str, Any], services: Services) -> str:
    wanted = fields.get("site", "")
    if not isinstance(wanted, str):
        raise RequestRefused(400, "bad_request", phrase="error_bad_request")
    found = origins.site_named(request, services.settings, wanted)
    if wanted and found is None:
        raise RequestRefused(403, "site_not_allowed", "site is none of this origin's.")
    return found.name if found else ""


@contextmanager
def _answered_without_store(services: Services, what: str) -> Iterator[None]:
    """Go on where the store cannot be asked: the person is answered all the same."""
    try:
        yield
    except Exception as error:
        services.store.failed()
        logs.failure(logger, what, error, channel=CHANNEL)


async def _forget_if_ended(turn: Turn, services: Services) -> None:
    """A session that was ended while its turn was answered: what the turn wrote goes too."""
    with _answered_without_store(services, "ended session not looked up"):  # it expires by itself
        if not services.store.down and await kept.has_ended(services.redis, turn.conversation):
            await kept.erase(services.redis, turn.conversation)
            await services.handoff.forget(turn.conversation)


async def _events(request: Request) -> Response:
    services = services_of(request)
    token = await _token(request, services)
    conversation = conversation_id(services.settings.secret, CHANNEL, token)
    after = request.headers.get("last-event-id", "").strip()
    if not re.fullmatch(r"\d{1,15}-\d{1,10}", after):
        after = ""
    address = address_of(request)
    if _streams.full(address):
        raise RequestRefused(429, "too_many_streams", phrase="repeat_limit", retry_after="30")
    stream = events.stream(
        services,
        conversation,
        after,
        lambda: valid_session_token(services.settings.secret, token),
    )
    return stream_of(_streams.held(stream, conversation, address))


async def _end(request: Request) -> Response:
    """Erase; asked for again it is done again, since the first may have failed half way."""
    services = services_of(request)
    await _erase(_good_token(request, services), services)
    return Response(status_code=204)


async def _leave(request: Request) -> Response:
    """The same for a page that is leaving: sendBeacon can set no header."""
    services = services_of(request)
    try:
        body = await read_body(request, LONGEST_BODY)
    except TooLarge:
        raise RequestRefused(413, "too_large", phrase="error_too_long") from None
    token = body.decode("ascii", "replace").strip()
    if not valid_session_token(services.settings.secret, token):
        raise RequestRefused(401, "bad_token", phrase="error_session_ended")
    await _erase(token, services)
    return Response(status_code=204)


async def _erase(token: str, services: Services) -> None:
    conversation = conversation_id(services.settings.secret, CHANNEL, token)
    try:
        await services.end(conversation)
    except Exception as error:
        logs.failure(logger, "session not erased", error, channel=CHANNEL)
        services.unfinished.add(conversation)  # a page that has left cannot ask again
        raise RequestRefused(503, "not_erased", phrase="not_erased") from None


async def _fields(request: Request, *, may_be_empty: bool = False) -> dict[str, Any]:
    try:
        raw = await read_body(request, LONGEST_RAW_BODY)
    except TooLarge:
        raise RequestRefused(413, "too_large", phrase="error_too_long") from None
    if not raw and may_be_empty:
        return {}
    try:
        fields = read_json(raw)
    except ValueError:
        raise RequestRefused(
            413 if len(raw) > LONGEST_BODY else 400, "bad_json", phrase="error_bad_request"
        ) from None
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    if len(plain.encode("utf-8", "replace")) > LONGEST_BODY:
        raise RequestRefused(413, "too_large", phrase="error_too_long")
    if not isinstance(fields, dict):
        raise RequestRefused(400, "bad_request", phrase="error_bad_request")
    return fields


def _good_token(request: Request, services: Services) -> str:
    """A token of ours that has not expired, whether or not its session was erased.

    Raises:
        RequestRefused: It is missing or none.
    """
    token = bearer_token(request)
    if not valid_session_token(services.settings.secret, token):
        raise _no_session("bad_token")
    return token


async def _token(request: Request, services: Services) -> str:
    """The session's token.

    Raises:
        RequestRefused: It is missing, not ours, expired, or its session was erased.
    """
    token = _good_token(request, services)
    conversation = conversation_id(services.settings.secret, CHANNEL, token)
    ended = False
    with _answered_without_store(services, "session not looked up"):
        ended = not services.store.down and await kept.has_ended(services.redis, conversation)
    if ended:
        raise _no_session("session_ended")
    return token


def _no_session(code: str) -> RequestRefused:
    return RequestRefused(401, code, phrase="error_session_ended", www_authenticate="Bearer")


def _origin(request: Request, services: Services) -> str:
    """The code of the address that a request came from, for today."""
    return origin_code(services.settings.secret, address_of(request))


async def _limit_address(request: Request, services: Services) -> None:
    if services.store.down:
        return
    found = 0
    with _answered_without_store(services, "address not counted"):
        (found,) = await count(services.redis, [("address", _origin(request, services), 1)])
    if found > services.settings.address_per_minute:
        raise _too_many()


def _too_many() -> RequestRefused:
    return RequestRefused(
        429, "too_many_requests", phrase="repeat_limit", retry_after=str(RETENTION["address"])
    )
