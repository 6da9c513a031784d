"""What only makes sense after an answer: where is that, what does it cost, when, for children.

Decides what a follow-up means for each kind of answer: a line is called from anywhere, an office
is looked for near the person, hours and costs are told only where a table has them. Where nothing
was answered yet, the message is taken for the topic that it resembles, or the menu.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.offices import tell_by_place
from actions.repeat import last_topic, say_again
from actions.replies import Events, entity, language_of, slot, speak, speak_text, understood
from bot.answers.offices import INTENT_SERVICE
from bot.answers.organisations import BY_PLACE
from bot.answers.tables import EMERGENCY_LINE, answer, open_now, opening_hours, say
from bot.directory.tables import Contact, tables
from bot.hours import now

MOST_LINES = 3
"""Lines whose hours or cost are told at once."""

OFFICES = ("find_fistrap", "find_cem", "find_police")

OFFICE_OF: dict[str, str] = {
    "report_where": "find_fistrap",
    "report_for_someone_else": "find_fistrap",
    "report_without_documents": "find_fistrap",
    "report_what_happens_next": "find_fistrap",
    "witness_protection": "find_fistrap",
    "line_100_info": "find_cem",
    "shelter": "find_cem",
    "reintegration_plan": "find_cem",
    "line_1810_info": "find_upe",
    "child_alone": "find_upe",
    "child_protection": "find_upe",
    "turning_18": "find_upe",
    "urgent_child": "find_upe",
    "urgent_child_alone": "find_upe",
    "minor_note": "find_upe",
    "urgent_danger": "find_police",
    "reflection_period": "ngo_help",
    "report_decline": "ngo_help",
    "mental_health": "ngo_help",
}
"""Where one goes in person for what a topic tells; any other topic offers the offices."""

FOR_CHILDREN: dict[str, str] = {
    "find_cem": "find_upe",
    "find_fistrap": "find_upe",
    "find_police": "find_upe",
    "line_1818_info": "line_1810_info",
    "line_100_info": "line_1810_info",
    "line_1884_info": "line_1810_info",
    "international_protection_what": "child_alone",
    "asylum_how_to_apply": "child_alone",
    "asylum_rights": "child_alone",
    "shelter": "child_alone",
}
"""What "and for children?" means after a topic; else how a child is protected (SOP, child
route)."""


def lines_of(topic: str) -> list[Contact]:
    """The phone lines that a topic's answer tells; the emergency number only where it is alone."""
    contacts = tables().contacts
    found = [contacts[name] for name in answer(topic).lines if name in contacts]
    plain = [contact for contact in found if contact.id != EMERGENCY_LINE]
    return (plain or found)[:MOST_LINES]


class ActionFollowUp(Action):
    """Answer a follow-up with the last answer in mind."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_follow_up"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Answer; what it leads to is remembered."""
        kind, last = entity(tracker, "follow_up"), last_topic(tracker)
        if kind == "children":
            return _children(dispatcher, tracker, last)
        if not last:
            topic = entity(tracker, "topic") or "menu"
            speak(dispatcher, topic, choices=answer(topic).choices)
            return understood(topic) if topic != "menu" else []
        if kind == "where":
            return _where(dispatcher, tracker, last)
        if kind == "cost":
            _cost(dispatcher, tracker, last)
        elif kind == "hours":
            _hours(dispatcher, tracker, last)
        elif kind == "more":
            speak(dispatcher, "follow_more", last, answer(last).choices)
        elif not say_again(dispatcher, tracker, last, brief=kind == "shorter"):
            speak(dispatcher, "menu", choices=answer("menu").choices)
        return understood(last, slot(tracker, "last_source"))


def _near(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> Events:
    """What is near for a topic: told where the place is known, else the place is asked for."""
    place = slot(tracker, "place")
    if place:
        return tell_by_place(dispatcher, tracker, topic, place)
    speak(dispatcher, "ask_place", topic, asks="place")
    return [{"event": "slot", "name": "service_asked", "value": topic}]


def _where(dispatcher: CollectingDispatcher, tracker: Tracker, last: str) -> Events:
    if last in BY_PLACE:
        return _near(dispatcher, tracker, last)
    office = OFFICE_OF.get(last, "")
    if last.startswith("line_") or not office:
        by_phone = last.startswith("line_") or bool(lines_of(last))
        choices = [*dict.fromkeys([office, *OFFICES] if office else OFFICES)]
        speak(dispatcher, "follow_where_line" if by_phone else "follow_where_office", last, choices)
        return understood(last, slot(tracker, "last_source"))
    return _near(dispatcher, tracker, office)


def _children(dispatcher: CollectingDispatcher, tracker: Tracker, last: str) -> Events:
    topic = FOR_CHILDREN.get(last, "child_protection")
    if topic in INTENT_SERVICE:
        return _near(dispatcher, tracker, topic)
    speak(dispatcher, topic, choices=answer(topic).choices)
    return understood(topic)


def _cost(dispatcher: CollectingDispatcher, tracker: Tracker, last: str) -> None:
    language = language_of(tracker)
    if last == "find_cem":
        speak(dispatcher, "follow_cost_cem", last, answer(last).choices)
        return
    texts = []
    for key, free in (("follow_cost_free", "yes"), ("follow_cost_paid", "no")):
        named = [contact.display for contact in lines_of(last) if contact.free == free]
        if named:
            texts.append(say(key, language, lines=", ".join(named)))
    if not texts:
        texts = [say("follow_cost_unknown", language)]
    speak_text(dispatcher, "\n\n".join(texts), last, answer(last).choices)


def _hours(dispatcher: CollectingDispatcher, tracker: Tracker, last: str) -> None:
    language, moment = language_of(tracker), now()
    known = [contact for contact in lines_of(last) if contact.hours]
    texts = [
        say(
            "follow_hours_line",
            language,
            line=contact.display,
            hours=opening_hours(contact, language),
            open=open_now(contact, language, moment),
        )
        for contact in known
    ]
    if not texts:
        texts = [say("follow_hours_unknown", language)]
    speak_text(dispatcher, "\n".join(texts), last, answer(last).choices)
