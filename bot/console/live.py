"""The desk's live stream: the queue, one's own cases, their words, and the heartbeat.

Decides that one stream a page carries everything (a browser opens six connections to a site), that
the whole queue comes at the beginning only and then what was added, changed or removed, that all
pages of a process share one reading of the cases and a burst of changes costs one, that what
belongs to a case comes again after a break and is told apart by its id, and that the heartbeat is
asked for by the server: browsers slow the timers of hidden pages, but not what arrives.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from typing import Any

from starlette.requests import Request

from bot.console.board import Reading
from bot.console.sessions import Session
from bot.console.views import case_row, entry_row, since_claim
from bot.console.web import STORE_FAILED, Desk
from bot.handoff.case import Case
from bot.handoff.signals import signalled
from bot.handoff.topics import DESK
from bot.http.events import event, retry
from bot.privacy import logs

logger = logging.getLogger(__name__)

BEAT_SECONDS = 15.0
LOOK_SECONDS = 3.0
RETRY_MILLISECONDS = 1000


def picture(found: Reading, name: str) -> dict[str, Any]:
    """The queue, one's own cases, and who is there."""
    return {
        "queue": found.queue,
        "mine": [case_row(case) for case in found.active if case.operator == name],
        "operators": found.operators,
    }


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What a page that has one picture needs for the next: rows of the queue by their ids."""
    known = {row["id"]: row for row in before["queue"]}
    ids = {row["id"] for row in after["queue"]}
    return {
        "changed": [row for row in after["queue"] if known.get(row["id"]) != row],
        "removed": [one for one in known if one not in ids],
        "mine": after["mine"],
        "operators": after["operators"],
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


async def stream(request: Request, session: Session, desk: Desk) -> AsyncGenerator[str, None]:
    """The events of a page, until it is signed out or the app stops."""
    handoff = desk.handoff
    shown: dict[str, Any] | None = None
    beaten = 0.0
    with handoff.desk_signals.listening(DESK) as signal:
        streams = _Streams(desk, signal, session.language)
        try:
            yield retry(RETRY_MILLISECONDS)
            while not handoff.desk_signals.ending:
                found = await desk.board.read()
                now = picture(found, session.name)
                if shown is None:
                    yield event("desk", {**now, "now": time.time()})
                elif now != shown:
                    yield event("change", {**difference(shown, now), "now": time.time()})
                shown = now
                streams.follow([case for case in found.active if case.operator == session.name])
                for row in await streams.news():
                    yield event("entry", row)
                if time.monotonic() - beaten >= BEAT_SECONDS:
                    if await desk.sessions.of(request) is None:
                        yield event("signed_out", {})
                        return
                    beaten = time.monotonic()
                    yield event("beat", {})
                await signalled(signal, LOOK_SECONDS)
        except STORE_FAILED as error:  # the page asks again, and gets the whole queue
            logs.failure(logger, "a page's stream ends: no store", error)
        finally:
            streams.close()
