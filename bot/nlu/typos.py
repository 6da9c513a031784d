"""Typing in fear: each word of a message with one letter wrong.

Decides what a mutation is (a letter lost, doubled, changed, added, or two swapped), drawn from a
seed, so that the same message is always mutated alike.
"""

from __future__ import annotations

import random
import re

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST = 3
"""Letters from which a word is mutated; a shorter one would become another word."""

_WORD = re.compile(r"[^\W\d_]+")


def mutated(text: str, seed: int = 0) -> str:
    """A message with one letter wrong in every word of `SHORTEST` letters and more."""
    chance = random.Random(f"{seed} {text}")  # noqa: S311 - to be repeated, not to be secret
    return _WORD.sub(lambda match: _word(match.group(), chance), text)


def _word(word: str, chance: random.Random) -> str:
    if len(word) < SHORTEST:
        return word
    place = chance.randrange(len(word))
    kind = chance.randrange(5)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[: place + 1] + word[place:]
    if kind == 2:
        return word[:place] + chance.choice(LETTERS) + word[place + 1 :]
    if kind == 3:
        return word[:place] + chance.choice(LETTERS) + word[place:]
    place = min(place, len(word) - 2)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
