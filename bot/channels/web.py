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
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.answers.tables import say
from bot.channels import events, origins
from bot.channels.turns import Crowded, UnderWay
from bot.channels.web_messages import RequestRefused, body_of, turn_of
from bot.directory.areas import exists
from bot.http.body import TooLarge, read_body, read_json
from bot.http.streams import Streams
from bot.privacy import logs
from bot.privacy.pseudonyms import conversation_id, new_session_token, valid_session_token
from bot.privacy.web_addresses import origin_code
from bot.services import Services
from bot.stages import answer
from bot.stores import conversation as kept
from bot.stores.keys import RETENTION
from bot.stores.limits import count
from bot.text.languages import LANGUAGES, accepted
from bot.turn import PlaceReading, Turn, Understanding

PATH = "/webhooks/web"

LONGEST_BODY = 16 * 1024
"""Bytes of a body, its letters unescaped."""

LONGEST_RAW_BODY = 8 * LONGEST_BODY
"""Bytes as sent: JSON may escape a letter of two bytes with six."""


logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]

_streams = Streams()
_under_way = UnderWay()


def routes(services: Services) -> list[Route]:
    """The routes of the web channel."""

    def route(path: str, method: str, handler: Any) -> Route:
        async def guarded(request: Request) -> Response:
            try:
                if handler is not _leave and not origins.is_allowed(request, services.settings):
                    raise RequestRefused(
                        403, "origin_not_allowed", "This site may not use the channel."
                    )
                response: Response = await _answered(request, handler)
            except RequestRefused as refused:
                response = _error(request, refused)
            return origins.permit(request, response, services.settings)

        return Route(f"{PATH}{path}", guarded, methods=[method], name=f"{method} {path}")

    async def _answered(request: Request, handler: Any) -> Response:
        if handler in (_leave, _end):  # whoever has the token may erase, whatever others do
            response: Response = await handler(request, services)
            return response
        try:
            async with _under_way.place(_origin(request, services)):
                await _limit_address(request, services)
                response = await handler(request, services)
                return response
        except Crowded:
            raise _too_many() from None

    async def preflight(request: Request) -> Response:
        return origins.preflight(request, services.settings)

    return [
        route("/sessions", "POST", _begin),
        route("/sessions", "DELETE", _end),
        route("/messages", "POST", _message),
        route("/events", "GET", _events),
        route("/erase", "POST", _leave),
        Route(f"{PATH}/{{path:path}}", preflight, methods=["OPTIONS"]),
    ]


async def _begin(request: Request, services: Services) -> Response:
    fields = await _fields(request, may_be_empty=True)
    wanted = fields.get("language")
    if wanted is not None and wanted not in LANGUAGES:
        raise RequestRefused(400, "unknown_language", f"language is one of {', '.join(LANGUAGES)}.")
    region = fields.get("region", "")
    if region and not (isinstance(region, str) and exists(region)):
        raise RequestRefused(400, "unknown_region", "region is an INEI code of 2, 4 or 6 digits.")
    token = new_session_token(services.settings.secret)
    turn = Turn(
        channel="web",
        site=_site(request, fields, services),
        origin=_origin(request, services),
        conversation=conversation_id(services.settings.secret, "web", token),
        language=wanted or accepted_language(request),
        understanding=Understanding(intent="greet", place=PlaceReading(code=region)),
    )
    turn = await answer(turn, services)
    return JSONResponse({"token": token, **body_of(turn)}, status_code=201)


async def _message(request: Request, services: Services) -> Response:
    token = await _token(request, services)
    fields = await _fields(request)
    turn = turn_of(fields, conversation_id(services.settings.secret, "web", token))
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
        raise RequestRefused(400, "bad_request", "error_bad_request")
    found = origins.site_named(request, services.settings, wanted)
    if wanted and found is None:
        raise RequestRefused(403, "site_not_allowed", "site is none of this origin's.")
    return found.name if found else ""


async def _forget_if_ended(turn: Turn, services: Services) -> None:
    """A session that was ended while its turn was answered: what the turn wrote goes too."""
    try:
        if not services.store.down and await kept.has_ended(services.redis, turn.conversation):
            await kept.erase(services.redis, turn.conversation)
            await services.handoff.forget(turn.conversation)
    except Exception as error:  # it expires by itself; the person is answered all the same
        services.store.failed()
        logs.failure(logger, "ended session not looked up", error, channel="web")


