"""What reading may cost a minute."""

from __future__ import annotations

import pytest

from bot.nlu.reading_queue import SHORT
from bot.stages import budget
from bot.turn import Answered
from tests.unit.fakes import Parts, Stores, reading, run, turn


@pytest.mark.parametrize("origin", ["", "an-address"])
def test_only_long_messages_cost_and_beyond_the_budget_they_are_refused(
    stores: Stores, origin: str
) -> None:
    limit = "address" if origin else "conversation"
    parts = Parts()
    parts.settings = parts.settings.copy(update={f"{limit}_characters_per_minute": 2 * SHORT})
    short, long = "a" * SHORT, "a" * (SHORT + 1)

    async def write() -> None:
        async with stores.connected() as (state, _):
            context = parts.context(state)
            for _ in range(20):
                await budget.run(turn(short, origin=origin), context)
            await budget.run(turn(long, origin=origin), context)
            with pytest.raises(Answered):
                await budget.run(turn(long, origin=origin), context)
            await budget.run(turn(short, origin=origin), context)  # it may be a plea

    run(write())


def test_what_is_understood_without_reading_costs_nothing() -> None:
    sent = turn("a" * 5000, understanding=reading("menu"))
    run(budget.run(sent, Parts().context()))  # asks no store
    assert not sent.replies
