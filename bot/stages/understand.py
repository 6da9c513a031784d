"""Words become codes, and the words are gone (law 1).

Decides what a reading means for the dialogue: a language asked for, a place that answers a
question, an account, a topic, or two guesses. Danger is decided here too, never by the topic.
"""

from __future__ import annotations

from dataclasses import replace

from bot.answers.organisations import BY_PLACE
from bot.stages.context import Context
from bot.stores.conversation import Conversation
from bot.text.asked_language import requested
from bot.text.folding import words
from bot.turn import PlaceReading, Turn, Understanding

SURE_OF_TOPIC = 0.30
"""Confidence of the intent from which it is answered; below it, guesses are offered."""

SURE_OF_NOTHING = 0.5
"""Confidence below which a message that seems out of scope is met with guesses all the same."""

SURE_OF_ANOTHER = 0.8
"""Confidence from which a short message with a place is about another topic than the last."""

PLACE_WORDS = 6
"""Words of a message that names a place and may be nothing but the answer to "where?"."""

GUESSES = 2

FOLLOW_UP = "follow_up"
"""Intent of a message that only makes sense after an answer."""

SAFE_NOW = "safe_now"
ANYWHERE = frozenset({"repeat", "shorter", "more"})
"""Follow-ups that also make sense after a greeting or a menu."""

SMALL_TALK = frozenset({"affirm", "deny", "greet", "thank", "goodbye", "out_of_scope"})
NOTHING_SAID = SMALL_TALK | {"menu", "choose_language", "privacy", "bot_challenge", ""}
"""Topics of a last reply after which "where is that?" means nothing."""

ABOUT_THE_CONVERSATION = frozenset(
    "ask_source menu talk_to_human delete_my_data opt_out privacy choose_language".split()
)
"""Wishes that resemble a follow-up and are meant as themselves."""

AGE_WORDS = 6
"""Words of a message that tells an age and nothing else."""


async def run(turn: Turn, context: Context) -> None:
    """Read the words once, and forget them."""
    if turn.understanding is not None:
        turn.text = ""
        return
    text, turn.text = turn.text, ""
    read = await context.services.reader.read(text, turn.origin or turn.conversation)
    turn.urgency = read.urgency
    kept = context.conversation
    kept.age_group = read.age_group or kept.age_group
    turn.understanding = for_dialogue(read, text, kept)


def for_dialogue(read: Understanding, text: str, kept: Conversation) -> Understanding:
    """What a reading means in this conversation.

    Args:
        read: As the model read the message.
        text: The message; only its words are looked at.
        kept: What is known of the conversation.

    Returns:
        The reading with the intent that the dialogue answers.
    """
    if not words(text):  # emoji, "@", "???"
        return replace(read, intent="not_understood", ranking=())
    asked_language = requested(text)
    if asked_language:
        return replace(read, intent="choose_language", language=asked_language, confidence=1.0)
    if read.is_account:
        return replace(read, intent="share_account", confidence=1.0)
    read = replace(read, place=_place(read, kept))
    if _answers_where(read, text, kept):
        return replace(read, intent="give_place", confidence=1.0)
    if read.age_group and len(words(text)) <= AGE_WORDS and read.urgency != "urgent":
        topic = "minor_note" if read.age_group == "minor" else "affirm"
        return replace(read, intent="topic", ranking=((topic, 1.0),), confidence=1.0)
    if _follows(read, kept):
        safe = read.follow_up == SAFE_NOW
        return replace(read, intent="danger_over" if safe else FOLLOW_UP, confidence=1.0)
    if read.other_language:
        return replace(read, intent="other_language", confidence=1.0)
    if read.confidence < (SURE_OF_NOTHING if read.intent == "out_of_scope" else SURE_OF_TOPIC):
        return replace(read, intent="not_understood")
    return read


def _place(read: Understanding, kept: Conversation) -> PlaceReading:
    """A guessed spelling counts only where a place is to be expected."""
    expected = kept.asks == "place" or read.intent == "give_place" or read.intent in BY_PLACE
    return PlaceReading() if read.place.guess and not expected else read.place


def _answers_where(read: Understanding, text: str, kept: Conversation) -> bool:
    """Whether a message is nothing but a place: the one asked for, or another one ("no, en X")."""
    place = read.place
    if not (place.code or place.candidates or place.foreign):
        return False
    if read.urgency == "urgent" or len(words(text)) > PLACE_WORDS:
        return False
    if kept.asks != "place" and kept.topic not in BY_PLACE:
        return False
    if read.intent in BY_PLACE and read.intent != kept.topic:
        return read.confidence < SURE_OF_ANOTHER
    return (
        read.intent in SMALL_TALK | BY_PLACE
        or read.confidence < SURE_OF_ANOTHER
        or (kept.asks == "place" and bool(place.code))
    )


def _follows(read: Understanding, kept: Conversation) -> bool:
    if not read.follow_up or read.urgency == "urgent":
        return False
    if read.intent in ABOUT_THE_CONVERSATION and read.confidence > read.follow_up_confidence:
        return False
    if read.follow_up == SAFE_NOW:
        return kept.urgency != "none"
    return kept.topic not in NOTHING_SAID or read.follow_up in ANYWHERE
