"""The desk's live stream: the queue, one's own cases, their words, and the heartbeat.

Decides that one stream a page carries everything (a browser opens six connections to a site), that
the queue comes whenever it changes, that what belongs to a case comes again after a break and is
told apart by its id, and that the heartbeat is asked for by the server: browsers slow the timers
of hidden pages, but not what arrives.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.console.sessions import Session
from bot.console.views import case_row, entry_row, since_claim
from bot.console.web import Desk
from bot.handoff.cases import DESK, Case
from bot.handoff.signals import signalled

BEAT_SECONDS = 15.0
LOOK_SECONDS = 3.0
REST_SECONDS = 0.05
"""Between two looks, so that a burst of changes costs one."""

RETRY_MILLISECONDS = 1000


async def events(request: Request, session: Session, desk: Desk) -> Response:
    """The stream of a page."""
    return StreamingResponse(
        _stream(request, session, desk),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


async def picture(desk: Desk, name: str, active: list[Case] | None = None) -> dict[str, Any]:
    """The queue, one's own cases, and who is there."""
    handoff = desk.handoff
    waiting = await handoff.cases.waiting()
    active = await handoff.cases.active() if active is None else active
    available = await handoff.presence.available()
    seen = await handoff.presence.seen()
    return {
        "queue": [case_row(case) for case in waiting],
        "mine": [case_row(case) for case in active if case.operator == name],
        "operators": [
            {
                "name": one,
                "available": one in available,
                "cases": sum(case.operator == one for case in active),
            }
            for one in sorted(seen)
        ],
    }


class _Streams:
    """What a page has of the streams of its own cases."""

    def __init__(self, desk: Desk, signal: asyncio.Event, language: str) -> None:
        self._desk, self._signal, self._language = desk, signal, language
        self._cases: dict[str, Case] = {}
        self._after: dict[str, str] = {}
        self._told: dict[str, dict[str, str]] = {}

    def follow(self, cases: list[Case]) -> None:
        """Follow the cases that are an operator's now."""
        mine = {case.id: case for case in cases}
        signals = self._desk.handoff.relay_signals
        for gone in self._cases.keys() - mine.keys():
            signals.remove(self._signal, self._cases[gone].conversation)
            self._after.pop(gone, None)
            self._told.pop(gone, None)
        for new in mine.keys() - self._cases.keys():
            signals.add(self._signal, mine[new].conversation)
        self._cases = mine

    async def news(self) -> list[dict[str, Any]]:
        """Entries that are new, or whose delivery has changed."""
        rows = []
        relay = self._desk.handoff.relay
        for case in self._cases.values():
            deliveries = await relay.deliveries(case.conversation)
            entries = since_claim(
                case, await relay.entries(case.conversation, self._after.get(case.id, ""))
            )
            told = self._told.setdefault(case.id, {})
            for entry in entries:
                state = deliveries.get(entry.id, "")
                rows.append(entry_row(case, entry, state, self._language))
                self._after[case.id] = entry.id
                told[entry.id] = state
            for identity, state in deliveries.items():
                if told.get(identity, state) != state:
                    told[identity] = state
                    rows.append({"case": case.id, "id": identity, "delivery": state})
        return rows

    def close(self) -> None:
        """Follow nothing any more."""
        for case in self._cases.values():
            self._desk.handoff.relay_signals.remove(self._signal, case.conversation)
        self._cases = {}


async def _stream(request: Request, session: Session, desk: Desk) -> AsyncIterator[str]:
    handoff = desk.handoff
    shown, beaten = "", 0.0
    with handoff.desk_signals.listening(DESK) as signal:
        streams = _Streams(desk, signal, session.language)
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n"
            while not handoff.desk_signals.ending:
                active = await handoff.cases.active()
                now = await picture(desk, session.name, active)
                written = json.dumps(now, ensure_ascii=False)
                if written != shown:
                    shown = written
                    yield _event("desk", {**now, "now": time.time()})
                streams.follow([case for case in active if case.operator == session.name])
                for row in await streams.news():
                    yield _event("entry", row)
                if time.monotonic() - beaten >= BEAT_SECONDS:
                    if await desk.sessions.of(request) is None:
                        yield _event("signed_out", {})
                        return
                    beaten = time.monotonic()
                    yield _event("beat", {})
                await asyncio.sleep(REST_SECONDS)
                await signalled(signal, LOOK_SECONDS)
        finally:
            streams.close()


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
