"""Waking those who wait: topics only, one subscription a process."""

from __future__ import annotations

import asyncio

from bot.handoff.signals import Signals, signalled
from bot.handoff.topics import CHANNEL
from tests.unit.fakes import Stores, run


def test_a_signal_wakes_who_listens_to_its_topic_and_nobody_else(stores: Stores) -> None:
    async def wait() -> tuple[bool, bool]:
        async with stores.connected() as (state, _):
            signals = Signals(state)
            signals.start()
            with signals.listening("desk") as desk, signals.listening("other") as other:
                await signalled(desk, 1)  # the subscription stands
                await signalled(other, 1)
                await state.publish(CHANNEL, "desk")
                found = await signalled(desk, 2), await signalled(other, 0.05)
            await signals.stop()
            return found

    assert run(wait()) == (True, False)


def test_everybody_is_woken_for_the_last_time_when_the_app_stops() -> None:
    async def wait() -> bool:
        signals = Signals(None)
        with signals.listening("desk") as desk:
            signals.end()
            return await signalled(desk, 1) and signals.ending

    assert run(wait())


def test_a_broken_subscription_is_made_again(stores: Stores) -> None:
    async def wait() -> bool:
        async with stores.connected() as (state, _):
            signals = Signals(state)
            signals.start()
            with signals.listening("desk") as desk:
                await signalled(desk, 1)
                await state.client_kill_filter(_type="pubsub")
                for _ in range(200):
                    if await state.publish(CHANNEL, "desk"):  # somebody is subscribed again
                        break
                    await asyncio.sleep(0.02)
                found = await signalled(desk, 3)
            await signals.stop()
            return found

    assert run(wait())


def test_nobody_is_listened_for_any_more_once_they_have_left() -> None:
    signals = Signals(None)
    with signals.listening("desk", "other"):
        assert set(signals._listeners) == {"desk", "other"}
    assert not signals._listeners


def test_a_wait_ends_by_itself() -> None:
    assert not run(signalled(asyncio.Event(), 0.01))
