"""Work beside the requests: begun with the app, and ended for certain.

Decides that a cancellation is asked for again until the task has ended: a client library that is
just timing out may take one for its own, and the app would wait for ever when it stops.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

AGAIN_SECONDS = 1.0


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait until it is over; whatever it raised stays with it."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_SECONDS)


class BackgroundWork(ABC):
    """One piece of work of a process.

    Args:
        name: Of its task.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless it has begun and is not over."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name=self._name)

    async def stop(self) -> None:
        """End."""
        await end(self._task)

    @abstractmethod
    async def _work(self) -> None:
        """What is done, until it is cancelled or nothing is left to do."""
