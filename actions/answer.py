"""Say what the table holds for a topic; tell its source; meet what was not understood."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import offer
from actions.replies import (
    Events,
    choices_of,
    closing_notes,
    entities,
    entity,
    intent,
    speak,
    understood,
)
from bot.answers.tables import answer, say
from bot.text.languages import LANGUAGES

CONVERSATIONAL = frozenset(
    "greet goodbye thank menu affirm deny bot_challenge privacy danger_over".split()
)
"""Topics that have no fact whose source one would ask for."""


class ActionAnswer(Action):
    """The answer of the topic; with signs of exploitation, the offer of a person (SOP 2.5)."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Answer, and remember the topic."""
        topic = entity(tracker, "topic") or intent(tracker)
        speak(dispatcher, topic, choices=choices_of(tracker, topic))
        if topic == "minor_note":
            return [SlotSet("minor_told", True), *understood(topic)]
        events = closing_notes(dispatcher, tracker, topic)
        if topic in CONVERSATIONAL:
            return [*events, SlotSet("not_understood", 0.0)]
        return [*events, *understood(topic)]


class ActionAskSource(Action):
    """Where the last answer comes from: the SOP's section or the directory, and the date."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_ask_source"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Tell the source."""
        topic = tracker.get_slot("last_topic")
        if not topic:
            speak(dispatcher, "ask_source_none", "ask_source", answer("ask_source_none").choices)
            return []
        last = answer(topic)
        speak(
            dispatcher,
            "ask_source",
            choices=answer("ask_source").choices,
            answer_source=tracker.get_slot("last_source") or last.source,
            answer_reviewed=last.reviewed.isoformat(),
        )
        return []


class ActionFallback(Action):
    """Two guesses, then the menu, then a person: never the same twice in a row."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_fallback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Offer what may be meant."""
        times = int(tracker.get_slot("not_understood") or 0) + 1
        kind, guesses = intent(tracker), entities(tracker, "guesses")
        if kind == "other_language" and times == 1:
            both = "\n\n".join(say("unknown_language", code) for code in ("es", "en"))
            dispatcher.utter_message(
                text=both,
                json_message={
                    "topic": "out_of_scope",
                    "choices": [f"choose_language?language={code}" for code in LANGUAGES]
                    + ["talk_to_human"],
                },
            )
        elif times >= 3:
            await offer(dispatcher, tracker)
            times = 0
        elif times == 2:
            speak(dispatcher, "not_understood", "out_of_scope", answer("menu").choices)
        elif guesses:
            speak(dispatcher, "guess", "out_of_scope", [*guesses, "menu"])
        else:
            speak(dispatcher, "out_of_scope", choices=answer("out_of_scope").choices)
        return [SlotSet("not_understood", float(times))]
