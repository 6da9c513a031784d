"""The work of one reading: counted, so that it can be bounded, and given up where nobody waits.

Decides that cost is counted in operations and never by a clock (a busy machine changes no answer),
and how a reading that was begun in a thread ends early: its parts ask `Work.check` between them
and in their loops. What is counted is bounded by the parts themselves; `MOST` says how far.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["vectors", "spellings", "patterns", "places"]

MOST: Mapping[Kind, int] = {
    "vectors": 9,
    "spellings": 4_000_000,
    "patterns": 40_000,
    "places": 2_000,
}
"""Operations of each kind that one message may cost, however it is written: sentence vectors
beside the head's; known words that unknown ones are compared with; beginnings of cues that are
tried; mentions of places that are weighed against each other. Tests hold hostile messages to it."""


class Abandoned(BaseException):
    """The reading is over before it is done: its turn has ended.

    No `Exception`, for the same reason as `asyncio.CancelledError`: nothing on the way, of ours or
    of a library, may take it for a failure and go on.
    """


@dataclass
class Work:
    """What one reading has cost so far, and whether anybody still waits for it.

    Attributes:
        done: Operations of each kind.
        heard: Vectors of this message's parts, so that none is computed twice; gone with it.
    """

    done: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(MOST, 0))
    heard: dict[str, Any] = field(default_factory=dict)
    _abandoned: bool = False

    def abandon(self) -> None:
        """Nobody waits any more; may be called from any thread."""
        self._abandoned = True

    def check(self) -> None:
        """Go on only while somebody waits.

        Raises:
            Abandoned: Nobody does.
        """
        if self._abandoned:
            raise Abandoned

    def count(self, kind: Kind, operations: int = 1) -> None:
        """Note operations, and go on only while somebody waits.

        Raises:
            Abandoned: Nobody does.
        """
        self.done[kind] += operations
        self.check()


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current() -> Work:
    """The work of the reading that runs here; a new one outside any, as in training."""
    return _current.get() or Work()


@contextmanager
def doing(work: Work) -> Iterator[Work]:
    """Count what runs inside, in this thread, as a part of `work`."""
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)
