"""The way of a turn: order, a second try, the way without the store, and the safe answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.exceptions import ConnectionError as StoreConnectionError
from redis.exceptions import ResponseError

from bot import stages
from bot.handoff.words import RelayClosed
from bot.stages import answer
from bot.stores.keys import key
from bot.turn import Said, Turn
from tests.unit.fakes import CONVERSATION, Parts, Stores, case, reading, run, turn


def told(parts: Parts, stores: Stores, *turns: Turn, prepare: Any = None) -> list[Turn]:
    async def talk() -> list[Turn]:
        async with stores.connected() as (state, _):
            if prepare is not None:
                await prepare(state)
            services = parts.services(state)
            return [await answer(one, services) for one in turns]

    return run(talk())


def test_a_message_is_answered_and_its_words_are_gone(stores: Stores) -> None:
    (answered,) = told(Parts(), stores, turn("dónde denuncio"))
    assert answered.replies[0].topic == "report_where"
    assert answered.text == ""


def test_the_same_message_again_is_not_read_again(stores: Stores) -> None:
    parts = Parts()
    first, second = told(
        parts, stores, turn("hola", message_id="SM1"), turn("hola", message_id="SM1")
    )
    assert second.replies == first.replies
    assert len(parts.reader.asked) == 1


def test_a_turn_that_an_operator_has_needs_no_reply(stores: Stores) -> None:
    parts = Parts()
    parts.handoff.case = case("active")
    (answered,) = told(parts, stores, turn("sigo aquí"))
    assert answered.relayed
    assert not answered.replies


def test_words_that_cannot_be_handed_over_are_told_as_such(stores: Stores) -> None:
    parts = Parts()
    parts.handoff.case = case("active")
    parts.handoff.fails = RelayClosed()
    (answered,) = told(parts, stores, turn("sigo aquí"))
    assert answered.handoff == "active"
    assert answered.replies


def test_a_damaged_record_costs_its_person_one_more_try(stores: Stores) -> None:
    async def damage(state: Any) -> None:
        await state.lpush(key("throttle", CONVERSATION), "x")

    (answered,) = told(Parts(), stores, turn("dónde denuncio"), prepare=damage)
    assert answered.replies[0].topic == "report_where"
    assert len(answered.replies) == 1


@pytest.mark.parametrize("error", [StoreConnectionError(), ValueError("any"), ResponseError("any")])
def test_whatever_fails_the_person_gets_numbers(stores: Stores, error: Exception) -> None:
    parts = Parts()
    parts.dialogue.fails = error
    (answered,) = told(parts, stores, turn("dónde denuncio"))
    assert "1818" in answered.replies[0].text


def test_a_store_that_is_down_is_not_waited_for(stores: Stores) -> None:
    parts = Parts()

    async def talk() -> Turn:
        async with stores.connected() as (state, _):
            services = parts.services(state)
            services.store.failed()
            return await answer(turn("dónde denuncio"), services)

    answered = run(talk())
    assert answered.replies[0].topic == "report_where"
    assert len(answered.replies) == 2  # what does not work is told


def test_a_turn_without_a_reply_is_a_failure(stores: Stores) -> None:
    parts = Parts()
    parts.dialogue.says = []
    (answered,) = told(parts, stores, turn("dónde denuncio"))
    assert answered.replies


def test_a_turn_that_takes_too_long_is_answered_without_the_store(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "TURN_SECONDS", 0.05)
    parts = Parts()
    slow = [True]

    async def respond(conversation: str, intent: str, entities: dict[str, str]) -> list[Said]:
        if slow.pop() if slow else False:
            await asyncio.sleep(1)
        return [Said("Puedes denunciar en el 1818.", "report_where")]

    parts.dialogue.respond = respond  # type: ignore[method-assign]
    (answered,) = told(parts, stores, turn("dónde denuncio"))
    assert answered.replies[0].topic == "report_where"


def test_danger_that_was_read_before_everything_failed_gets_its_number(stores: Stores) -> None:
    parts = Parts()
    parts.reader.found = reading(urgency="urgent", kind="self_harm")
    parts.dialogue.fails = ValueError("any")
    (answered,) = told(parts, stores, turn("ya no quiero vivir"))
    assert answered.replies[0].topic == "urgent"
    assert "113" in answered.replies[0].text
