"""What each store is for, and what a server must be like to be one.

Decides what each is: **state** (codes; on disk, append-only) and **relay** (the words of open
hand-offs; in memory only, no append-only file, no snapshots, no slow log, no crash log); and that
a relay store which writes to disk is refused.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import redis

from bot.privacy import logs

logger = logging.getLogger(__name__)


class StoreError(Exception):
    """A store cannot be used; the message is for the administrator."""


@dataclass(frozen=True)
class Kind:
    """What a store is for.

    Attributes:
        name: Of its folder in the data folder.
        config: Of the server.
        adopted: Whether a start goes on with a server that a killed app left behind.
    """

    name: str
    config: dict[str, str]
    adopted: bool


STATE = Kind("state", {"appendonly": "yes", "appendfsync": "everysec", "save": ""}, adopted=False)
RELAY = Kind(
    "relay",
    {
        "appendonly": "no",
        "save": "",
        "slowlog-log-slower-than": "-1",  # it would hold words
        "crash-log-enabled": "no",
        "maxmemory": "268435456",
        "maxmemory-policy": "noeviction",
    },
    adopted=True,
)


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
    "appendonly, save). Nothing is relayed through a server that may write words to disk: allow "
    "the command, or unset the variable to use the embedded store."
)


def check_relay(url: str) -> None:
    """Refuse a relay store that writes to disk; one that does not answer is checked again later.

    Raises:
        StoreError: It persists, or does not say whether it does.
    """
    with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as connection:
        try:
            found = {
                **connection.config_get("appendonly"),
                **connection.config_get("save"),
            }
        except redis.ResponseError:
            raise StoreError(NOT_CHECKED) from None
        except redis.RedisError as error:
            logs.failure(
                logger, "the relay store does not answer: no hand-off until it does", error
            )
            return
    if keeps_on_disk({str(name): str(value) for name, value in found.items()}):
        raise StoreError(PERSISTS)
