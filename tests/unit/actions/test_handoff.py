"""A person is asked for, or called: what is said depends on who is really there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from actions.handoff import MANY_AHEAD, ActionHandOff, ActionTalkToHuman, call_person
from bot.handoff.service import Situation, provide
from bot.hours import LIMA
from bot.stores.absence import absent_store
from tests.unit.fakes import FakeDesk, Spoken, acted, case, spoken, tracker

ON_DUTY = Situation(on_duty=True)
NOBODY = Situation()


@pytest.fixture(autouse=True)
def _nothing_stays_provided() -> Iterator[None]:
    yield
    provide(None)


def with_desk(situation: Situation, **more: Any) -> FakeDesk:
    desk = FakeDesk(situation, **more)
    provide(desk)
    return desk


def decided(decision: str, **entities: str) -> Spoken:
    return acted(ActionHandOff(), tracker(decision, **entities))


def called(**entities: str) -> Spoken:
    seen = tracker("urgent", cues="violence", **entities)
    return spoken(lambda to: call_person(to, seen, ("line_100_info", "talk_to_human")))


def test_with_somebody_on_duty_a_person_is_offered_and_the_person_decides() -> None:
    with_desk(ON_DUTY)
    said = acted(ActionTalkToHuman(), tracker("talk_to_human"))
    assert (said.keys, said.asks, said.effects) == (["handoff_offer"], ["handoff"], ["offered"])


def test_with_nobody_on_duty_the_lines_are_told_and_a_case_may_wait() -> None:
    with_desk(NOBODY)
    said = acted(ActionTalkToHuman(), tracker("talk_to_human"))
    assert said.keys == ["talk_to_human"]
    assert said.choices[0] == "handoff_wait"


def test_when_the_desk_opens_is_told_where_its_hours_say_so() -> None:
    with_desk(Situation(opens=datetime(2026, 11, 30, 8, tzinfo=LIMA)))
    assert acted(ActionTalkToHuman(), tracker("talk_to_human")).keys[-1] == "desk_opens"


@pytest.mark.parametrize("channel", ["web", "elsewhere"])
def test_nobody_is_promised_where_nobody_could_write_back(channel: str) -> None:
    if channel == "elsewhere":
        with_desk(ON_DUTY)  # else nothing is provided, as under `rasa run actions`
    said = acted(ActionTalkToHuman(), tracker("talk_to_human", channel=channel))
    assert said.keys == ["talk_to_human"]
    assert "handoff_wait" not in said.choices


@pytest.mark.parametrize(
    ("on_duty", "key"), [(True, "handoff_waiting"), (False, "handoff_waits_for_nobody")]
)
def test_who_waits_already_hears_how_it_stands(on_duty: bool, key: str) -> None:
    with_desk(Situation(on_duty=on_duty, case=case(), ahead=2))
    said = acted(ActionTalkToHuman(), tracker("talk_to_human"))
    assert (said.keys, said.effects) == ([key], ["waiting"])


def test_who_accepts_is_queued_with_codes_only() -> None:
    desk = with_desk(ON_DUTY)
    said = decided("handoff_accept", place="150101", cues="debt", level="high", age_group="adult")
    assert (said.keys, said.effects) == (["handoff_accept"], ["waiting"])
    (opened,) = desk.opened
    assert opened["level"] == "high"
    assert (opened["cues"], opened["district"]) == (["debt"], "150101")
    assert (opened["age"], opened["promised"]) == ("adult", True)


def test_who_accepts_when_the_last_operator_has_just_gone_is_told_so() -> None:
    desk = with_desk(NOBODY)
    assert decided("handoff_accept").keys == ["talk_to_human"]
    assert not desk.opened


def test_who_leaves_a_case_waiting_is_promised_nobody() -> None:
    desk = with_desk(NOBODY)
    assert decided("handoff_wait").keys == ["handoff_wait"]
    assert desk.opened[0]["promised"] is False


def test_that_many_wait_is_told() -> None:
    with_desk(ON_DUTY, ahead=MANY_AHEAD)
    assert decided("handoff_accept").keys == ["handoff_accept", "handoff_many"]


def test_a_full_queue_is_told_with_the_lines_that_answer() -> None:
    with_desk(ON_DUTY, full=True)
    assert decided("handoff_accept").keys == ["handoff_full"]
    assert called().keys == ["handoff_full"]


def test_who_declines_opens_nothing() -> None:
    desk = with_desk(ON_DUTY)
    assert decided("handoff_decline").keys == ["handoff_decline"]
    assert not desk.opened


@pytest.mark.parametrize("decision", ["handoff_withdraw", "handoff_leave"])
def test_who_withdraws_or_leaves_ends_it(decision: str) -> None:
    desk = with_desk(ON_DUTY)
    said = decided(decision)
    assert (said.effects, desk.left) == (["closed"], 1)


def test_a_decision_without_a_desk_gets_the_lines() -> None:
    assert decided("handoff_accept").keys == ["talk_to_human"]


def test_without_the_store_nobody_can_be_called() -> None:
    with_desk(ON_DUTY)
    with absent_store():
        assert called().keys == ["nobody_on_duty"]


def test_in_danger_an_operator_on_duty_is_called() -> None:
    desk = with_desk(ON_DUTY)
    said = called()
    assert (said.keys, said.effects) == (["handoff_called"], ["waiting"])
    assert desk.opened[0]["level"] == "urgent"
    assert "talk_to_human" not in said.choices


def test_in_danger_with_nobody_on_duty_the_case_may_wait() -> None:
    desk = with_desk(NOBODY)
    said = called()
    assert said.keys == ["nobody_on_duty"]
    assert said.choices[-1] == "handoff_wait"
    assert not desk.opened


def test_who_has_refused_is_not_called_for_but_asked_again() -> None:
    desk = with_desk(Situation(on_duty=True, refused=True))
    assert called().keys == ["handoff_again"]
    assert not desk.opened


def test_a_case_that_waits_becomes_urgent_also_with_nobody_on_duty() -> None:
    desk = with_desk(Situation(case=case()))
    assert called().keys == ["handoff_waits_for_nobody"]
    assert desk.opened[0]["level"] == "urgent"


@pytest.mark.parametrize(
    ("entities", "age"),
    [
        ({"age_group": "minor"}, "minor"),
        ({"cues": "child"}, "minor"),
        ({"topic": "child_alone"}, "minor"),
        ({"kind": "child"}, "minor"),
        ({"age_group": "adult"}, "adult"),
        ({}, "unknown"),
    ],
)
def test_a_child_that_is_spoken_of_counts_as_a_minor(entities: dict[str, str], age: str) -> None:
    desk = with_desk(ON_DUTY)
    decided("handoff_accept", **entities)
    assert desk.opened[0]["age"] == age
