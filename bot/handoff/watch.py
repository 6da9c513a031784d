"""What nobody triggers: operators who vanish, cases that lie still, notices, closed streams.

Decides when a case goes back to the queue (its operator's page was silent for a minute), when it
expires, and that notices reach the person's stream exactly once. It runs in every process and is
safe in each, since every change is atomic and every notice has an id under which it is kept once.
After a start nobody is taken for lost until pages had time to come back.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot.handoff.cases import NOTICES
from bot.handoff.presence import HEARTBEAT_SECONDS
from bot.handoff.service import HandOffService
from bot.handoff.signals import signalled
from bot.handoff.topics import DESK
from bot.privacy import logs
from bot.stores import records
from bot.tasks import BackgroundWork
from bot.turn import CHANNELS

LOOK_SECONDS = 2.0

GRACE_SECONDS = 30.0
"""After a start, since pages cannot have sent heartbeats while there was nobody to take them."""

WAITING_SECONDS = 20 * 3600
"""After which a case that nobody took expires: within the window of every channel (`bot.turn`), so
that it can be told."""

STILL_SECONDS = 2 * 3600
"""After which an active case in which neither side writes expires."""

logger = logging.getLogger(__name__)


class Watch(BackgroundWork):
    """The background work of one process."""

    def __init__(self, handoff: HandOffService) -> None:
        super().__init__("hand-off watch")
        self._handoff = handoff
        self._began = time.monotonic()

    async def _work(self) -> None:
        self._began = time.monotonic()
        next_look = 0.0
        with self._handoff.desk_signals.listening(DESK) as signal:
            while True:
                await self._guarded("notices", self.tell)
                if time.monotonic() >= next_look:
                    await self._guarded("erasing", self._handoff.relay.erase_ended)
                    await self._guarded("lost operators", self.find_lost)
                    await self._guarded("still cases", self.find_still)
                    await self._guarded("promises", self.take_back)
                    next_look = time.monotonic() + LOOK_SECONDS
                await signalled(signal, LOOK_SECONDS)

    async def _guarded(self, what: str, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except Exception as error:
            logs.failure(logger, f"{what} wait", error)

    async def tell(self) -> None:
        """Put notices that wait into the persons' streams."""
        redis = self._handoff.state
        while True:
            found = await redis.lindex(NOTICES, 0)
            if found is None:
                return
            try:
                notice = _notice(found)
            except records.UNREADABLE as error:  # the others' notices come after it
                records.note(NOTICES, error)
                await redis.lrem(NOTICES, 1, found)
                continue
            if notice["code"]:
                await self._handoff.relay.append(
                    notice["conversation"],
                    "notice",
                    notice["code"],
                    channel=notice["channel"],
                    once=notice["id"],
                    state="closed" if notice["final"] else notice["state"],
                    language=notice["language"],
                )
            if notice["final"] and notice["code"]:
                await self._handoff.relay.close(notice["conversation"])
            elif notice["final"]:  # the person has ended it: nothing need arrive any more
                await self._handoff.relay.erase(notice["conversation"])
            await redis.lrem(NOTICES, 1, found)

    async def find_lost(self) -> None:
        """Put the cases of vanished operators back into the queue."""
        if time.monotonic() - self._began < GRACE_SECONDS:
            return
        active = await self._handoff.cases.active()
        if not active:
            return
        seen = await self._handoff.presence.seen()
        now = time.time()
        for case in active:
            just_claimed = now - case.claimed < HEARTBEAT_SECONDS
            if case.operator not in seen and not just_claimed:
                moved = await self._handoff.cases.lose_operator(case)
                if moved == "ok":
                    logs.event(logger, logging.WARNING, "operator lost: case back in the queue")

    async def take_back(self) -> None:
        """Tell those who wait when nobody is on duty any more (law 5)."""
        if time.monotonic() - self._began < GRACE_SECONDS:
            return
        promised = [case for case in await self._handoff.cases.waiting() if case.promised]
        if promised and not await self._handoff.on_duty():
            for case in promised:
                await self._handoff.cases.unpromise(case)

    async def find_still(self) -> None:
        """Expire what nobody took, and what lies still."""
        now = time.time()
        for case in await self._handoff.cases.waiting():
            if now - case.person_wrote > WAITING_SECONDS:
                await self._handoff.cases.expire(case)
        for case in await self._handoff.cases.active():
            if now - case.touched > STILL_SECONDS:
                await self._handoff.cases.expire(case)


def _notice(stored: bytes) -> dict[str, Any]:
    notice: dict[str, Any] = json.loads(stored)
    for field in ("id", "code", "conversation", "channel", "language", "state"):
        if not isinstance(notice[field], str):
            raise TypeError(field)
    if notice["channel"] not in CHANNELS:
        raise ValueError("channel")
    return {**notice, "final": bool(notice["final"])}
