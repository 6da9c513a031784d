"""What the desk remembers of its work: who did what to which case, and counts of each day.

Decides what a line of the audit trail holds (time, operator, deed, case; no content, no
conversation), and what is counted for the supervisor: by level, language, channel and outcome, how
long people waited and how long operators took. Written in the same atomic step as the change
itself (`bot.handoff.cases`); times to live are in `RETENTION`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot import hours
from bot.handoff.case import Case
from bot.handoff.topics import CHANNEL, DESK
from bot.stores import records
from bot.stores.keys import RETENTION, key
from bot.stores.store import Store

AUDIT = key("audit", "trail")


@dataclass(frozen=True)
class Deed:
    """A line of the audit trail: when, who (empty: nobody's doing), what, to which case."""

    at: float
    who: str
    what: str
    case: str
    detail: str = ""


@dataclass
class Day:
    """Counts of one day, by their names ("opened", "level:urgent", "outcome:referred" …)."""

    date: date
    counts: dict[str, int] = field(default_factory=dict)

    def mean(self, what: str) -> float | None:
        """The mean of "waited" or "handled" in seconds; None where there is nothing."""
        number = self.counts.get(f"{what}:count", 0)
        return self.counts.get(f"{what}:seconds", 0) / number if number else None


def opened(case: Case) -> dict[str, Any]:
    """The record of a new case."""
    counts = {
        "opened": 1,
        f"level:{case.level}": 1,
        f"language:{case.language}": 1,
        f"channel:{case.channel}": 1,
        f"age:{case.age}": 1,
    }
    return _record("opened", "", case.id, counts)


def changed(
    case: Case,
    what: str,
    who: str,
    waited: float | None = None,
    handled: float | None = None,
    outcome: str = "",
) -> dict[str, Any]:
    """The record of a change of a case."""
    counts = {what: 1}
    longest = {}
    for name, seconds in (("waited", waited), ("handled", handled)):
        if seconds is not None:
            whole = max(0, round(seconds))
            counts |= {f"{name}:count": 1, f"{name}:seconds": whole}
            longest[f"{name}:longest"] = whole
    if outcome:
        counts[f"outcome:{outcome}"] = 1
    return _record(what, who, case.id, counts, longest, outcome)


def _record(
    what: str,
    who: str,
    case_id: str,
    counts: dict[str, int],
    longest: dict[str, int] | None = None,
    detail: str = "",
) -> dict[str, Any]:
    now = time.time()
    kept = RETENTION["audit"]
    line = {"at": f"{now:.3f}", "who": who, "what": what, "case": case_id, "detail": detail}
    return {
        "audit": AUDIT,
        "audit_kept": kept,
        "oldest": str(int((now - kept) * 1000)),
        "line": [part for pair in line.items() for part in pair],
        "day": key("day", hours.today().isoformat()),
        "day_kept": RETENTION["day"],
        "counts": counts,
        "longest": longest or {},
        "channel": CHANNEL,
        "topic": DESK,
    }


async def write(redis: Store, who: str, what: str, case_id: str = "", detail: str = "") -> None:
    """Write a line of something else that was done: a sign-in, a referral form."""
    row = _record(what, who, case_id, {}, detail=detail)
    line = row["line"]
    await redis.xadd(
        AUDIT, dict(zip(line[::2], line[1::2], strict=True)), minid=row["oldest"], approximate=True
    )
    await redis.expire(AUDIT, row["audit_kept"])


async def trail(redis: Store, count: int = 500) -> list[Deed]:
    """The latest lines of the audit trail, newest first."""
    rows = await redis.xrevrange(AUDIT, count=count)
    found = []
    for _, row in rows:
        text = records.fields(row)
        found.append(
            Deed(float(text["at"]), text["who"], text["what"], text["case"], text.get("detail", ""))
        )
    return found


async def days(redis: Store, number: int) -> list[Day]:
    """The counts of the latest days, today first."""
    today = hours.today()
    dates = [today - timedelta(days=ago) for ago in range(number)]
    pipeline = redis.pipeline(transaction=False)
    for one in dates:
        pipeline.hgetall(key("day", one.isoformat()))
    found = []
    for one, row in zip(dates, await pipeline.execute(), strict=True):
        counts = {name: int(value) for name, value in records.fields(row).items()}
        found.append(Day(one, counts))
    return found


def total(found: list[Day]) -> Day:
    """Several days as one; the longest times stay the longest."""
    counts: dict[str, int] = defaultdict(int)
    for one in found:
        for name, count in one.counts.items():
            if name.endswith(":longest"):
                counts[name] = max(counts[name], count)
            else:
                counts[name] += count
    return Day(found[-1].date if found else hours.today(), dict(counts))
