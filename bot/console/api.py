"""What the desk's script calls: claim, write, hand over, close, look up.

Decides that only the operator who has a case reads its stream, writes into it and ends it; that a
message carries an id of the page's, so that one sent twice arrives once; and that nobody writes
into a closed 24-hour window. Whatever is searched for goes in a body, never in an address, since
proxies keep addresses.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.console import live, lookup
from bot.console.sessions import Session
from bot.console.views import case_row, entry_row, may_write, since_claim
from bot.console.web import CallRefused, call, desk_of, fields_of, text_of
from bot.directory.areas import exists
from bot.handoff import audit
from bot.handoff.case import AGES, OUTCOMES, Case
from bot.handoff.words import RelayClosed
from bot.http.callers import address_of
from bot.http.events import stream_of
from bot.http.streams import Streams
from bot.stores.client import StoreDown
from bot.text.languages import LANGUAGES

LONGEST_WRITTEN = 1500
"""Characters of an operator's message: fewer than any channel takes (`bot.turn`)."""

MOST_AT_ONCE = 500
"""Waiting cases that a supervisor closes with one call."""

LONGEST_QUERY = 300
PATH = "/console/api"

_streams = Streams()


def routes() -> list[Route]:
    """The calls of the desk."""
    return [
        call(f"{PATH}/events", _events, "GET"),
        call(f"{PATH}/desk", _desk, "GET"),
        call(f"{PATH}/heartbeat", _heartbeat),
        call(f"{PATH}/cases/{{case}}/claim", _claim),
        call(f"{PATH}/cases/{{case}}/messages", _messages, "GET"),
        call(f"{PATH}/cases/{{case}}/messages", _write),
        call(f"{PATH}/cases/{{case}}/transfer", _transfer),
        call(f"{PATH}/cases/{{case}}/close", _close),
        call(f"{PATH}/cases/{{case}}/facts", _facts),
        call(f"{PATH}/cases/{{case}}/consent", _consent),
        call(f"{PATH}/close_waiting", _close_waiting, supervisor=True),
        call(f"{PATH}/answers", _answers),
        call(f"{PATH}/offices", _offices),
        call(f"{PATH}/lines", _lines, "GET"),
        call(f"{PATH}/passages", _passages),
    ]


async def _events(request: Request, session: Session) -> Response:
    address = address_of(request)
    if _streams.full(address):
        raise CallRefused(429, "too_many_streams")
    events = live.stream(request, session, desk_of(request))
    return stream_of(_streams.held(events, session.key, address))


async def _desk(request: Request, session: Session) -> Response:
    picture = live.picture(await desk_of(request).board.read(), session.name)
    return JSONResponse({**picture, "now": time.time()})


async def _heartbeat(request: Request, session: Session) -> Response:
    fields = await fields_of(request)
    await desk_of(request).handoff.presence.beat(
        session.name, available=fields.get("available") is True
    )
    return Response(status_code=204)


async def _claim(request: Request, session: Session) -> Response:
    desk = desk_of(request)
    case = await _case(request)
    moved = await desk.handoff.cases.claim(case, session.name)
    if moved == "active":
        again = await desk.handoff.cases.get(case.id)
        if again is not None and again.operator == session.name:
            return JSONResponse(case_row(again))  # the answer to the first call was lost
        raise CallRefused(409, "taken")
    if moved != "ok":
        raise CallRefused(409, "reserved" if moved == "reserved" else "ended")
    claimed = await desk.handoff.cases.get(case.id)
    return JSONResponse(case_row(claimed or case))


async def _messages(request: Request, session: Session) -> Response:
    case = await _mine(request, session)
    relay = desk_of(request).handoff.relay
    deliveries = await relay.deliveries(case.conversation)
    entries = since_claim(case, await relay.entries(case.conversation))
    return JSONResponse(
        {
            "entries": [
                entry_row(case, one, deliveries.get(one.id, ""), session.language)
                for one in entries
            ]
        }
    )


async def _write(request: Request, session: Session) -> Response:
    case = await _mine(request, session)
    fields = await fields_of(request)
    text = text_of(fields, "text", LONGEST_WRITTEN).replace("\x00", " ").strip()
    identity = text_of(fields, "id", 64)
    shut = may_write(case, time.time())
    if shut:
        raise CallRefused(409, shut)
    try:
        entry = await desk_of(request).handoff.from_operator(case, text, session.name, identity)
    except (RelayClosed, StoreDown):
        raise CallRefused(503, "relay_closed") from None
    return JSONResponse({"id": entry})


