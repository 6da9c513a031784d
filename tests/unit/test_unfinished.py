"""What could not be erased is erased later."""

from __future__ import annotations

import asyncio

import pytest

from bot.privacy import unfinished
from bot.privacy.unfinished import Unfinished


def test_an_erasing_that_failed_is_done_when_the_store_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unfinished, "AGAIN_SECONDS", 0.0)
    failures, erased = [ConnectionError(), TimeoutError()], list[str]()

    async def run() -> None:
        done = asyncio.Event()

        async def erase(conversation: str) -> None:
            if failures:
                raise failures.pop()
            erased.append(conversation)
            if conversation in ("other", "third"):
                done.set()

        work = Unfinished(erase)
        work.add("one")
        work.add("other")
        await asyncio.wait_for(done.wait(), 5)
        assert not failures
        done.clear()
        work.add("third")
        await asyncio.wait_for(done.wait(), 5)
        await work.stop()

    asyncio.run(run())
    assert erased == ["one", "other", "third"]
