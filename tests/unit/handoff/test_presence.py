"""Who is on duty: a heartbeat within a minute, no break, and the organisation's hours."""

from __future__ import annotations

import time
from typing import Any

from bot.handoff.presence import HEARTBEAT_SECONDS, SEEN, Presence
from tests.unit.fakes import Stores, run


def after(stores: Stores, *steps: Any) -> tuple[list[str], list[str]]:
    async def work() -> tuple[list[str], list[str]]:
        async with stores.connected() as (state, _):
            presence = Presence(state)
            for step in steps:
                await step(presence, state)
            return sorted(await presence.seen()), await presence.available()

    return run(work())


async def rosa_works(presence: Presence, state: Any) -> None:
    await presence.beat("rosa", available=True)


async def rosa_rests(presence: Presence, state: Any) -> None:
    await presence.beat("rosa", available=False)


async def rosa_leaves(presence: Presence, state: Any) -> None:
    await presence.leave("rosa")


async def a_minute_passes(presence: Presence, state: Any) -> None:
    await state.zadd(SEEN, {"rosa": time.time() - HEARTBEAT_SECONDS - 1})


def test_an_operator_is_lost_after_a_minute_at_most() -> None:
    assert HEARTBEAT_SECONDS <= 60


def test_on_a_break_an_operator_is_seen_and_takes_no_cases(stores: Stores) -> None:
    assert after(stores, rosa_works) == (["rosa"], ["rosa"])
    assert after(stores, rosa_rests) == (["rosa"], [])


def test_who_has_signed_out_is_gone_at_once(stores: Stores) -> None:
    assert after(stores, rosa_works, rosa_leaves) == ([], [])


def test_who_is_silent_for_a_minute_is_lost(stores: Stores) -> None:
    assert after(stores, rosa_works, a_minute_passes)[0] == []
