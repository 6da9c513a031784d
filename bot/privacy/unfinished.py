"""Erasings that the store could not take: done as soon as it does (law 7).

Decides that a page which leaves need not come back for it: what was asked for while the store hung
is asked of it again, until it is done or dies of age by itself. Kept in the memory of the process,
by pseudonym; one that stops meanwhile leaves the erasing to the records' own time to live.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.privacy import logs
from bot.tasks import BackgroundWork

AGAIN_SECONDS = 2.0
MOST = 10_000
"""Conversations that wait; beyond, the oldest is left to its age."""

logger = logging.getLogger(__name__)


class Unfinished(BackgroundWork):
    """The erasings that wait.

    Args:
        erase: Erases a conversation whole; raises where it cannot.
    """

    def __init__(self, erase: Callable[[str], Awaitable[None]]) -> None:
        super().__init__("unfinished erasing")
        self._erase = erase
        self._waiting: dict[str, None] = {}

    def add(self, conversation: str) -> None:
        """Erase a conversation as soon as that is possible."""
        self._waiting[conversation] = None
        while len(self._waiting) > MOST:
            del self._waiting[next(iter(self._waiting))]
        self.start()

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(AGAIN_SECONDS)
            for conversation in list(self._waiting):
                try:
                    await self._erase(conversation)
                except Exception as error:
                    logs.failure(logger, "erasing waits", error)
                    break
                self._waiting.pop(conversation, None)
