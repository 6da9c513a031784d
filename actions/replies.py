"""How actions speak: a topic of the answer tables, with its choices, and notes told only once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answers.tables import answer
from bot.text.languages import ORIGINAL

Event = dict[str, Any]
Events = list[Event]


def entity(tracker: Tracker, name: str) -> str:
    """The value of an entity of the latest message; empty where there is none."""
    for found in tracker.latest_message.get("entities", []):
        if found.get("entity") == name:
            return str(found.get("value") or "")
    return ""


def slot(tracker: Tracker, name: str) -> str:
    """The text of a slot; empty where it is not set."""
    return str(tracker.get_slot(name) or "")


def language_of(tracker: Tracker) -> str:
    """The language of the conversation's replies."""
    return slot(tracker, "language") or ORIGINAL


def entities(tracker: Tracker, name: str) -> list[str]:
    """A list that travels in one entity, its items joined by spaces."""
    return entity(tracker, name).split()


def intent(tracker: Tracker) -> str:
    """The intent of the latest message."""
    return str(tracker.latest_message["intent"]["name"])


def speak(
    dispatcher: CollectingDispatcher,
    key: str,
    topic: str = "",
    choices: Iterable[str] = (),
    *,
    asks: str = "",
    effect: str = "",
    **values: str,
) -> None:
    """Say a text of the tables.

    Args:
        dispatcher: Takes what is said.
        key: Topic or phrase of `data/responses/`.
        topic: What the reply is about, where that is not the key.
        choices: Codes that lead on.
        asks: "place" where the reply asks for one.
        effect: "erase" where everything kept goes after the turn.
        **values: For the text's plain placeholders.
    """
    dispatcher.utter_message(
        response=key,
        json_message={
            "topic": topic or key,
            "choices": list(choices),
            "asks": asks,
            "effect": effect,
        },
        **values,
    )


def speak_text(
    dispatcher: CollectingDispatcher, text: str, topic: str, choices: Iterable[str] = ()
) -> None:
    """Say a text that is already put together (offices)."""
    dispatcher.utter_message(
        text=text,
        json_message={"topic": topic, "choices": list(choices), "asks": "", "effect": ""},
    )


def note_duty(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> Events:
    """Say once in a conversation that State services must report (SOP 3.3.1, note 101).

    Returns:
        The event that remembers it; none where there was nothing to say.
    """
    if not answer(topic).state_service or tracker.get_slot("duty_told"):
        return []
    speak(dispatcher, "must_report", topic)
    return [SlotSet("duty_told", True)]


def note_minor(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> Events:
    """Say once that minors have a route of their own, to a person who is one (SOP 3.3.2).

    Returns:
        The event that remembers it; none where there was nothing to say.
    """
    told = tracker.get_slot("minor_told") or topic == "find_upe"
    if entity(tracker, "age_group") != "minor" or told:
        return []
    speak(dispatcher, "minor_note", choices=answer("minor_note").choices)
    return [SlotSet("minor_told", True)]


def choices_of(tracker: Tracker, topic: str) -> tuple[str, ...]:
    """What leads on from a topic; a person first where there are signs of exploitation."""
    choices = answer(topic).choices
    if entity(tracker, "urgency") == "high" and topic != "talk_to_human":
        return ("talk_to_human", *(one for one in choices if one != "talk_to_human"))
    return choices


def closing_notes(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> Events:
    """What belongs below an answer: the offer of a person where there are signs of exploitation
    (SOP 2.5), and what is told once in a conversation.

    Returns:
        The events that remember what was told.
    """
    if entity(tracker, "urgency") == "high" and topic != "talk_to_human":
        speak(dispatcher, "high_offer", topic)
    return note_minor(dispatcher, tracker, topic) or note_duty(dispatcher, tracker, topic)


def understood(topic: str, source: str = "") -> Events:
    """What is remembered of an answer: its topic, for "where does this come from?"."""
    return [
        SlotSet("last_topic", topic),
        SlotSet("last_source", source or None),
        SlotSet("not_understood", 0.0),
    ]
