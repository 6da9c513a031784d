"""Which language the replies are in.

Decides: the one asked for by name or by a greeting that only it has, at any time; else the
conversation's own, which changes only on
clear evidence ("ok", "1", a place or an office's name change nothing); else the message's.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.directory.gazetteer import gazetteer
from bot.nlu.ngrams import LONGEST_READ
from bot.stages.context import Context
from bot.text.asked_language import greeted, requested
from bot.text.folding import words
from bot.text.languages import ORIGINAL
from bot.turn import Turn


@dataclass(frozen=True)
class Evidence:
    """What a message must show to set the language: confidence, 0 to 1, and words."""

    confidence: float
    words: int


FIRST = Evidence(0.45, 1)
AFTER_A_GUESS = Evidence(0.6, 1)
DRIFT = Evidence(0.85, 3)
DRIFT_AFTER_REQUEST = Evidence(0.93, 6)
"""Of a first message; where only a page's guess is known; of a change; of one after a request."""


async def run(turn: Turn, context: Context) -> None:
    """Set the turn's language."""
    kept = context.conversation
    asked = _asked(turn)
    if asked:
        turn.language, kept.language_chosen = asked, True
        return
    greeting = greeted(turn.text)
    if greeting:
        turn.language, kept.language_shown = greeting, True
        return
    turn.language = kept.language or turn.language or ORIGINAL
    if not turn.text:
        return
    head = turn.text[:LONGEST_READ]  # all of 16,000 characters would hold up the loop
    found, confidence = context.services.reader.identify(head)
    if kept.language_chosen:
        needed = DRIFT_AFTER_REQUEST
    elif kept.language_shown:
        needed = DRIFT
    else:
        needed = AFTER_A_GUESS if kept.language else FIRST
    shown = confidence >= needed.confidence and len(words(head)) >= needed.words
    if shown and not gazetteer().only(head):
        turn.language, kept.language_shown = found, True


def _asked(turn: Turn) -> str:
    if turn.understanding is not None:
        chosen = turn.understanding.intent == "choose_language"
        return turn.understanding.language if chosen else ""
    return requested(turn.text) or ""
