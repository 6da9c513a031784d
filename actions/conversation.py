"""The person decides (law 6): the language, erasing, no more messages."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.repeat import last_topic, say_again
from actions.replies import Events, entity, speak
from bot.answers.tables import answer
from bot.text.languages import LANGUAGES

LANGUAGE_CHANGED = "language_changed"


class ActionChooseLanguage(Action):
    """Ask for the language, or confirm it and say the last answer again in it."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_choose_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Ask, or confirm."""
        if entity(tracker, "topic") != LANGUAGE_CHANGED:
            codes = [f"choose_language?language={code}" for code in LANGUAGES]
            speak(dispatcher, "choose_language", choices=codes)
            return []
        speak(dispatcher, LANGUAGE_CHANGED, "choose_language", answer(LANGUAGE_CHANGED).choices)
        say_again(dispatcher, tracker, last_topic(tracker))
        return []


class ActionErase(Action):
    """Everything kept of the conversation goes after this turn."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_erase"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Say that it is done; the stage `respond` does it."""
        speak(dispatcher, "delete_my_data", effect="erase")
        return []


class ActionOptOut(Action):
    """No more messages; a new one from the person is a return."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_opt_out"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Say goodbye with the numbers; what was kept goes."""
        speak(dispatcher, "opt_out", effect="erase")
        return []
