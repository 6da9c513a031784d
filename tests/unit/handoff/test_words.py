"""The words of open hand-offs: in memory only, kept once, gone at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from redis.exceptions import ConnectionError as StoreConnectionError

from bot.handoff.words import CLOSING, LONGEST_STREAM, OUTBOX, Relay, RelayClosed
from bot.stores.client import StoreDown
from bot.stores.keys import key
from tests.unit.fakes import CONVERSATION, Stores, run


def with_relay(stores: Stores, work: Callable[[Relay, Any], Awaitable[Any]]) -> Any:
    async def worked() -> Any:
        async with stores.connected() as (state, store):
            return await work(Relay(store, state), store)

    return run(worked())


def test_a_message_that_is_told_twice_is_kept_once(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> tuple[bool, int]:
        first = await relay.append(CONVERSATION, "person", "hola", once="person SM1")
        second = await relay.append(CONVERSATION, "person", "hola", once="person SM1")
        return first == second, len(await relay.entries(CONVERSATION))

    assert with_relay(stores, work) == (True, 1)


def test_a_stream_is_capped(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> int:
        for number in range(LONGEST_STREAM + 20):
            await relay.append(CONVERSATION, "person", str(number))
        return len(await relay.entries(CONVERSATION))

    assert with_relay(stores, work) == LONGEST_STREAM


def test_what_was_seen_already_is_not_read_again(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> list[str]:
        first = await relay.append(CONVERSATION, "person", "uno")
        await relay.append(CONVERSATION, "person", "dos")
        return [entry.text for entry in await relay.entries(CONVERSATION, first)]

    assert with_relay(stores, work) == ["dos"]


@pytest.mark.parametrize(
    ("channel", "posted"), [("whatsapp", True), ("sms", True), ("web", False), (None, False)]
)
def test_what_must_be_posted_stands_in_the_outbox(
    stores: Stores, channel: Any, posted: bool
) -> None:
    async def work(relay: Relay, store: Any) -> tuple[list[str], list[str]]:
        await relay.append(CONVERSATION, "operator", "hola", channel=channel)
        deliveries = await relay.deliveries(CONVERSATION)
        return await relay.outbox(), list(deliveries.values())

    outbox, deliveries = with_relay(stores, work)
    assert outbox == ([CONVERSATION] if posted else [])
    assert deliveries == (["queued"] if channel else [])


def test_only_who_marks_a_message_sends_it(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> tuple[bool, bool, bool]:
        entry = await relay.append(CONVERSATION, "operator", "hola", channel="whatsapp")
        first = await relay.mark(CONVERSATION, entry)
        second = await relay.mark(CONVERSATION, entry)
        await relay.unmark(CONVERSATION, entry)
        return first, second, await relay.mark(CONVERSATION, entry)

    assert with_relay(stores, work) == (True, False, True)


def test_one_process_posts_for_a_conversation_and_lets_go_when_nothing_is_left(
    stores: Stores,
) -> None:
    async def work(relay: Relay, store: Any) -> list[Any]:
        entry = await relay.append(CONVERSATION, "operator", "hola", channel="whatsapp")
        found: list[Any] = [
            await relay.take_outbox(CONVERSATION, "one"),
            await relay.take_outbox(CONVERSATION, "other"),
        ]
        await relay.hold_outbox(CONVERSATION)
        found.append(await relay.leave_outbox(CONVERSATION))
        await relay.delivered(CONVERSATION, entry, "sent")
        found.append(await relay.leave_outbox(CONVERSATION))
        return [*found, await relay.outbox()]

    assert with_relay(stores, work) == [True, False, False, True, []]


def test_what_twilio_has_taken_is_known_again(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> Any:
        await relay.remember_sent("SM9", CONVERSATION, "1-0")
        return await relay.sent("SM9"), await relay.sent("SM8")

    assert with_relay(stores, work) == ((CONVERSATION, "1-0"), None)


def test_erasing_leaves_nothing(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> list[bytes]:
        await relay.append(CONVERSATION, "operator", "hola", channel="whatsapp", once="a")
        await relay.keep_address(CONVERSATION, "sealed")
        await relay.erase(CONVERSATION)
        return [name async for name in store.scan_iter("*")]

    assert with_relay(stores, work) == []


def test_at_closing_words_go_once_they_have_arrived_and_the_last_notice_stays(
    stores: Stores,
) -> None:
    async def work(relay: Relay, store: Any) -> tuple[int, list[str], str]:
        entry = await relay.append(CONVERSATION, "operator", "adiós", channel="whatsapp")
        await relay.append(CONVERSATION, "notice", "handoff_closed", state="closed")
        await relay.close(CONVERSATION)
        await relay.erase_ended()
        before = len(await relay.entries(CONVERSATION))
        await relay.delivered(CONVERSATION, entry, "sent")
        await relay.keep_address(CONVERSATION, "sealed")
        await relay.erase_ended()
        left = await relay.entries(CONVERSATION)
        return before, [one.text for one in left], await relay.address(CONVERSATION)

    assert with_relay(stores, work) == (2, ["handoff_closed"], "")


def test_what_never_arrives_goes_all_the_same(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> int:
        await relay.append(CONVERSATION, "operator", "adiós", channel="whatsapp")
        await store.zadd(CLOSING, {CONVERSATION: 1.0})
        await relay.erase_ended()
        return len(await relay.entries(CONVERSATION))

    assert with_relay(stores, work) == 0


def test_a_store_that_keeps_words_on_disk_takes_none(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> None:
        await store.config_set("appendonly", "yes")
        try:
            with pytest.raises(RelayClosed):
                await relay.append(CONVERSATION, "person", "hola")
            with pytest.raises(RelayClosed):
                await relay.answers()
        finally:
            await store.config_set("appendonly", "no")

    with_relay(stores, work)


def test_the_state_store_takes_no_words(stores: Stores) -> None:
    async def work() -> None:
        async with stores.connected() as (_, store):
            with pytest.raises(RelayClosed):
                await Relay(store, store).append(CONVERSATION, "person", "hola")

    run(work())


def test_a_store_that_does_not_answer_is_not_asked_again_at_once(stores: Stores) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            async def fails(*_: Any, **__: Any) -> Any:
                raise StoreConnectionError

            return (lambda text: fails) if name == "register_script" else fails

    async def work() -> None:
        relay = Relay(Broken(), Broken())
        with pytest.raises(StoreConnectionError):
            await relay.answers()
        with pytest.raises(StoreDown):
            await relay.answers()
        with pytest.raises(RelayClosed):
            await relay.append(CONVERSATION, "person", "hola")

    run(work())


def test_a_record_of_a_wrong_type_is_removed_and_the_words_are_kept(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> int:
        await store.set(key("words", CONVERSATION), "nonsense")
        await relay.append(CONVERSATION, "person", "hola")
        return len(await relay.entries(CONVERSATION))

    assert with_relay(stores, work) == 1


def test_the_outbox_is_served_oldest_first(stores: Stores) -> None:
    async def work(relay: Relay, store: Any) -> list[str]:
        await store.zadd(OUTBOX, {"b": 2.0, "a": 1.0})
        return await relay.outbox()

    assert with_relay(stores, work) == ["a", "b"]
