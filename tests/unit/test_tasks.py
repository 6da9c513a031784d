"""A background task ends even if something in it takes the first cancellation for its own."""

from __future__ import annotations

import asyncio

from bot.tasks import end


def test_a_task_that_swallows_a_cancellation_is_ended_all_the_same() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    async def run() -> bool:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        async with asyncio.timeout(10):
            await end(task)
        return task.done()

    assert asyncio.run(run())
    asyncio.run(end(None))
