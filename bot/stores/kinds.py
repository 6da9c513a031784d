"""What each store is for, and what a server must be like to be one.

Decides what each is: **state** (codes; on disk, append-only) and **relay** (the words of open
hand-offs; in memory only, no append-only file, no snapshots, no slow log, no crash log); and what
is refused: a relay store that writes to disk, either store where it may throw keys away when
memory is short, and both in one server, under whatever names.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import redis.asyncio
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from bot.privacy import logs
from bot.stores.store import Store

CHECK_SECONDS = 2.0
"""How long a server has to answer at the start."""

NO_EVICTION = "noeviction"

EVICTS = "a store may throw keys away when memory is short: set maxmemory-policy noeviction"

logger = logging.getLogger(__name__)


class StoreError(Exception):
    """A store cannot be used; the message is for the administrator."""


@dataclass(frozen=True)
class Kind:
    """What a store is for.

    Attributes:
        name: Of its folder in the data folder.
        variable: That names a server of one's own.
        config: Of the embedded server.
        adopted: Whether a start goes on with a server that a killed app left behind.
    """

    name: str
    variable: str
    config: dict[str, str]
    adopted: bool


_SILENT = {
    "loglevel": "warning",
    "slowlog-log-slower-than": "-1",  # it would hold words, or the pseudonyms of erased people
    "crash-log-enabled": "no",
    "maxmemory-policy": NO_EVICTION,
}

STATE = Kind(
    "state",
    "CHASKI_REDIS_URL",
    {"appendonly": "yes", "appendfsync": "everysec", "save": "", **_SILENT},
    adopted=False,
)
RELAY = Kind(
    "relay",
    "CHASKI_RELAY_REDIS_URL",
    {"appendonly": "no", "save": "", "maxmemory": "268435456", **_SILENT},
    adopted=True,
)


@dataclass(frozen=True)
class Facts:
    """What a server tells of itself.

    Attributes:
        run_id: Of the server's process; empty where it does not tell.
        policy: What it does when memory is short; empty where it does not tell.
        on_disk: Whether it writes what it holds; None where it does not tell.
    """

    run_id: str
    policy: str
    on_disk: bool | None

    @classmethod
    def of(cls, told: Mapping[str, Any], configuration: Mapping[Any, Any] | None) -> Facts:
        """From INFO (server, memory) and CONFIG GET (appendonly, save; None where refused)."""
        on_disk = None
        if configuration is not None:
            plain = {str(name): str(value) for name, value in configuration.items()}
            on_disk = keeps_on_disk(plain)
        return cls(str(told.get("run_id", "")), str(told.get("maxmemory_policy", "")), on_disk)


def keeps_on_disk(configuration: dict[str, str]) -> bool:
    """Whether a server with this configuration (appendonly, save) writes what it holds."""
    return configuration.get("appendonly") != "no" or configuration.get("save", "?").strip() != ""


PERSISTS = (
    "CHASKI_RELAY_REDIS_URL names a server that writes to disk. It holds people's words, which may "
    "rest in memory only: set 'appendonly no' and 'save \"\"' there, or unset the variable to use "
    "the embedded store."
)
NOT_CHECKED = (
    "CHASKI_RELAY_REDIS_URL names a server that does not tell its configuration (CONFIG GET "
    "appendonly, save; INFO). Nothing is relayed through a server that may write words to disk: "
    "allow the commands, or unset the variable to use the embedded store."
)
SAME = (
    "CHASKI_RELAY_REDIS_URL must name another server than CHASKI_REDIS_URL; both lead to the same "
    "one, under two addresses or database numbers. Words may rest in memory only, codes must be on "
    "disk: start a second server for the words, or unset the variable to use the embedded store."
)


def refusal(kind: Kind, found: Facts) -> str:
    """Why a server cannot be a store of this kind; empty where it can."""
    if kind is RELAY and (found.on_disk is None or not found.run_id):
        return NOT_CHECKED
    if kind is RELAY and found.on_disk:
        return PERSISTS
    if found.policy not in ("", NO_EVICTION):
        return (
            f"{kind.variable} names a server that throws keys away when memory is short "
            f"(maxmemory-policy {found.policy}): people would lose their conversation or their "
            f"place in the queue. Set 'maxmemory-policy {NO_EVICTION}' there."
        )
    return ""


async def facts(server: Store) -> Facts:
    """Ask a server what it is like.

    Raises:
        redis.exceptions.RedisError: It does not answer.
    """
    told: dict[str, Any] = {}
    configuration: dict[str, str] | None = None
    with suppress(ResponseError):
        told = {**await server.info("server"), **await server.info("memory")}
    with suppress(ResponseError):
        configuration = {
            **await server.config_get("appendonly"),
            **await server.config_get("save"),
        }
    return Facts.of(told, configuration)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Store]:
    """A client for a look at a server: it waits `CHECK_SECONDS`, and no longer."""
    server = redis.asyncio.Redis.from_url(
        url, socket_timeout=CHECK_SECONDS, socket_connect_timeout=CHECK_SECONDS
    )
    try:
        yield server
    finally:
        await server.close()


def check_stores(state_url: str, relay_url: str) -> None:
    """Refuse servers that cannot be stores; one that does not answer is checked when it does.

    Raises:
        StoreError: One of them cannot, or both are the same.
    """
    state, relay = asyncio.run(_look(STATE, state_url)), asyncio.run(_look(RELAY, relay_url))
    if state is not None and relay is not None and same(state, relay):
        raise StoreError(SAME)
    for kind, found in ((STATE, state), (RELAY, relay)):
        reason = refusal(kind, found) if found is not None else ""
        if reason:
            raise StoreError(reason)


def same(one: Facts, other: Facts) -> bool:
    """Whether two servers are one."""
    return one.run_id != "" and one.run_id == other.run_id


async def _look(kind: Kind, url: str) -> Facts | None:
    async with connected(url) as server:
        try:
            return await facts(server)
        except AuthenticationError:
            raise StoreError(
                f"{kind.variable} names a server that refuses its user name or password: write "
                "them into the address (redis://user:password@host:6379)."
            ) from None
        except RedisError as error:
            what = "a store does not answer: it is checked when it does"
            logs.failure(logger, what, error, store=kind.name)
            return None
