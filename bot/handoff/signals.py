"""Waking those who wait: one subscription to Redis a process, however many pages are open.

Decides that a signal carries a topic and nothing else (a conversation's pseudonym, "desk"): what
has changed is then read where it is kept. A signal may get lost while a connection breaks, so
whoever waits looks again by themselves after `LOOK_AGAIN_SECONDS`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bot.handoff.topics import CHANNEL
from bot.privacy import logs
from bot.stores.store import Store
from bot.tasks import BackgroundWork

LOOK_AGAIN_SECONDS = 5.0
_PAUSE_SECONDS = 0.5

logger = logging.getLogger(__name__)


class Signals(BackgroundWork):
    """The signals of one store, handed to those of this process who listen."""

    def __init__(self, redis: Store) -> None:
        super().__init__("signals")
        self._redis = redis
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        self.ending = False

    def end(self) -> None:
        """Wake everybody for the last time: the app stops, and open streams would hold it up."""
        self.ending = True
        self._wake_all()

    @contextmanager
    def listening(self, *topics: str) -> Iterator[asyncio.Event]:
        """An event that is set when one of the topics is signalled."""
        event = asyncio.Event()
        self.add(event, *topics)
        try:
            yield event
        finally:
            self.remove(event, *topics)

    def add(self, event: asyncio.Event, *topics: str) -> None:
        """Let an event be set by further topics, until they are removed."""
        for topic in topics:
            self._listeners[topic].add(event)

    def remove(self, event: asyncio.Event, *topics: str) -> None:
        """Let topics no longer set an event."""
        for topic in topics:
            self._listeners[topic].discard(event)
            if not self._listeners[topic]:
                del self._listeners[topic]

    async def _work(self) -> None:
        while True:
            subscription = self._redis.pubsub(ignore_subscribe_messages=True)
            try:
                await subscription.subscribe(CHANNEL)
                self._wake_all()  # something may have happened meanwhile
                while True:
                    message = await subscription.get_message(timeout=LOOK_AGAIN_SECONDS)
                    if message is not None:
                        self._wake(message["data"].decode())
            except asyncio.CancelledError:
                raise
            except Exception as error:
                logs.failure(logger, "signals wait", error)
                await asyncio.sleep(_PAUSE_SECONDS)
            finally:
                with suppress(Exception):
                    await subscription.close()

    def _wake(self, topic: str) -> None:
        for event in self._listeners.get(topic, ()):
            event.set()

    def _wake_all(self) -> None:
        for topic in list(self._listeners):
            self._wake(topic)


async def signalled(event: asyncio.Event, seconds: float = LOOK_AGAIN_SECONDS) -> bool:
    """Wait for a signal, at most so long; the event is ready for the next one.

    Returns:
        Whether there was one.
    """
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    event.clear()
    return True
