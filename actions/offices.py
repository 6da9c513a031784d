"""What is near: offices and organisations; the place is asked for where it is not known."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import (
    Events,
    choices_of,
    closing_notes,
    entities,
    entity,
    intent,
    language_of,
    slot,
    speak,
    speak_text,
    understood,
)
from bot.answers.offices import INTENT_SERVICE, office_answer
from bot.answers.organisations import BY_PLACE, NEEDS, organisation_answer
from bot.answers.tables import answer
from bot.directory.areas import area


def tell_by_place(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topic: str,
    code: str,
    *,
    brief: bool = False,
) -> Events:
    """Say the nearest offices, or the organisations, of a topic for a place.

    Args:
        dispatcher: Takes what is said.
        tracker: The conversation's slots and the latest message, in codes.
        topic: One of `bot.answers.organisations.BY_PLACE`.
        code: INEI code of the place; empty only for a topic of `NEEDS`.
        brief: Whether only the first is told.

    Returns:
        What is remembered of it.
    """
    language = language_of(tracker)
    if topic in NEEDS:
        found = organisation_answer(topic, code, language, brief=brief)
    else:
        found = office_answer(INTENT_SERVICE[topic], code, language, brief=brief)
    speak_text(dispatcher, found.text, topic, choices_of(tracker, topic))
    return [*understood(topic, found.source), SlotSet("service_asked", None)]


def ask_back(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> bool:
    """Ask which place, or say kindly that it is abroad.

    Returns:
        Whether the message named something that had to be asked back.
    """
    candidates, foreign = entities(tracker, "candidates"), entity(tracker, "foreign")
    if candidates:
        codes = [f"give_place?place={code}" for code in candidates]
        speak(dispatcher, "ask_place_which", topic, codes, asks="place")
    elif foreign:
        speak(dispatcher, "ask_place_foreign", topic, asks="place", place=foreign)
    return bool(candidates or foreign)


class ActionFindOffice(Action):
    """The nearest prosecutor, CEM, UPE or police station; the organisations of a place."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_find_office"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Tell the offices, or ask for the place."""
        topic = intent(tracker)
        code = entity(tracker, "place")
        if not code and ask_back(dispatcher, tracker, topic):
            return [SlotSet("service_asked", topic), SlotSet("not_understood", 0.0)]
        code = code or slot(tracker, "place")
        if not code:
            events: Events = []
            choices: tuple[str, ...] = ()
            if topic in NEEDS:  # those of the whole country help already
                events = tell_by_place(dispatcher, tracker, topic, "")
                choices = answer(topic).choices
            speak(dispatcher, "ask_place", topic, choices, asks="place")
            events += closing_notes(dispatcher, tracker, topic)
            return [*events, SlotSet("service_asked", topic), SlotSet("not_understood", 0.0)]
        events = tell_by_place(dispatcher, tracker, topic, code)
        return events + closing_notes(dispatcher, tracker, topic)


class ActionPlace(Action):
    """A place: the answer to "in which district?", or something to note."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_place"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Tell what was asked for there, or ask what is looked for."""
        code, asked = entity(tracker, "place"), tracker.get_slot("service_asked")
        if not asked and tracker.get_slot("last_topic") in BY_PLACE:
            asked = tracker.get_slot("last_topic")  # another place for the same service
        if code and asked:
            events = tell_by_place(dispatcher, tracker, asked, code)
            return events + closing_notes(dispatcher, tracker, asked)
        if code:
            speak(
                dispatcher,
                "place_noted",
                "give_place",
                answer("give_place").choices,
                place=area(code).name,
            )
        elif not ask_back(dispatcher, tracker, "give_place"):
            outside = entity(tracker, "topic") == "position_outside"
            key = "position_outside" if outside else "ask_place_unknown"
            speak(dispatcher, key, "give_place", ("menu", "talk_to_human"), asks="place")
        return [SlotSet("not_understood", 0.0)]
