"""What the stages of one turn share."""

from __future__ import annotations

from bot.stages.context import ID_BYTES
from tests.unit.fakes import CONVERSATION, Parts, Stores, run, turn


def test_choices_get_ids_that_say_nothing_and_are_good_until_the_next_reply() -> None:
    context = Parts().context()
    asked = turn(language="es")
    context.reply(asked, "texto", "menu", ["report_where", "asylum_how_to_apply"])
    first, second = asked.replies[0].choices
    assert len(first.id) >= ID_BYTES
    assert context.conversation.choices[first.id] == "report_where"
    # Rasa knows no intent of this name: it travels as an entity
    assert context.conversation.choices[second.id] == "topic?topic=asylum_how_to_apply"
    context.begin_replies(asked)
    assert not asked.replies
    assert not context.conversation.choices
    assert not context.conversation.titles


def test_an_answer_of_the_tables_has_its_choices() -> None:
    context = Parts().context()
    asked = turn(language="en")
    context.answer(asked, "menu")
    assert asked.replies[0].choices


def test_codes_are_kept_for_the_next_turn_and_the_site_of_the_first(stores: Stores) -> None:
    async def talk() -> tuple[str, str]:
        async with stores.connected() as (state, _):
            first = Parts().context(state)
            began = turn(channel="web", site="casa", language="pt")
            await first.load(began)
            await first.keep(began)
            second = Parts().context(state)
            await second.load(turn(channel="web"))
            return second.conversation.language, second.conversation.site

    assert run(talk()) == ("pt", "casa")


def test_who_asks_for_erasing_leaves_neither_codes_nor_a_case(stores: Stores) -> None:
    parts = Parts()

    async def talk() -> list[bytes]:
        async with stores.connected() as (state, _):
            context = parts.context(state)
            await context.load(turn())
            await context.keep(turn(language="es"))
            await context.keep(turn(language="es", erase=True))
            return [name async for name in state.scan_iter("conversation*")]

    assert run(talk()) == []
    assert parts.handoff.done == [("forget", CONVERSATION)]
