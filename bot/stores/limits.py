"""Counts of a minute, by which somebody is limited: messages, requests, characters read.

Decides that a count begins with the first of its minute and ends with it, and that all counts of
one message change together.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.stores.keys import RETENTION, key
from bot.stores.store import Store


async def count(redis: Store, amounts: Iterable[tuple[str, str, int]]) -> list[int]:
    """Add to counts, and say what they are now.

    Args:
        redis: Client of the state store.
        amounts: Of each count its prefix in `RETENTION`, whose it is (a pseudonym), what to add.

    Raises:
        redis.exceptions.RedisError: The store does not answer.
    """
    pipeline = redis.pipeline(transaction=True)
    for prefix, name, amount in amounts:
        pipeline.incrby(key(prefix, name), amount)
        pipeline.expire(key(prefix, name), RETENTION[prefix], nx=True)
    return [int(found) for found in (await pipeline.execute())[::2]]
