"""Answering while the state store cannot be used: nothing is read from it and nothing is written.

Decides only how the parts below the stages know of it: Rasa keeps no tracker, and nobody is on
duty, since nobody could be called (`bot.stages.without_store` makes the answer).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_absent: ContextVar[bool] = ContextVar("store absent", default=False)


@contextmanager
def absent_store() -> Iterator[None]:
    """Let what runs inside do without the store."""
    before = _absent.set(True)
    try:
        yield
    finally:
        _absent.reset(before)


def without_store() -> bool:
    """Whether the present turn is answered without the store."""
    return _absent.get()
