"""How several readings are written as one: `(a|b)` is either, `(a|)` is "a" or nothing.

Decides the syntax, which translators write in the lexicon and in the cues of danger.
"""

from __future__ import annotations

import itertools
import re

MOST_READINGS = 400
"""Of one text; more is a slip of the pen."""

BRACKETS = re.compile(r"\(([^()]*)\)")
"""One pair of them, and what stands between."""


class BracketError(ValueError):
    """Brackets are not closed or nested, or stand for too much."""


def spelled_out(written: str) -> list[str]:
    """Every reading of a text with brackets, in the order in which they are written.

    Raises:
        BracketError: Brackets are not closed or nested, or the readings are too many.
    """
    pieces = BRACKETS.split(written)  # plain, alternatives, plain, alternatives, plain …
    if any(sign in piece for piece in pieces[0::2] for sign in "()|"):
        raise BracketError(f"unbalanced brackets: {written!r}")
    options = [
        [piece] if number % 2 == 0 else piece.split("|") for number, piece in enumerate(pieces)
    ]
    total = 1
    for option in options:
        total *= len(option)
    if total > MOST_READINGS:
        raise BracketError(f"{total} readings: {written!r}")
    return ["".join(choice) for choice in itertools.product(*options)]
