"""Say the last answer again: whole, in another language, or only what matters most of it."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.offices import tell_by_place
from actions.replies import language_of, slot, speak, speak_text
from bot.answers.organisations import BY_PLACE, NEEDS
from bot.answers.tables import answer, say

SHORT = 220
"""Characters of the short form; an answer says one thing first, so its beginning is what counts."""

_SENTENCE = re.compile(r"(?<=[.!])\s+(?=[^a-z\s])")


def last_topic(tracker: Tracker) -> str:
    """The topic of the last answer that said something; empty where there was none."""
    return slot(tracker, "last_topic")


def say_again(
    dispatcher: CollectingDispatcher, tracker: Tracker, topic: str, *, brief: bool = False
) -> bool:
    """Say a topic's answer once more.

    Args:
        dispatcher: Takes what is said.
        tracker: The conversation's slots and the latest message, in codes.
        topic: Of the last answer.
        brief: Whether only what matters most is told.

    Returns:
        Whether there was something to say.
    """
    if topic in BY_PLACE:
        place = slot(tracker, "place")
        if not place and topic not in NEEDS:
            return False
        tell_by_place(dispatcher, tracker, topic, place, brief=brief)
        return True
    if not topic or not answer(topic).text:
        return False
    if not brief:
        speak(dispatcher, topic, choices=answer(topic).choices)
        return True
    language = language_of(tracker)
    speak_text(dispatcher, shortened(say(topic, language)), topic, answer(topic).choices)
    return True


def shortened(text: str, longest: int = SHORT) -> str:
    """The first sentences of a text, within a length; at least one."""
    kept = ""
    for sentence in _SENTENCE.split(text.replace("\n\n", "\n")):
        joined = f"{kept} {sentence}".strip()
        if kept and len(joined) > longest:
            break
        kept = joined
    return kept
