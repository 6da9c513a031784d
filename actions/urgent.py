"""Danger now: the number that fits, first (SOP 2.5, 3.3.1; CONTENT.md "Urgency")."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import FOR_A_CHILD, call_person
from actions.offices import tell_by_place
from actions.replies import Events, entity, speak, understood
from bot.answers.offices import INTENT_SERVICE
from bot.answers.tables import answer


class ActionUrgent(Action):
    """The numbers, then what else the message asked for."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_urgent"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Answer with the number first; then the office, if one was looked for."""
        topic, code = entity(tracker, "topic"), entity(tracker, "place")
        kind = entity(tracker, "kind") or "danger"
        key = f"urgent_{kind}"
        speak(dispatcher, key, "urgent", answer(key).choices)
        cues = entity(tracker, "cues") or None
        events: Events = [SlotSet("last_cues", cues), *understood(key)]
        place = code or tracker.get_slot("place")
        office = "find_upe" if kind in FOR_A_CHILD else topic
        if office in INTENT_SERVICE and place:
            tell_by_place(dispatcher, tracker, office, str(place))
        elif topic == "share_account":
            speak(dispatcher, "share_account", choices=answer("share_account").choices)
        await call_person(dispatcher, tracker, answer(key).choices)
        return events
