"""Ending a background task for certain.

Decides that a cancellation is asked for again until the task has ended: a client library that is
just timing out may take one for its own, and the app would wait for ever when it stops.
"""

from __future__ import annotations

import asyncio

AGAIN_SECONDS = 1.0


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait until it is over; whatever it raised stays with it."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_SECONDS)
