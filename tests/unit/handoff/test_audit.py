"""What the desk remembers of its work: who did what, and counts of each day."""

from __future__ import annotations

from datetime import date

from bot.handoff import audit
from bot.handoff.audit import Day
from tests.unit.fakes import Stores, run


def test_a_deed_that_is_no_change_of_a_case_stands_in_the_trail(stores: Stores) -> None:
    async def work() -> list[audit.Deed]:
        async with stores.connected() as (state, _):
            await audit.write(state, "rosa", "signed in")
            await audit.write(state, "rosa", "referral", "c1", "adult")
            return await audit.trail(state)

    latest, first = run(work())
    assert (latest.what, latest.case, latest.detail) == ("referral", "c1", "adult")
    assert (first.who, first.what) == ("rosa", "signed in")


def test_a_day_is_told_with_means() -> None:
    day = Day(date(2026, 11, 30), {"level:urgent": 2, "waited:count": 2, "waited:seconds": 60})
    assert day.mean("waited") == 30
    assert day.mean("handled") is None


def test_days_add_up_and_the_longest_stays_the_longest() -> None:
    days = [
        Day(date(2026, 11, 30), {"opened": 2, "waited:longest": 50}),
        Day(date(2026, 11, 29), {"opened": 3, "waited:longest": 90}),
    ]
    assert audit.total(days).counts == {"opened": 5, "waited:longest": 90}
    assert audit.total([]).counts == {}
