"""Which place of Peru a message names (`bot.directory.gazetteer`).

Decides which words are never taken for a misspelt place: those that people's messages are known to
contain ("cercano" is not Cercado).
"""

from __future__ import annotations

from bot.directory.gazetteer import gazetteer
from bot.nlu.corpus import ordinary_words
from bot.turn import PlaceReading


def fit() -> list[str]:
    """The ordinary words of the examples that are about something else than a place."""
    return ordinary_words(without="give_place")


def read(text: str, ordinary: frozenset[str]) -> PlaceReading:
    """The place that a text names, its candidates, a place abroad, or a guess.

    Args:
        text: The message.
        ordinary: What `fit` gave.
    """
    return gazetteer().read(text, ordinary)
