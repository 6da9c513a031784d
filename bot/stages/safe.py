"""The safe answer (law 5): the numbers, in the person's language, whatever has failed."""

from __future__ import annotations

from bot.answers.tables import say
from bot.services import Services
from bot.text.languages import ORIGINAL
from bot.turn import Reply, Turn

SURE_OF_LANGUAGE = 0.6
"""Confidence from which a message's own language is trusted when nothing else is known."""


def language_of(text: str, services: Services, otherwise: str = ORIGINAL) -> str:
    """The language of a text; another where the text shows none."""
    language, confidence = services.reader.identify(text)
    return language if confidence >= SURE_OF_LANGUAGE else otherwise


def safe_reply(turn: Turn, words: str, services: Services) -> Reply:
    """105, 1818 and Línea 100, with what each is for; in danger, the number that fits.

    Args:
        turn: The turn that failed; it may have been read.
        words: What the person wrote, for its language only.
        services: The parts of this process.
    """
    language = language_of(words, services, turn.language or ORIGINAL)
    read = turn.understanding
    if read is not None and turn.urgency == "urgent":
        return Reply(say(f"urgent_{read.kind or 'danger'}", language), "urgent")
    return Reply(say("safe", language), "safe")
