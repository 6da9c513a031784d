"""A message is answered once, however often it is delivered."""

from __future__ import annotations

import asyncio

import pytest

from bot.stages import deduplicate
from bot.stores import conversation as kept
from bot.turn import Choice, Reply, Turn
from tests.unit.fakes import CONVERSATION, Parts, Stores, run, turn


def answered(**more: object) -> Turn:
    reply = Reply("Puedes denunciar en el 1818.", "report_where", [Choice("a", "Refugio")])
    return turn(message_id="SM1", replies=[reply], language="es", **more)  # type: ignore[arg-type]


def second_delivery(stores: Stores, first: Turn, text: str = "hola") -> tuple[bool, Turn]:
    async def deliver() -> tuple[bool, Turn]:
        async with stores.connected() as (state, _):
            context = Parts().context(state)
            assert not await deduplicate.known(turn("hola", message_id="SM1"), context)
            await deduplicate.remember(first, context)
            again = turn(text, message_id="SM1")
            return await deduplicate.known(again, context), again

    return run(deliver())


def test_a_repeated_delivery_gets_the_same_answer(stores: Stores) -> None:
    first = answered(urgency="urgent", handoff="waiting")
    known, again = second_delivery(stores, first)
    assert known
    assert again.replies == first.replies
    assert (again.language, again.urgency, again.handoff) == ("es", "urgent", "waiting")


def test_what_went_to_an_operator_is_not_sent_again(stores: Stores) -> None:
    known, again = second_delivery(stores, turn(message_id="SM1", relayed=True))
    assert known
    assert again.relayed


def test_a_message_over_the_limit_is_answered_when_it_comes_again(stores: Stores) -> None:
    known, _ = second_delivery(stores, answered(throttled=True))
    assert not known


@pytest.mark.parametrize("language", ["es", "fr", "qu"])
def test_a_message_that_was_erased_opens_nothing_anew(stores: Stores, language: str) -> None:
    async def deliver() -> Turn:
        async with stores.connected() as (state, _):
            parts = Parts()
            parts.reader.language = language
            context = parts.context(state)
            await deduplicate.known(turn("borrar", message_id="SM1"), context)
            await deduplicate.remember(answered(erase=True), context)
            again = turn("words", message_id="SM1")
            assert await deduplicate.known(again, context)
            return again

    again = run(deliver())
    assert again.replies[0].topic == deduplicate.ERASED
    assert (again.language, again.text) == (language, "")


def test_erasing_a_conversation_erases_the_answers_that_were_kept(stores: Stores) -> None:
    async def deliver() -> list[bytes]:
        async with stores.connected() as (state, _):
            context = Parts().context(state)
            await deduplicate.known(turn("hola", message_id="SM1"), context)
            await deduplicate.remember(answered(), context)
            await kept.erase(state, CONVERSATION)
            return [name async for name in state.scan_iter("message*")]

    assert run(deliver()) == []


def test_a_second_delivery_waits_for_the_first(stores: Stores) -> None:
    async def deliver() -> list[Reply]:
        async with stores.connected() as (state, _):
            context = Parts().context(state)
            await deduplicate.known(turn("hola", message_id="SM1"), context)
            again = turn("hola", message_id="SM1")
            waiting = asyncio.create_task(deduplicate.known(again, context))
            await asyncio.sleep(0.05)
            await deduplicate.remember(answered(), context)
            assert await waiting
            return again.replies

    assert run(deliver())[0].topic == "report_where"


def test_where_the_first_delivery_failed_the_second_is_answered(stores: Stores) -> None:
    async def deliver() -> bool:
        async with stores.connected() as (state, _):
            context = Parts().context(state)
            await deduplicate.known(turn("hola", message_id="SM1"), context)
            await deduplicate.give_up(turn(message_id="SM1"), context)
            return await deduplicate.known(turn("hola", message_id="SM1"), context)

    assert not run(deliver())


def test_a_delivery_that_is_never_answered_is_not_waited_for_for_ever(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deduplicate, "_POLLS", 2)

    async def deliver() -> None:
        async with stores.connected() as (state, _):
            context = Parts().context(state)
            await deduplicate.known(turn("hola", message_id="SM1"), context)
            await deduplicate.known(turn("hola", message_id="SM1"), context)

    with pytest.raises(TimeoutError):
        run(deliver())


@pytest.mark.parametrize("stored", [b"{}", b'{"language": "xx", "replies": []}', b"nonsense"])
def test_a_damaged_answer_is_made_again(stores: Stores, stored: bytes) -> None:
    async def deliver() -> bool:
        async with stores.connected() as (state, _):
            await state.set(kept.message_key(CONVERSATION, "SM1"), stored)
            return await deduplicate.known(turn("hola", message_id="SM1"), Parts().context(state))

    assert not run(deliver())


def test_a_message_without_an_id_is_always_new(stores: Stores) -> None:
    async def deliver() -> bool:
        async with stores.connected() as (state, _):
            context = Parts().context(state)
            await deduplicate.remember(turn(replies=[Reply("a", "menu")]), context)
            return await deduplicate.known(turn("hola"), context)

    assert not run(deliver())
