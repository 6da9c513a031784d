"""Open streams of events: few for each session, not too many for each address or in all.

Decides that the newest stream of a session wins (an old one is often a connection that broke
unnoticed, and refusing the new one would leave a person without their operator's words), and that
an address, which a shelter shares, is refused beyond `MOST_OF_ADDRESS`. Counted in each process.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from bot.http.limits import most_connections
from bot.privacy.web_addresses import network

MOST_OF_SESSION = 4
"""Streams: a person's tabs, and one that broke."""

MOST_OF_ADDRESS = 100
"""Streams: a shelter or an office behind one address."""


class Streams:
    """The open streams of one kind in this process."""

    def __init__(self) -> None:
        self._sessions: dict[str, list[asyncio.Event]] = defaultdict(list)
        self._addresses: Counter[str] = Counter()

    def full(self, address: str) -> bool:
        """Whether an address may open no further stream, or nobody may: others need the room."""
        return (
            self._addresses[network(address)] >= MOST_OF_ADDRESS
            or self._addresses.total() >= most_connections() // 3
        )

    async def held(
        self, events: AsyncGenerator[str, None], session: str, address: str
    ) -> AsyncIterator[str]:
        """The events of a stream, until newer streams of the session take its place."""
        address = network(address)
        over = asyncio.Event()
        mine = self._sessions[session]
        mine.append(over)
        self._addresses[address] += 1
        for old in mine[:-MOST_OF_SESSION]:
            old.set()
        try:
            async for event in _until(over, events):
                yield event
        finally:
            mine.remove(over)
            if not mine:
                self._sessions.pop(session, None)
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]


async def _until(over: asyncio.Event, events: AsyncGenerator[str, None]) -> AsyncIterator[str]:
    ended = asyncio.ensure_future(over.wait())
    following: asyncio.Future[str] | None = None
    try:
        while True:
            following = asyncio.ensure_future(anext(events))
            await asyncio.wait({following, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return
            try:
                event = following.result()
            except StopAsyncIteration:
                return
            yield event
    finally:
        ended.cancel()
        if following is not None and not following.done():
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
        await events.aclose()
