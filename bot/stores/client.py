"""Calling a store: calls that end in time, a second try where it is safe, and whether it is there.

Decides which failures mean that a server cannot be used (no connection, no answer in time, loading,
read-only, out of memory): only these let everybody rest, until a probe of one caller has been
answered. Any other error is about one record, and so one person's (`bot.stores.records`).

A call on a connection that broke is made once more on a fresh one, since a pool is full of dead
connections after a restart of its server. It may then have been done twice. That is harmless here:
most commands set or delete; a counter of messages may count one too many; words are appended under
an id that is kept once; a case is opened once for a conversation; a change of a case, a mark before
sending and a lock are refused the second time, which the caller takes for "somebody else has it".
A call without an answer in time is never repeated: nobody has so much time.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import redis.asyncio
from redis.asyncio.client import Pipeline
from redis.exceptions import (
    ClusterDownError,
    ConnectionError,  # noqa: A004 - Redis' own
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,  # noqa: A004 - Redis' own
)

from bot.privacy import logs
from bot.stores.keys import RETENTION, key
from bot.stores.store import Store

ANSWER_SECONDS = 1.0
"""How long a call of Redis may take before it has failed."""

CONNECTIONS = 200

PROBE_SECONDS = 0.2
"""Between two probes of a server that could not be used."""

UNREACHABLE = (
    ConnectionError,  # also while it is loading
    TimeoutError,
    ReadOnlyError,
    OutOfMemoryError,
    ClusterDownError,
)

REFUSES_WRITING = ("MISCONF", "NOREPLICAS", "UNKILLABLE", "BUSY ")
"""How answers begin with which a server says that it takes nothing from anybody now."""

PROBE = key("probe", "write")

logger = logging.getLogger(__name__)


class StoreDown(Exception):
    """A call of the store failed a moment ago; nobody waits for another one."""


def unreachable(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, means that a server cannot be used by anybody now."""
    while error is not None:
        if isinstance(error, (StoreDown, *UNREACHABLE)):
            return True
        if isinstance(error, ResponseError) and str(error).startswith(REFUSES_WRITING):
            return True
        error = error.__cause__
    return False


class Health:
    """Whether a store can be used, so that one person's wait spares the others theirs."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._probing: asyncio.Task[None] | None = None

    @property
    def down(self) -> bool:
        """Whether a call has failed and no probe was answered since."""
        return self._probing is not None and not self._probing.done()

    def failed(self) -> None:
        """Note that a call failed: everybody rests while one caller probes the server."""
        if not self.down:
            self._probing = asyncio.create_task(self._probe(), name="store probe")

    async def _probe(self) -> None:
        while True:
            try:
                await self._store.set(PROBE, "1", ex=RETENTION["probe"])
            except Exception as error:
                logs.failure(logger, "the store cannot be used", error)
                await asyncio.sleep(PROBE_SECONDS)
            else:
                return


class RetryingClient(redis.asyncio.Redis):  # type: ignore[type-arg]
    """A client whose calls are made once more where a connection broke."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Call a command."""
        try:
            return await super().execute_command(*args, **options)
        except ConnectionError:
            return await super().execute_command(*args, **options)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> RetryingPipeline:
        """Several commands at once."""
        return RetryingPipeline(
            self.connection_pool, self.response_callbacks, transaction, shard_hint
        )


class RetryingPipeline(Pipeline):  # type: ignore[type-arg]
    """A pipeline that is sent once more where a connection broke."""

    command_stack: list[Any]

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send the commands."""
        staged: list[Any] = list(self.command_stack)
        try:
            found: list[Any] = await super().execute(raise_on_error)
        except ConnectionError:
            self.command_stack = staged
            found = await super().execute(raise_on_error)
        return found


def client(url: str) -> Store:
    """A client whose calls fail within `ANSWER_SECONDS` instead of waiting."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        health_check_interval=0,
    )
    return RetryingClient(connection_pool=pool)
