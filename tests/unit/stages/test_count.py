"""Counters of the site whose widget a conversation came through."""

from __future__ import annotations

from bot.stages import count
from bot.stores import site_counts
from bot.turn import Reply
from tests.unit.fakes import Parts, Stores, run, turn


def counted(stores: Stores, of: str, **more: object) -> dict[str, int]:
    async def answer() -> dict[str, int]:
        async with stores.connected() as (state, _):
            context = Parts().context(state)
            context.conversation.site = of
            answered = turn(channel="web", language="fr", **more)  # type: ignore[arg-type]
            await count.run(answered, context)
            names = [name async for name in state.scan_iter("*")]
            rows = [await state.hgetall(name) for name in names]
            return {k.decode(): int(v) for row in rows for k, v in row.items()}

    return run(answer())


def test_a_conversation_of_no_site_is_not_counted(stores: Stores) -> None:
    assert counted(stores, "") == {}


def test_a_first_turn_counts_a_session_and_nothing_else(stores: Stores) -> None:
    assert counted(stores, "casa", site="casa") == {site_counts.SESSIONS: 1}


def test_a_message_is_counted_by_codes_each_topic_once(stores: Stores) -> None:
    replies = [Reply("a", "shelter"), Reply("b", "shelter")]
    found = counted(stores, "casa", replies=replies, urgency="high", handoff="offered")
    assert found == {
        site_counts.MESSAGES: 1,
        "urgency:high": 1,
        "language:fr": 1,
        "topic:shelter": 1,
        "handoff:offered": 1,
    }


def test_a_counter_that_fails_costs_nobody_an_answer() -> None:
    context = Parts().context(redis=None)  # every call of it fails
    context.conversation.site = "casa"
    run(count.run(turn(), context))
