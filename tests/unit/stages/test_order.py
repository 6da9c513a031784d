"""One turn after the other in each conversation, in the order of arrival."""

from __future__ import annotations

import asyncio

from bot.stages.order import in_turn
from bot.stores.keys import key
from tests.unit.fakes import CONVERSATION, Stores, run


def test_turns_of_one_conversation_follow_each_other_and_another_does_not_wait(
    stores: Stores,
) -> None:
    told: list[str] = []

    async def talk() -> None:
        async with stores.connected() as (state, _):
            release = asyncio.Event()

            async def hold(name: str, conversation: str) -> None:
                async with in_turn(conversation, state):
                    told.append(f"{name} begins")
                    if name == "first":
                        await release.wait()
                    told.append(f"{name} ends")

            tasks = [asyncio.create_task(hold("first", CONVERSATION))]
            await asyncio.sleep(0.05)
            tasks.append(asyncio.create_task(hold("second", CONVERSATION)))
            tasks.append(asyncio.create_task(hold("other", "1" * 32)))
            await asyncio.sleep(0.1)
            release.set()
            await asyncio.gather(*tasks)

    run(talk())
    assert told.index("other ends") < told.index("first ends")
    assert told.index("first ends") < told.index("second begins")


def test_another_process_is_waited_for(stores: Stores) -> None:
    async def talk() -> bool:
        async with stores.connected() as (state, _):
            await state.set(key("lock", CONVERSATION), "another", px=300)
            async with in_turn(CONVERSATION, state):
                return await state.get(key("lock", CONVERSATION)) != b"another"

    assert run(talk())


def test_a_lock_that_would_never_expire_holds_nobody(stores: Stores) -> None:
    async def talk() -> bool:
        async with stores.connected() as (state, _):
            await state.set(key("lock", CONVERSATION), "nobody")
            async with in_turn(CONVERSATION, state):
                return True

    assert run(talk())
