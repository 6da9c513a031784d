"""Too many messages a minute: a short answer that begins with the numbers."""

from __future__ import annotations

import pytest

from bot.stages import throttle
from bot.turn import Answered, Turn
from tests.unit.fakes import Parts, Stores, run, turn


def limited(most: int) -> Parts:
    parts = Parts()
    parts.settings = parts.settings.copy(update={"conversation_per_minute": most})
    return parts


def test_one_message_more_than_the_limit_gets_the_numbers_in_its_language(stores: Stores) -> None:
    parts = limited(2)
    parts.reader.language = "fr"

    async def write() -> Turn:
        async with stores.connected() as (state, _):
            for _ in range(2):
                await throttle.run(turn("hola"), parts.context(state))
            last = turn("où puis je porter plainte")
            with pytest.raises(Answered):
                await throttle.run(last, parts.context(state))
            return last

    last = run(write())
    assert last.throttled
    assert last.language == "fr"
    assert "1818" in last.replies[0].text
