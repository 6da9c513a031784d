"""One turn after the other in each conversation, in the order of arrival.

Decides how order is kept: within a process by a lock that serves in order, between processes by a
lock in Redis that expires by itself. Rasa's own lock store polls once a second and is not atomic.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from weakref import WeakValueDictionary

from redis.exceptions import LockError, RedisError

from bot.stores.keys import RETENTION, key
from bot.stores.records import free_lock
from bot.stores.store import Store

POLL_SECONDS = 0.03

_local: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@asynccontextmanager
async def in_turn(conversation: str, redis: Store) -> AsyncIterator[None]:
    """Hold the conversation while its turn is answered.

    Raises:
        redis.exceptions.RedisError: Redis does not answer.
        TimeoutError: Another process kept it too long.
    """
    lock = _local.get(conversation)
    if lock is None:
        lock = _local[conversation] = asyncio.Lock()
    async with lock:
        name = key("lock", conversation)
        shared = redis.lock(name, timeout=RETENTION["lock"], sleep=POLL_SECONDS)
        if not await shared.acquire(blocking=False):
            await free_lock(redis, name)
            await shared.acquire()
        try:
            yield
        finally:
            with suppress(LockError, RedisError):  # expired or unreachable: nothing to give back
                await shared.release()
