"""How many requests of one address are answered at once."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.turns import AT_ONCE, LONGEST_LINE, Crowded, UnderWay


class Requests:
    """Requests that are answered when they are told to."""

    def __init__(self) -> None:
        self.under_way = UnderWay()
        self.go = asyncio.Event()
        self.answering: list[str] = []

    async def ask(self, origin: str) -> None:
        async with self.under_way.place(origin):
            self.answering.append(origin)
            await self.go.wait()


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_an_address_has_a_few_places_and_another_does_not_wait_for_them() -> None:
    async def run() -> None:
        requests = Requests()
        tasks = [asyncio.create_task(requests.ask("many")) for _ in range(20)]
        await _settled()
        tasks.append(asyncio.create_task(requests.ask("one")))
        await _settled()
        assert requests.answering == ["many"] * AT_ONCE + ["one"]
        requests.go.set()
        await asyncio.gather(*tasks)
        assert len(requests.answering) == 21

    asyncio.run(run())


def test_what_does_not_fit_into_the_line_is_refused_at_once_and_nothing_stays_behind() -> None:
    async def run() -> None:
        requests = Requests()
        tasks = [asyncio.create_task(requests.ask("many")) for _ in range(AT_ONCE + LONGEST_LINE)]
        await _settled()
        with pytest.raises(Crowded):
            await requests.ask("many")
        tasks.pop().cancel()  # a client that has left
        await _settled()
        tasks.append(asyncio.create_task(requests.ask("many")))
        requests.go.set()
        await asyncio.gather(*tasks)
        assert not requests.under_way._addresses

    asyncio.run(run())
