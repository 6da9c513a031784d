"""Open now, in Lima, with Peru's holidays."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import hours
from bot.answers.tables import open_now
from bot.directory.tables import tables

OFFICE = hours.parse("mon-fri 08:00-18:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=hours.LIMA)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 08:00", True),  # Monday
        ("2026-11-23 17:59", True),
        ("2026-11-23 18:00", False),
        ("2026-11-23 07:59", False),
        ("2026-11-21 10:00", False),  # Saturday
        ("2026-07-28 10:00", False),  # Independence Day, a Tuesday
        ("2026-04-02 10:00", False),  # Maundy Thursday
    ],
)
def test_a_weekday_line_is_open_in_its_hours_on_working_days(moment: str, expected: bool) -> None:
    assert OFFICE
    assert hours.is_open(OFFICE, at(moment)) is expected


def test_the_clock_is_limas_wherever_the_server_stands() -> None:
    assert OFFICE
    assert hours.is_open(OFFICE, datetime(2026, 11, 23, 13, 0, tzinfo=UTC))
    assert not hours.is_open(OFFICE, datetime(2026, 11, 23, 12, 59, tzinfo=UTC))


def test_the_next_opening_skips_weekends_and_holidays() -> None:
    assert OFFICE
    # Friday evening before a Monday that works; and the eve of the two July holidays
    assert hours.next_opening(OFFICE, at("2026-11-20 19:00")) == at("2026-11-23 08:00")
    assert hours.next_opening(OFFICE, at("2026-07-27 19:00")) == at("2026-07-30 08:00")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)))
def test_a_closed_line_opens_later_and_is_open_then(moment: datetime) -> None:
    assert OFFICE
    here = moment.replace(tzinfo=hours.LIMA)
    opening = hours.next_opening(OFFICE, here)
    assert opening > here
    assert hours.is_open(OFFICE, opening)


@given(st.text())
def test_anything_else_than_hours_is_refused(written: str) -> None:
    with suppress(ValueError):
        assert hours.parse(written) is None or written == "24/7"


def test_a_closed_line_says_when_it_opens_and_which_one_answers_meanwhile() -> None:
    line = tables().contacts["1884"]
    said = open_now(line, "es", at("2026-11-21 10:00"))
    assert "lunes" in said
    assert "08:00" in said
    assert "1818" in said
    assert "feriado" in open_now(line, "es", at("2026-07-28 10:00"))
    assert "1818" not in open_now(line, "es", at("2026-11-23 10:00"))
