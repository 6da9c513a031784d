"""Who fails signatures again and again is asked to come back later.

Decides that a signed request passes whatever its address did before, since Twilio's addresses are
shared by all of its customers, but that only `MOST_AT_ONCE` requests of an address which has failed
too often are looked at at the same time: looking costs more than the answer. Counted in the memory
of a process, for a minute and for `MOST_ADDRESSES`, an IPv6 address by its /64.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from bot.privacy.web_addresses import network

WINDOW_SECONDS = 60
FAILURES = 20
"""Wrong signatures of an address in a window: a wrong setting shows in the first few."""

MOST_ADDRESSES = 10_000

MOST_AT_ONCE = 2
"""Requests of an address that has failed too often, whose signatures are looked at at once."""


class Refusals:
    """How often each address was refused lately; the addresses rest in memory only."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._looking: Counter[str] = Counter()

    def wait(self, address: str, now: float | None = None) -> int:
        """Note one more refusal.

        Args:
            address: Whose request was refused.
            now: Seconds of a clock that only goes forward; the present where None.

        Returns:
            Seconds until the address may come again; 0 where it has not failed too often.
        """
        now = time.monotonic() if now is None else now
        address = network(address)
        began, count = self._counts.pop(address, (now, 0))
        if now - began >= WINDOW_SECONDS:
            began, count = now, 0
        self._counts[address] = (began, count + 1)
        while len(self._counts) > MOST_ADDRESSES:
            self._counts.popitem(last=False)
        return 0 if count + 1 < FAILURES else max(1, round(began + WINDOW_SECONDS - now))

    @contextmanager
    def looking(self, address: str) -> Iterator[bool]:
        """Whether a signature may be looked at now; while it is, others of its address may wait."""
        address = network(address)
        began, count = self._counts.get(address, (0.0, 0))
        failed = count >= FAILURES and time.monotonic() - began < WINDOW_SECONDS
        if failed and self._looking[address] >= MOST_AT_ONCE:
            yield False
            return
        self._looking[address] += 1
        try:
            yield True
        finally:
            self._looking[address] -= 1
            if not self._looking[address]:
                del self._looking[address]
