"""Danger now: the number that fits, first (SOP 2.5, 3.3.1; CONTENT.md "Urgency")."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import call_person
from actions.offices import tell_offices
from actions.speech import Events, entities, entity, speak, understood
from bot.answers import answer
from bot.offices import INTENT_SERVICE

HARMED_BY_OTHERS = frozenset(
    (
        "kidnapping confinement violence threats being_moved_or_sold sexual_exploitation "
        "pursuit forced_begging_or_crime surveillance"
    ).split()
)
BODY = frozenset({"medical", "injuries", "drugged"})


def fitting_answer(categories: list[str], topic: str) -> str:
    """Which urgent answer fits the categories of the cues.

    Args:
        categories: Of the cues, most dangerous first.
        topic: The message's intent, which tells a child alone from a child in danger.
    """
    found = set(categories)
    if "child" in found or topic in ("child_alone", "child_protection"):
        return "urgent_child_alone" if topic == "child_alone" else "urgent_child"
    if "self_harm" in found and not found & HARMED_BY_OTHERS:
        return "urgent_self_harm"
    if found & BODY and not found & HARMED_BY_OTHERS:
        return "urgent_medical"
    return "urgent_danger"


class ActionUrgent(Action):
    """The numbers, then what else the message asked for."""

    def name(self) -> str:
        """Rasa's name of the action."""
        return "action_urgent"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Answer with the number first; then the office, if one was looked for."""
        topic, code = entity(tracker, "topic"), entity(tracker, "place")
        key = fitting_answer(entities(tracker, "cues"), topic)
        speak(dispatcher, key, "urgent", answer(key).choices)
        cues = entity(tracker, "cues") or None
        events: Events = [
            SlotSet("highest_urgency", "urgent"),
            SlotSet("last_cues", cues),
            *understood(key),
        ]
        place = code or tracker.get_slot("place")
        if topic in INTENT_SERVICE and place:
            tell_offices(dispatcher, tracker, topic, str(place))
        elif topic == "share_account":
            speak(dispatcher, "share_account", choices=answer("share_account").choices)
        await call_person(dispatcher, tracker, answer(key).choices)
        return events
