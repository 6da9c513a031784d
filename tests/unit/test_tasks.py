"""A background task ends even if something in it takes the first cancellation for its own."""

from __future__ import annotations

import asyncio

from bot.tasks import BackgroundWork, end


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


def test_work_is_begun_once_and_again_only_when_it_is_over() -> None:
    class Work(BackgroundWork):
        begun = 0

        async def _work(self) -> None:
            self.begun += 1
            await asyncio.Event().wait()

    async def run() -> int:
        work = Work("work")
        for _ in range(2):
            work.start()
            work.start()
            await asyncio.sleep(0)
            await work.stop()
        await work.stop()
        return work.begun

    assert asyncio.run(run()) == 2
