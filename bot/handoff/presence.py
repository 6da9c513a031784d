"""Who is on duty: operators whose page answered within a minute, and the organisation's hours.

Decides what "somebody is on duty" means (law 5): an operator's page sent a heartbeat within
`HEARTBEAT_SECONDS` and is not on a break, and the hours of the settings say that the desk is open.
Nothing else makes Chaski say that a person is being called.
"""

from __future__ import annotations

import time
from datetime import datetime

from bot import hours
from bot.handoff.topics import CHANNEL, DESK
from bot.settings import Settings
from bot.stores.keys import RETENTION, key
from bot.stores.store import Store

HEARTBEAT_SECONDS = 60
"""Without a heartbeat for so long an operator is lost, and their cases go back to the queue."""

SEEN = key("desk", "seen")
AVAILABLE = key("desk", "available")


class Presence:
    """The operators whose pages are open."""

    def __init__(self, redis: Store) -> None:
        self._redis = redis

    async def beat(self, operator: str, *, available: bool) -> None:
        """Note that an operator's page is there."""
        now = time.time()
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.zadd(SEEN, {operator: now})
        pipeline.expire(SEEN, RETENTION["desk"])
        if available:
            pipeline.zadd(AVAILABLE, {operator: now})
            pipeline.expire(AVAILABLE, RETENTION["desk"])
        else:
            pipeline.zrem(AVAILABLE, operator)
        seen, _, changed, *_ = await pipeline.execute()
        if seen or changed:  # the others' pages show it at once
            await self._redis.publish(CHANNEL, DESK)

    async def leave(self, operator: str) -> None:
        """Forget an operator who has signed out."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.zrem(SEEN, operator)
        pipeline.zrem(AVAILABLE, operator)
        pipeline.publish(CHANNEL, DESK)
        await pipeline.execute()

    async def seen(self) -> dict[str, float]:
        """Operators whose page is there, to the time of their last heartbeat."""
        return await self._since(SEEN)

    async def available(self) -> list[str]:
        """Operators who take cases now."""
        return sorted(await self._since(AVAILABLE))

    async def _since(self, name: str) -> dict[str, float]:
        rows = await self._redis.zrangebyscore(
            name, time.time() - HEARTBEAT_SECONDS, "+inf", withscores=True
        )
        return {one.decode(): float(score) for one, score in rows}


def desk_is_open(settings: Settings, moment: datetime | None = None) -> bool:
    """Whether the settings' hours say that operators work at a moment."""
    local = (moment or hours.now()).astimezone(hours.LIMA)
    if local.date().isoformat() in settings.duty_closed_days:
        return False
    written = hours.parse(settings.duty_hours)
    assert written is not None  # noqa: S101 - `Settings` has a default
    return hours.is_open(written, local, on_holidays=settings.duty_holidays)
