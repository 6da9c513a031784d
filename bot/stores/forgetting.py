"""Erased is erased on the medium too (law 7): the state store's file is written anew.

An append-only file keeps every command, so a deleted key goes on standing in it. Decides that the
file is rewritten after an erasing (many erasings share one rewriting, and only one that began
`SETTLE_SECONDS` after the erasing counts for it), at every start, every hour, and once more when
the app stops with an erasing that still waits. What has expired but was not yet removed would be
written into the new file, so every key is looked at first. Where the server makes snapshots, a new
one replaces the last. One process does it for all; what fails is tried again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from redis.exceptions import ResponseError

from bot.privacy import logs
from bot.stores.keys import RETENTION, key
from bot.stores.kinds import EVICTS, NO_EVICTION
from bot.stores.lua import script
from bot.stores.store import Pipeline, Store
from bot.tasks import BackgroundWork

SETTLE_SECONDS = 2.0
"""Between an erasing and the rewriting that counts for it: what its turn still does (a lock that
is given back) must be done."""

REST_SECONDS = 5.0
"""Between two rewritings, at least."""

REST_FACTOR = 20
"""A rewriting that takes long is followed by a rest so many times as long: 5 % of a core."""

HOUR_SECONDS = 3600.0
"""How often the file is rewritten where nothing was erased: what has expired goes."""

LOOK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
"""Between two tries while the store does not answer."""

REWRITE_SECONDS = 120.0
"""Within which a rewriting must be done; then it has failed."""

STOP_SECONDS = 4.0
"""How long a stop waits for a last rewriting."""

SCRIPTS = Path(__file__).parent / "scripts"

_POLL_SECONDS = 0.05
_SCANNED = 1000

ERASED = key("forgetting", "erased")
"""Set with every erasing, to another value each time; removed by the rewriting that covers it."""

REWRITTEN = key("forgetting", "rewritten")
"""When the last rewriting ended, in seconds since 1970."""

TURN = key("forgetting", "turn")
"""Held by the process that rewrites."""

logger = logging.getLogger(__name__)


class NotRewritten(Exception):
    """The server could not write its file anew."""


async def erased(redis: Store) -> None:
    """Note that something was erased: the file must be rewritten."""
    await redis.set(ERASED, secrets.token_hex(8), ex=RETENTION["forgetting"])


def erases(pipeline: Pipeline) -> None:
    """The same, together with what erases it."""
    pipeline.set(ERASED, secrets.token_hex(8), ex=RETENTION["forgetting"])


class Forgetting(BackgroundWork):
    """The background work of one process."""

    def __init__(self, redis: Store) -> None:
        super().__init__("forgetting")
        self._redis = redis
        self._covered = script(redis, SCRIPTS, "covered")
        self._began = time.time()
        self._mark: bytes | None = None
        self._mark_since = 0.0
        self._waits_since: float | None = None
        self._rests_until = 0.0

    async def stop(self) -> None:
        """End; an erasing that waits is covered before, if the store lets us."""
        await super().stop()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                mark = await self._redis.get(ERASED)
                if mark is not None:
                    await self._rewrite()
                    await self._covered(keys=[ERASED], args=[mark])
        except Exception as error:  # the next start does it
            if self._mark is not None:
                logs.failure(logger, "the store's file is rewritten at the next start", error)

    async def _work(self) -> None:
        self._began = time.time()
        pause = LOOK_SECONDS
        while True:
            try:
                await self.look()
                pause = LOOK_SECONDS
            except Exception as error:
                logs.failure(logger, "the store's file was not rewritten: tried again", error)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def look(self) -> bool:
        """Rewrite if it is time.

        Returns:
            Whether this process did.

        Raises:
            NotRewritten: The server could not.
            redis.exceptions.RedisError: It does not answer, or does not allow it.
        """
        now = time.monotonic()
        mark, last = await self._redis.mget(ERASED, REWRITTEN)
        if mark != self._mark:
            self._mark, self._mark_since = mark, now
        if mark is None:
            self._waits_since = None
        elif self._waits_since is None:
            self._waits_since = now
        settled = self._waits_since is not None and now - self._waits_since >= SETTLE_SECONDS
        of_age = float(last or 0) < max(self._began, time.time() - HOUR_SECONDS)
        if not (settled or of_age) or now < self._rests_until:
            return False
        if not await self._redis.set(TURN, "1", nx=True, ex=int(REWRITE_SECONDS)):
            return False
        covers = mark if mark is not None and now - self._mark_since >= SETTLE_SECONDS else None
        began = time.monotonic()
        try:
            async with asyncio.timeout(REWRITE_SECONDS):
                await self._rewrite()
        finally:
            took = time.monotonic() - began
            self._rests_until = time.monotonic() + max(REST_SECONDS, REST_FACTOR * took)
            await self._redis.delete(TURN)
        await self._redis.set(REWRITTEN, f"{time.time():.3f}", ex=RETENTION["forgetting"])
        self._waits_since = None
        if covers is not None:
            await self._covered(keys=[ERASED], args=[covers])
        return True

    async def _rewrite(self) -> None:
        async for _ in self._redis.scan_iter(count=_SCANNED):
            pass  # looking at an expired key removes it
        state = await self._redis.info("persistence")
        if state.get("aof_enabled"):
            await self._done(
                self._redis.bgrewriteaof,
                ("aof_rewrite_in_progress", "aof_rewrite_scheduled"),
                "aof_last_bgrewrite_status",
            )
        if await self._makes_snapshots():
            await self._done(
                self._redis.bgsave, ("rdb_bgsave_in_progress",), "rdb_last_bgsave_status"
            )
        if (await self._redis.info("memory")).get("maxmemory_policy") != NO_EVICTION:
            logs.event(logger, logging.ERROR, EVICTS)

    async def _done(
        self, begin: Callable[[], Awaitable[bool]], running: tuple[str, ...], outcome: str
    ) -> None:
        """Begin a writing that starts from now on, and wait until it is over."""
        while True:
            try:
                await begin()
                break
            except ResponseError as error:
                # One that runs began before, and may still write what was erased since
                if "in progress" not in str(error):
                    raise
            await self._over(running)
        if (await self._over(running)).get(outcome) != "ok":
            raise NotRewritten

    async def _over(self, running: tuple[str, ...]) -> dict[str, Any]:
        while True:
            state: dict[str, Any] = await self._redis.info("persistence")
            if not any(state.get(name) for name in running):
                return state
            await asyncio.sleep(_POLL_SECONDS)

    async def _makes_snapshots(self) -> bool:
        try:
            found = await self._redis.config_get("save")
        except ResponseError:  # it does not say: docs/stores.md tells the administrator
            return False
        return bool(found.get("save", "").strip())
