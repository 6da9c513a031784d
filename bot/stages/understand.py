"""Words become codes, and the words are gone (law 1).

Decides what a reading means for the dialogue: a language asked for, a place that answers a
question, an account, a topic, or two guesses. Danger is decided here too, never by the topic.
"""

from __future__ import annotations

from dataclasses import replace

from bot.folding import words
from bot.languages import requested
from bot.offices import INTENT_SERVICE
from bot.stages.context import Context
from bot.turn import PlaceReading, Turn, Understanding

SURE = 0.30
"""Confidence of the intent from which it is answered; below it, guesses are offered."""

PLACE_WORDS = 6
"""Words of a message that names a place and may be nothing but the answer to "where?"."""

GUESSES = 2

SMALL_TALK = frozenset({"affirm", "deny", "greet", "thank", "goodbye", "out_of_scope"})


async def run(turn: Turn, context: Context) -> None:
    """Read the words once, and forget them."""
    if turn.understanding is not None:
        turn.text = ""
        return
    text, turn.text = turn.text, ""
    read = await context.services.assistant.read(text)
    turn.urgency = read.urgency
    turn.understanding = _for_dialogue(read, text, context.conversation.asks)


def _for_dialogue(read: Understanding, text: str, asks: str) -> Understanding:
    if not words(text):  # emoji, "@", "???"
        return replace(read, intent="not_understood", ranking=())
    asked_language = requested(text)
    if asked_language:
        return replace(read, intent="choose_language", language=asked_language, confidence=1.0)
    if read.is_account:
        return replace(read, intent="share_account", confidence=1.0)
    place = _place(read, asks)
    read = replace(read, place=place)
    if (place.code or place.candidates or place.foreign) and _answers_where(read, text, asks):
        return replace(read, intent="give_place", confidence=1.0)
    if read.other_language:
        return replace(read, intent="other_language", confidence=1.0)
    if read.confidence < SURE and read.intent != "out_of_scope":
        return replace(read, intent="not_understood")
    return read


def _place(read: Understanding, asks: str) -> PlaceReading:
    """A guessed spelling counts only where a place is to be expected."""
    expected = asks == "place" or read.intent == "give_place" or read.intent in INTENT_SERVICE
    return PlaceReading() if read.place.guess and not expected else read.place


def _answers_where(read: Understanding, text: str, asks: str) -> bool:
    if read.intent in INTENT_SERVICE or read.urgency == "urgent":
        return False
    if asks != "place":
        return False
    short = len(words(text)) <= PLACE_WORDS
    return short and (read.intent in SMALL_TALK or read.confidence < 0.8 or read.place.code != "")
