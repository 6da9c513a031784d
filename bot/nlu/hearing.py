"""The vectors of one message's parts: each once, counted, none for a turn that is over."""

from __future__ import annotations

from bot.nlu.vectors import Vector, vector
from bot.work import current


def vector_of(text: str) -> Vector:
    """The vector of a part of the message that is being read.

    Args:
        text: The part; the same one again costs nothing.

    Raises:
        bot.work.Abandoned: Nobody waits for the reading any more.
    """
    work = current()
    known = work.heard.get(text)
    if known is None:
        work.count("vectors")
        known = work.heard[text] = vector(text)
    found: Vector = known
    return found
