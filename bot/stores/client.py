"""Calling a store: clients whose calls end in time, and whether the store answered lately."""

from __future__ import annotations

import time
from typing import Any

import redis.asyncio

ANSWER_SECONDS = 1.0
"""How long a call of Redis may take before it has failed."""

CONNECTIONS = 200

REST_SECONDS = 1.0
"""How long the store is left alone after a call of it failed."""


class StoreDown(Exception):  # noqa: N818 - says what happened
    """A call of the store failed a moment ago; nobody waits for another one."""


class Health:
    """Whether the store answered lately, so that one person's wait spares the others theirs."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    @property
    def down(self) -> bool:
        """Whether a call failed within `REST_SECONDS`."""
        return time.monotonic() < self._rests_until

    def failed(self) -> None:
        """Note that a call failed."""
        self._rests_until = time.monotonic() + REST_SECONDS


def client(url: str) -> Any:
    """A client whose calls fail within `ANSWER_SECONDS` instead of waiting."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        health_check_interval=0,
    )
    return redis.asyncio.Redis(connection_pool=pool)