async def _transfer(request: Request, session: Session) -> Response:
    desk = desk_of(request)
    case = await _mine(request, session)
    to = text_of(await fields_of(request), "to", 32, needed=False)
    if to and (to == session.name or to not in await desk.handoff.presence.available()):
        raise CallRefused(409, "not_there")
    await _done(await desk.handoff.cases.hand_over(case, session.name, to))
    return Response(status_code=204)


async def _close(request: Request, session: Session) -> Response:
    case = await _mine(request, session)
    outcome = text_of(await fields_of(request), "outcome", 32)
    if outcome not in OUTCOMES:
        raise CallRefused(400, "bad_outcome")
    await _done(await desk_of(request).handoff.cases.close(case, session.name, outcome))  # type: ignore[arg-type]
    return Response(status_code=204)


async def _close_waiting(request: Request, session: Session) -> Response:
    """A supervisor ends many waiting cases at once; a case that somebody just took stays."""
    desk = desk_of(request)
    fields = await fields_of(request)
    outcome, ids = text_of(fields, "outcome", 32), fields.get("cases")
    if outcome not in OUTCOMES:
        raise CallRefused(400, "bad_outcome")
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST_AT_ONCE:
        raise CallRefused(400, "bad_cases")
    closed = 0
    try:
        for one in ids:
            case = await desk.handoff.cases.get(one) if isinstance(one, str) else None
            if case is not None:
                moved = await desk.handoff.cases.close_waiting(case, session.name, outcome)  # type: ignore[arg-type]
                closed += moved == "ok"
    finally:
        if closed:
            detail = f"{closed} {outcome}"
            await audit.write(desk.handoff.state, session.name, "closed_many", detail=detail)
    return JSONResponse({"closed": closed})


async def _facts(request: Request, session: Session) -> Response:
    """What the operator has learnt, in codes: adult or minor, the district."""
    desk = desk_of(request)
    case = await _mine(request, session)
    fields = await fields_of(request)
    noted: dict[str, str] = {}
    if "age" in fields:
        noted["age"] = text_of(fields, "age", 16)
        if noted["age"] not in AGES:
            raise CallRefused(400, "bad_age")
    if "district" in fields:
        noted["district"] = text_of(fields, "district", 6, needed=False)
        if noted["district"] and not exists(noted["district"]):
            raise CallRefused(400, "bad_district")
    if noted:
        await desk.handoff.cases.note(case.id, **noted)
    return JSONResponse(case_row(await desk.handoff.cases.get(case.id) or case))


async def _consent(request: Request, session: Session) -> Response:
    """The person agrees, or no longer agrees, to be referred with the form."""
    desk = desk_of(request)
    case = await _mine(request, session)
    given = (await fields_of(request)).get("given") is True
    await desk.handoff.cases.note(case.id, consent=time.time() if given else 0)
    what = "consent_given" if given else "consent_withdrawn"
    await audit.write(desk.handoff.state, session.name, what, case.id)
    return JSONResponse(case_row(await desk.handoff.cases.get(case.id) or case))


async def _answers(request: Request, session: Session) -> Response:
    fields = await fields_of(request)
    query = text_of(fields, "query", LONGEST_QUERY, needed=False)
    return JSONResponse(
        {"answers": lookup.find_answers(query, _language(fields), session.language)}
    )


async def _offices(request: Request, session: Session) -> Response:
    fields = await fields_of(request)
    service = text_of(fields, "service", 16)
    if service not in lookup.SERVICES:
        raise CallRefused(400, "bad_service")
    found: dict[str, Any] = lookup.find_offices(
        text_of(fields, "place", 80),
        service,  # type: ignore[arg-type]
        _language(fields),
        session.language,
    )
    return JSONResponse(found)


async def _lines(request: Request, session: Session) -> Response:
    del request
    return JSONResponse({"lines": lookup.lines(session.language)})


async def _passages(request: Request, session: Session) -> Response:
    desk = desk_of(request)
    del session
    query = text_of(await fields_of(request), "query", LONGEST_QUERY)
    return JSONResponse(
        {
            "on": desk.passages.on,
            "ready": desk.passages.ready,
            "passages": await desk.passages.find(query),
        }
    )


def _language(fields: dict[str, Any]) -> str:
    language = text_of(fields, "language", 2)
    if language not in LANGUAGES:
        raise CallRefused(400, "bad_language")
    return language


async def _case(request: Request) -> Case:
    case = await desk_of(request).handoff.cases.get(request.path_params["case"])
    if case is None:
        raise CallRefused(404, "no_such_case")
    return case


async def _mine(request: Request, session: Session) -> Case:
    case = await _case(request)
    if case.operator != session.name:
        raise CallRefused(403, "not_yours")
    if case.state != "active":
        raise CallRefused(409, "ended")
    return case


async def _done(moved: str) -> None:
    if moved != "ok":
        raise CallRefused(409, "ended")
