"""The desk as the store has it, read once for all pages of a process.

Decides that pages which ask at the same time share one reading, and that a process reads at most
every `REST_SECONDS`: a burst of changes, or many open pages, cost the store no more than one.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from bot.console.views import case_row
from bot.handoff.case import Case
from bot.handoff.service import HandOffService

REST_SECONDS = 0.2
"""Between two readings of the cases by a process, so that a burst of changes costs one."""


@dataclass(frozen=True)
class Reading:
    """What the store said, and when the reading began."""

    began: float
    queue: list[dict[str, Any]]
    active: list[Case]
    operators: list[dict[str, Any]]


class Board:
    """One reading of the desk for all pages of a process."""

    def __init__(self, handoff: HandOffService) -> None:
        self._handoff = handoff
        self._lock = asyncio.Lock()
        self._last: Reading | None = None

    async def read(self) -> Reading:
        """A reading that began after this call: another page's where there is one."""
        asked = time.monotonic()
        async with self._lock:
            last = self._last
            if last is not None and last.began >= asked:
                return last
            if last is not None:
                await asyncio.sleep(max(0.0, last.began + REST_SECONDS - time.monotonic()))
            began = time.monotonic()
            waiting = await self._handoff.cases.waiting()
            active = await self._handoff.cases.active()
            available = await self._handoff.presence.available()
            operators = [
                {
                    "name": one,
                    "available": one in available,
                    "cases": sum(case.operator == one for case in active),
                }
                for one in sorted(await self._handoff.presence.seen())
            ]
            queue = [case_row(case) for case in waiting]
            self._last = Reading(began, queue, active, operators)
            return self._last
