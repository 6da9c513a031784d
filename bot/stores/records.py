"""Records that cannot be read: of the wrong type, broken, or not what was once written.

Decides that such a record is one person's: it is taken for absent, removed so that it is written
anew, and counted in the log by its kind. A server that cannot be used is no such case.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, TypeVar

from redis.exceptions import RedisError, ResponseError

from bot.privacy import logs
from bot.stores.client import unreachable
from bot.stores.keys import RETENTION, key
from bot.stores.store import Row, Store

UNREADABLE = (ResponseError, ValueError, LookupError, TypeError, AttributeError)
"""What reading a damaged record raises: Redis on a wrong type, the rest while it is decoded."""

STATE_TYPES = {
    "conversation": "string",
    "tracker": "string",
    "throttle": "string",
    "answered": "set",
    "erased": "string",
    "case_of": "string",
    "refused": "string",
    "lock": "string",
}
RELAY_TYPES = {
    "words": "stream",
    "once": "hash",
    "delivery": "hash",
    "return_address": "string",
    "sending": "string",
}
"""Prefixes of a conversation's keys in each store to the type that each has."""

logger = logging.getLogger(__name__)

Record = TypeVar("Record")


def damaged(error: BaseException) -> bool:
    """Whether an error is about one record and not about the server."""
    return isinstance(error, UNREADABLE) and not unreachable(error)


async def read(
    redis: Store,
    name: str,
    stored: Awaitable[Any],
    decode: Callable[[Any], Record],
    absent: Record,
    *,
    keep: bool = False,
) -> Record:
    """A record; where it is damaged, the same as where there is none.

    Args:
        redis: The store.
        name: Its key.
        stored: The call that reads it.
        decode: What it means; raises one of `UNREADABLE` where it means nothing.
        absent: What to go on with where it cannot be read.
        keep: Whether a damaged record stays for an administrator to look at.

    Raises:
        redis.exceptions.RedisError: The server cannot be used.
    """
    try:
        return decode(await stored)
    except UNREADABLE as error:
        if not damaged(error):
            raise
        note(name, error)
        if not keep:
            await redis.delete(name)
        return absent


def note(name: str, error: BaseException) -> None:
    """Count a damaged record in the log, by its kind."""
    logs.failure(logger, "a record cannot be read", error, kind=name.partition(":")[0])


async def mend(
    redis: Store, conversation: str, types: Mapping[str, str] = MappingProxyType(STATE_TYPES)
) -> bool:
    """Remove what is of a wrong type of a conversation's records.

    Returns:
        Whether there was anything.
    """
    names = {key(prefix, conversation): wanted for prefix, wanted in types.items()}
    counter = key("throttle", conversation)
    pipeline = redis.pipeline(transaction=False)
    for name in names:
        pipeline.type(name)
    found = dict(zip(names, await pipeline.execute(), strict=True))
    bad = [name for name, kind in found.items() if kind.decode() not in ("none", names[name])]
    if found.get(counter) == b"string" and not (await redis.get(counter) or b"0").isdigit():
        bad.append(counter)
    for name in bad:
        logs.event(logger, logging.ERROR, "a record of a wrong type", kind=name.partition(":")[0])
    if key("answered", conversation) in bad:  # nothing lists the kept answers any more
        start = key("message", f"{conversation}:")
        bad += [one.decode() async for one in redis.scan_iter(match=f"{start}*", count=1000)]
    if bad:
        await redis.delete(*bad)
    return bool(bad)


async def free_lock(redis: Store, name: str) -> None:
    """Remove a lock that nobody can hold: of another type, or one that would never expire."""
    with suppress(RedisError):  # gone meanwhile: free
        kind, left = await _type_and_milliseconds(redis, name)
        longest = RETENTION[name.partition(":")[0]] * 1000
        if kind != "none" and (kind != "string" or not 0 <= left <= longest):
            logs.event(logger, logging.ERROR, "a lock that nobody holds", kind="lock")
            await redis.delete(name)


async def _type_and_milliseconds(redis: Store, name: str) -> tuple[str, int]:
    pipeline = redis.pipeline(transaction=True)
    pipeline.type(name)
    pipeline.pttl(name)
    kind, left = await pipeline.execute()
    return kind.decode(), int(left)


def fields(row: Row) -> dict[str, str]:
    """A hash, or an entry of a stream, as text."""
    return {name.decode(): value.decode() for name, value in row.items()}


def text(stored: bytes | None) -> str:
    """A record that is text; empty where there is none."""
    return stored.decode() if stored else ""
