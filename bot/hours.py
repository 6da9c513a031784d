"""When a line answers: its hours, whether it is open now, and when it opens next.

Decides with the clock of America/Lima and Peru's public holidays (library `holidays`): a line with
weekday hours is closed on them. Hours are written "24/7", "mon-fri HH:MM-HH:MM", "daily
HH:MM-HH:MM" (also on Saturdays, Sundays and holidays), or are empty where the source states none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LIMA = ZoneInfo("America/Lima")

_WEEKDAYS = re.compile(r"(mon-fri|daily) (\d\d):(\d\d)-(\d\d):(\d\d)")
_SEARCHED_DAYS = 14
"""Days ahead within which any weekday line opens again, whatever the holidays."""


@dataclass(frozen=True)
class Hours:
    """Opening hours; `always`, or from `opens` to `closes` on working days, or `daily`."""

    always: bool
    opens: time = time()
    closes: time = time()
    daily: bool = False


def parse(written: str) -> Hours | None:
    """Hours as the tables write them.

    Returns:
        None where the source states no hours.

    Raises:
        ValueError: Something else is written.
    """
    if not written:
        return None
    if written == "24/7":
        return Hours(always=True)
    match = _WEEKDAYS.fullmatch(written)
    if not match:
        raise ValueError(
            f"hours {written!r} are neither 24/7 nor mon-fri HH:MM-HH:MM nor daily HH:MM-HH:MM"
        )
    days, *times = match.groups()
    opens_hour, opens_minute, closes_hour, closes_minute = map(int, times)
    opens, closes = time(opens_hour, opens_minute), time(closes_hour, closes_minute)
    if closes <= opens:
        raise ValueError(f"hours {written!r} end before they begin")
    return Hours(False, opens, closes, daily=days == "daily")


def now() -> datetime:
    """The time in Lima."""
    return datetime.now(LIMA)


def today() -> date:
    """The day in Lima."""
    return now().date()


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("PE", years=year))


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday in Peru."""
    return day in _holidays(day.year)


def is_open(hours: Hours, moment: datetime, *, on_holidays: bool | None = None) -> bool:
    """Whether a line with these hours answers at a moment.

    Args:
        hours: Of the line.
        moment: Any time.
        on_holidays: Whether it works on public holidays; where None, only with daily hours.
    """
    if hours.always:
        return True
    local = moment.astimezone(LIMA)
    works = _works(hours, local.date(), on_holidays)
    return works and hours.opens <= local.time() < hours.closes


def next_opening(hours: Hours, moment: datetime) -> datetime:
    """When a closed line opens next, in Lima's time."""
    local = moment.astimezone(LIMA)
    for ahead in range(_SEARCHED_DAYS):
        day = local.date() + timedelta(days=ahead)
        opening = datetime.combine(day, hours.opens, tzinfo=LIMA)
        if _works(hours, day) and opening > local:
            return opening
    raise ValueError("no working day within two weeks")


def _works(hours: Hours, day: date, on_holidays: bool | None = None) -> bool:
    if is_holiday(day) and not (hours.daily if on_holidays is None else on_holidays):
        return False
    return hours.daily or day.weekday() < 5
