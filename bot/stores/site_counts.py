"""How often a site's widget is used: counters of codes by day, for the organisation that embeds it.

Decides what is counted (conversations, messages, topics, languages, urgency, hand-offs; never a
word, never who), that days are Lima's, and that small counts are not shown exactly: one urgent
conversation on one day in one village would be somebody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from bot import hours
from bot.stores import records
from bot.stores.keys import RETENTION, key
from bot.stores.store import Store

FEWEST = 5
"""A count below this is shown as "fewer than"."""

DAYS_SHOWN = 90

SESSIONS, MESSAGES = "sessions", "messages"
GROUPS = ("language", "topic", "urgency", "handoff")


async def add(redis: Store, site: str, fields: Iterable[str]) -> None:
    """Count one of each field for a site, today."""
    name = key("site_counts", f"{site}:{hours.today().isoformat()}")
    pipeline = redis.pipeline(transaction=True)
    for field in fields:
        pipeline.hincrby(name, field, 1)
    pipeline.expire(name, RETENTION["site_counts"])
    await pipeline.execute()


async def read(redis: Store, site: str, today: date | None = None) -> dict[str, Any]:
    """A site's counts as they may be shown.

    Args:
        redis: The state store.
        site: Name of the site.
        today: The last day; Lima's where None.

    Returns:
        "days": date, conversations and messages, newest first, days without any left out; and for
        each of `GROUPS` the sums over all days, greatest first.
    """
    last = today or hours.today()
    days = [last - timedelta(days=back) for back in range(DAYS_SHOWN)]
    pipeline = redis.pipeline(transaction=False)
    for day in days:
        pipeline.hgetall(key("site_counts", f"{site}:{day.isoformat()}"))
    rows: list[dict[str, Any]] = []
    sums: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
    for day, stored in zip(days, await pipeline.execute(), strict=True):
        found = {name: int(count) for name, count in records.fields(stored).items()}
        if not found:
            continue
        rows.append(
            {
                "date": day.isoformat(),
                SESSIONS: shown(found.get(SESSIONS, 0)),
                MESSAGES: shown(found.get(MESSAGES, 0)),
            }
        )
        for name, count in found.items():
            group, _, value = name.partition(":")
            if value and group in sums:
                sums[group][value] += count
    return {
        "days": rows,
        **{
            group: [
                {"code": code, "count": shown(count)} for code, count in sums[group].most_common()
            ]
            for group in GROUPS
        },
    }


def shown(count: int) -> int | str:
    """A count as it is shown: none and many exactly, few as "<5"."""
    return count if count == 0 or count >= FEWEST else f"<{FEWEST}"
