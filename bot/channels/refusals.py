"""Who fails signatures again and again is asked to come back later.

Decides that only refused requests are counted and only they are refused differently: a signed
request passes whatever its address did before, since Twilio's addresses are shared by all of its
customers. Counted in the memory of a process, for a minute and for `MOST_ADDRESSES`: the answer
costs the same either way, so a count that is lost costs nothing.
"""

from __future__ import annotations

import time
from collections import OrderedDict

WINDOW_SECONDS = 60
FAILURES = 20
"""Wrong signatures of an address in a window: a wrong setting shows in the first few."""

MOST_ADDRESSES = 10_000


class Refusals:
    """How often each address was refused lately; the addresses rest in memory only."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait(self, address: str, now: float | None = None) -> int:
        """Note one more refusal.

        Args:
            address: Whose request was refused.
            now: Seconds of a clock that only goes forward; the present where None.

        Returns:
            Seconds until the address may come again; 0 where it has not failed too often.
        """
        now = time.monotonic() if now is None else now
        began, count = self._counts.pop(address, (now, 0))
        if now - began >= WINDOW_SECONDS:
            began, count = now, 0
        self._counts[address] = (began, count + 1)
        while len(self._counts) > MOST_ADDRESSES:
            self._counts.popitem(last=False)
        return 0 if count + 1 < FAILURES else max(1, round(began + WINDOW_SECONDS - now))