async def _events(request: Request, services: Services) -> Response:
    token = await _token(request, services)
    conversation = conversation_id(services.settings.secret, "web", token)
    after = request.headers.get("last-event-id", "").strip()
    if not re.fullmatch(r"\d{1,15}-\d{1,10}", after):
        after = ""
    address = request.client.host if request.client else ""
    if _streams.full(address):
        raise RequestRefused(429, "too_many_streams", "repeat_limit", retry_after="30")
    stream = events.stream(
        services,
        conversation,
        after,
        lambda: valid_session_token(services.settings.secret, token),
    )
    return StreamingResponse(
        _streams.held(stream, conversation, address),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},  # a proxy would hold them back
    )


async def _end(request: Request, services: Services) -> Response:
    """Erase; asked for again it is done again, since the first may have failed half way."""
    await _erase(_good_token(request, services), services)
    return Response(status_code=204)


async def _leave(request: Request, services: Services) -> Response:
    """The same for a page that is leaving: sendBeacon can set no header."""
    try:
        body = await read_body(request, LONGEST_BODY)
    except TooLarge:
        raise RequestRefused(413, "too_large", "error_too_long") from None
    token = body.decode("ascii", "replace").strip()
    if not valid_session_token(services.settings.secret, token):
        raise RequestRefused(401, "bad_token", "error_session_ended")
    await _erase(token, services)
    return Response(status_code=204)


async def _erase(token: str, services: Services) -> None:
    conversation = conversation_id(services.settings.secret, "web", token)
    try:
        await services.end(conversation)
    except Exception as error:
        logs.failure(logger, "session not erased", error, channel="web")
        services.unfinished.add(conversation)  # a page that has left cannot ask again
        raise RequestRefused(503, "not_erased", "not_erased") from None


async def _fields(request: Request, *, may_be_empty: bool = False) -> dict[str, Any]:
    try:
        raw = await read_body(request, LONGEST_RAW_BODY)
    except TooLarge:
        raise RequestRefused(413, "too_large", "error_too_long") from None
    if not raw and may_be_empty:
        return {}
    try:
        fields = read_json(raw)
    except ValueError:
        raise RequestRefused(
            413 if len(raw) > LONGEST_BODY else 400, "bad_json", "error_bad_request"
        ) from None
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    if len(plain.encode("utf-8", "replace")) > LONGEST_BODY:
        raise RequestRefused(413, "too_large", "error_too_long")
    if not isinstance(fields, dict):
        raise RequestRefused(400, "bad_request", "error_bad_request")
    return fields


def _good_token(request: Request, services: Services) -> str:
    """A token of ours that has not expired, whether or not its session was erased.

    Raises:
        RequestRefused: It is missing or none.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not valid_session_token(services.settings.secret, token):
        raise RequestRefused(401, "bad_token", "error_session_ended", www_authenticate="Bearer")
    return token


async def _token(request: Request, services: Services) -> str:
    """The session's token.

    Raises:
        RequestRefused: It is missing, not ours, expired, or its session was erased.
    """
    token = _good_token(request, services)
    conversation = conversation_id(services.settings.secret, "web", token)
    try:
        ended = not services.store.down and await kept.has_ended(services.redis, conversation)
    except Exception as error:  # the person is answered all the same
        services.store.failed()
        logs.failure(logger, "session not looked up", error, channel="web")
        ended = False
    if ended:
        raise RequestRefused(401, "session_ended", "error_session_ended", www_authenticate="Bearer")
    return token


def _origin(request: Request, services: Services) -> str:
    """The code of the address that a request came from, for today."""
    return origin_code(services.settings.secret, request.client.host if request.client else "")


async def _limit_address(request: Request, services: Services) -> None:
    if services.store.down:
        return
    try:
        (found,) = await count(services.redis, [("address", _origin(request, services), 1)])
    except Exception as error:
        services.store.failed()
        logs.failure(logger, "address not counted", error, channel="web")
        return
    if found > services.settings.address_per_minute:
        raise _too_many()


def _too_many() -> RequestRefused:
    return RequestRefused(
        429, "too_many_requests", "repeat_limit", retry_after=str(RETENTION["address"])
    )


def accepted_language(request: Request) -> str:
    """The first of the six languages that the browser asks for; Spanish where there is none."""
    return accepted(request.headers.get("accept-language", ""))


def _error(request: Request, refused: RequestRefused) -> JSONResponse:
    language = accepted_language(request)
    message = refused.message
    if re.fullmatch(r"[a-z_]+", message):
        message = say(message, language)
    return JSONResponse(
        {"error": {"code": refused.code, "message": message}},
        status_code=refused.status,
        headers={name.replace("_", "-"): value for name, value in refused.headers.items()},
    )
