"""A person is asked for, or called: what is said depends on who is really there (law 5, law 6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import Events, entities, entity, intent, language_of, slot, speak
from bot.answers.tables import answer, when_opens
from bot.handoff.case import Age, Case
from bot.handoff.service import HandOffService, Situation, provided
from bot.nlu.categories import about_children
from bot.turn import Urgency, abilities_of

MANY_AHEAD = 10
"""People before somebody in the queue from which on they hear that it may take long."""

CHILD_TOPICS = frozenset({"child_alone", "child_protection"})
FOR_A_CHILD = frozenset({"child", "child_alone"})
"""Topics and kinds of emergency that are about a minor."""


async def offer(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Say what happens when a person takes over and let the person decide; or that nobody is there.

    Args:
        dispatcher: Takes what is said.
        tracker: The conversation's slots and the latest message, in codes.

    Returns:
        What is remembered of it.
    """
    situation = await _situation(tracker)
    if situation.case is not None:
        _say_waiting(dispatcher, situation)
    elif situation.on_duty:
        choices = answer("handoff_offer").choices
        speak(
            dispatcher, "handoff_offer", "talk_to_human", choices, asks="handoff", effect="offered"
        )
    else:
        _say_nobody(dispatcher, tracker, situation)
    return [SlotSet("last_topic", "talk_to_human"), SlotSet("not_understood", 0.0)]


async def call_person(dispatcher: CollectingDispatcher, tracker: Tracker, choices: Any) -> None:
    """In danger: call an operator to the front of the queue, if one is on duty; say what is true.

    Args:
        dispatcher: Takes what is said.
        tracker: The conversation's slots and the latest message, in codes.
        choices: That lead on from the urgent answer.
    """
    others = [one for one in choices if one != "talk_to_human"]
    situation = await _situation(tracker)
    handoff = _handoff(tracker)
    if situation.case is None and (not situation.on_duty or handoff is None):
        leave_it = ["handoff_wait"] if handoff is not None else []
        speak(dispatcher, "nobody_on_duty", "urgent", [*others, *leave_it])
    elif situation.case is None and situation.refused:
        speak(dispatcher, "handoff_again", "urgent", ["talk_to_human", *others])
    else:
        assert handoff is not None  # noqa: S101 - there is a case, or somebody on duty
        case, ahead = await _open(handoff, tracker, "urgent", promised=situation.on_duty)
        if case is None:
            speak(dispatcher, "handoff_full", "urgent", others)
            return
        key = "handoff_called" if situation.on_duty else "handoff_waits_for_nobody"
        speak(dispatcher, key, "urgent", [*others, "handoff_withdraw"], effect="waiting")
        _say_many(dispatcher, "urgent", ahead, [*others, "handoff_withdraw"])


class ActionTalkToHuman(Action):
    """The offer of a person."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_talk_to_human"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Offer, or say that nobody is there."""
        return await offer(dispatcher, tracker)


class ActionHandOff(Action):
    """What the person has decided."""

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return "action_hand_off"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Open a case, or end it."""
        decision, handoff = intent(tracker), _handoff(tracker)
        if handoff is None:
            _say_nobody(dispatcher, tracker, Situation())
        elif decision == "handoff_decline":
            speak(dispatcher, decision, choices=answer(decision).choices)
        elif decision in ("handoff_withdraw", "handoff_leave"):
            await handoff.leave(tracker.sender_id)
            speak(dispatcher, decision, choices=answer(decision).choices, effect="closed")
        else:
            await _queue(dispatcher, tracker, handoff, decision)
        return [SlotSet("not_understood", 0.0)]


async def _queue(
    dispatcher: CollectingDispatcher, tracker: Tracker, handoff: HandOffService, decision: str
) -> None:
    situation = await _situation(tracker)
    if not situation.on_duty and decision == "handoff_accept" and situation.case is None:
        _say_nobody(dispatcher, tracker, situation)  # the last one has just gone
        return
    level: Urgency = entity(tracker, "level") or "none"  # type: ignore[assignment]
    case, ahead = await _open(handoff, tracker, level, promised=situation.on_duty)
    if case is None:
        speak(dispatcher, "handoff_full", "talk_to_human", answer("talk_to_human").choices[:2])
        return
    key = "handoff_accept" if situation.on_duty else "handoff_wait"
    speak(dispatcher, key, choices=answer(key).choices, effect="waiting", ahead=str(ahead))
    _say_many(dispatcher, key, ahead, answer(key).choices)


async def _open(
    handoff: HandOffService, tracker: Tracker, level: Urgency, *, promised: bool
) -> tuple[Case | None, int]:
    cues = entities(tracker, "cues") or slot(tracker, "last_cues").split()
    return await handoff.open(
        tracker.sender_id,
        entity(tracker, "channel"),
        language_of(tracker),
        level,
        cues,
        entity(tracker, "place") or slot(tracker, "place"),
        age=_age(tracker, cues),
        promised=promised,
    )


def _age(tracker: Tracker, cues: list[str]) -> Age:
    """Adult or minor as the person said; a child spoken of counts as one (SOP 1.4)."""
    if entity(tracker, "age_group") == "minor" or about_children() & set(cues):
        return "minor"
    if entity(tracker, "topic") in CHILD_TOPICS or entity(tracker, "kind") in FOR_A_CHILD:
        return "minor"
    return "adult" if entity(tracker, "age_group") == "adult" else "unknown"


async def _situation(tracker: Tracker) -> Situation:
    handoff = _handoff(tracker)
    if handoff is None:
        return Situation()
    return await handoff.situation(tracker.sender_id, entity(tracker, "channel"))


def _handoff(tracker: Tracker) -> HandOffService | None:
    """The hand-off; None where nobody could write back."""
    return provided() if abilities_of(entity(tracker, "channel")).relayed else None


def _say_waiting(dispatcher: CollectingDispatcher, situation: Situation) -> None:
    key = "handoff_waiting" if situation.on_duty else "handoff_waits_for_nobody"
    values = {"ahead": str(situation.ahead)} if situation.on_duty else {}
    speak(
        dispatcher, key, "talk_to_human", ["handoff_withdraw", "menu"], effect="waiting", **values
    )


def _say_many(
    dispatcher: CollectingDispatcher, topic: str, ahead: int, choices: Iterable[str]
) -> None:
    """That it may take long, and which line answers now, where many wait before the person."""
    if ahead >= MANY_AHEAD:
        speak(dispatcher, "handoff_many", topic, choices, effect="waiting", ahead=str(ahead))


def _say_nobody(dispatcher: CollectingDispatcher, tracker: Tracker, situation: Situation) -> None:
    """The lines that answer; when the desk opens, where its hours say so; the case may wait."""
    language = language_of(tracker)
    choices = list(answer("talk_to_human").choices)
    if _handoff(tracker) is not None:
        choices = ["handoff_wait", *choices[:2]]
    speak(dispatcher, "talk_to_human", choices=choices)
    if situation.opens is not None:
        opens = when_opens(situation.opens, language)
        speak(dispatcher, "desk_opens", "talk_to_human", choices, opens=opens)
