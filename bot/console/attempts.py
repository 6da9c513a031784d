"""Guessing passwords: how many tries a name, an address and a known device have.

Decides that a try is counted in one atomic step before the password is looked at, so that guesses
sent at once are counted one by one; that after `FREE` tries each further one waits twice as long;
and that a device on which the name has signed in before has an allowance of its own, which nobody
else can use up. Only keyed codes of names, addresses and devices are kept.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

from bot.privacy.pseudonyms import conversation_id
from bot.privacy.web_addresses import network
from bot.stores.keys import RETENTION, key
from bot.stores.lua import script
from bot.stores.store import Store

SCRIPTS = Path(__file__).parent / "scripts"

FREE = 5
"""Tries of a name, or of a known device, before the delay begins."""

FREE_OF_ADDRESS = 50
"""Tries from one address before the delay begins: an office shares one address."""

FIRST_DELAY_SECONDS = 5
LONGEST_DELAY_SECONDS = 300
"""The delay stops growing here: some 300 guesses a day at a name, from the whole world."""


@dataclass(frozen=True)
class Attempt:
    """A try: what it was counted under, and how long it has to wait (0: the password is looked at).

    Attributes:
        keys: Counters of this try.
        wait_seconds: Whole seconds until the next try is taken.
    """

    keys: tuple[str, ...]
    wait_seconds: int


class Attempts:
    """The tries in the state store."""

    def __init__(self, redis: Store, secret: str) -> None:
        self._redis, self._secret = redis, secret
        self._reserve = script(redis, SCRIPTS, "reserve")

    async def reserve(self, name: str, address: str, device: str = "") -> Attempt:
        """Count a try before the password is looked at.

        Args:
            name: As typed.
            address: Of the client.
            device: Id of a device that is known for this name; empty where it is not.
        """
        if device:
            counted = [(_name_key(self._secret, name, device), FREE)]
        else:
            where = conversation_id(self._secret, "console address", network(address))
            counted = [
                (_name_key(self._secret, name), FREE),
                (key("lockout", where), FREE_OF_ADDRESS),
            ]
        found = await self._reserve(
            keys=[one for one, _ in counted],
            args=[
                time.time(),
                FIRST_DELAY_SECONDS,
                LONGEST_DELAY_SECONDS,
                RETENTION["lockout"],
                *(free for _, free in counted),
            ],
        )
        return Attempt(tuple(one for one, _ in counted), math.ceil(float(found)))

    async def succeeded(self, attempt: Attempt) -> None:
        """Forget the tries of a name; those of an address stay, or one account would free all."""
        await self._redis.delete(attempt.keys[0])

    async def give_back(self, attempt: Attempt) -> None:
        """Uncount a try whose password was never looked at."""
        for one in attempt.keys:
            await self._redis.hincrby(one, "count", -1)
            await self._redis.hdel(one, "until")


async def unlock(redis: Store, secret: str, name: str) -> None:
    """Forget every try of a name, from wherever it came."""
    found = [one async for one in redis.scan_iter(match=f"{_name_key(secret, name)}*", count=500)]
    if found:
        await redis.delete(*found)


def _name_key(secret: str, name: str, device: str = "") -> str:
    coded = conversation_id(secret, "console name", name)
    return key("lockout", f"{coded}:{device}" if device else coded)
