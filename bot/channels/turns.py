"""How many requests of one web address are answered at the same time.

Decides that an address has a few places and a bounded line before them, so that a hundred messages
sent at once cost their sender time and nobody else (a shelter's phones share the places: each is
held for a fraction of a second), and that what does not fit into the line is refused before
anything is looked up. In the memory of a process; an address that has nothing under way leaves
nothing behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

AT_ONCE = 3
"""Requests of one address that are answered at once."""

LONGEST_LINE = 40
"""Requests of one address that wait."""


class Crowded(Exception):
    """Too many requests of the address wait."""


@dataclass
class _Address:
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    under_way: int = 0


class UnderWay:
    """The requests under way, by the code of their address."""

    def __init__(self) -> None:
        self._addresses: dict[str, _Address] = {}

    @asynccontextmanager
    async def place(self, origin: str) -> AsyncIterator[None]:
        """Hold a place while a request is answered; wait for one where none is free.

        Args:
            origin: Code of the address.

        Raises:
            Crowded: The line is full.
        """
        address = self._addresses.setdefault(origin, _Address())
        if address.under_way >= AT_ONCE + LONGEST_LINE:
            raise Crowded
        address.under_way += 1
        try:
            async with address.places:
                yield
        finally:
            address.under_way -= 1
            if not address.under_way:
                self._addresses.pop(origin, None)
