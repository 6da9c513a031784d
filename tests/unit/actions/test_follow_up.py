"""What only makes sense after an answer: where, what it costs, when, for children."""

from __future__ import annotations

from typing import Any

import pytest

from actions.follow_up import MOST_LINES, ActionFollowUp, lines_of
from tests.unit.fakes import Spoken, acted, tracker


def asked(kind: str, last: str = "", place: str = "", **entities: str) -> Spoken:
    slots: dict[str, Any] = {"last_topic": last or None, "place": place or None}
    return acted(ActionFollowUp(), tracker("follow_up", slots, follow_up=kind, **entities))


def test_a_line_is_called_from_anywhere() -> None:
    said = asked("where", "line_1818_info")
    assert said.keys == ["follow_where_line"]
    assert "find_fistrap" in said.choices


def test_an_office_is_looked_for_near_the_person() -> None:
    assert asked("where", "shelter", "210101").about == ["find_cem"]


def test_without_a_place_it_is_asked_for_and_the_service_remembered() -> None:
    said = asked("where", "find_cem")
    assert (said.keys, said.asks) == (["ask_place"], ["place"])
    assert said.slots["service_asked"] == "find_cem"


@pytest.mark.parametrize("last", ["international_protection_what", "victim_rights"])
def test_where_a_topic_has_no_office_all_kinds_are_offered(last: str) -> None:
    said = asked("where", last)
    assert said.keys[0].startswith("follow_where")
    assert len(said.choices) == 3


@pytest.mark.parametrize(
    ("last", "about"),
    [("find_cem", "find_upe"), ("line_1818_info", "line_1810_info"), ("greet", "child_protection")],
)
def test_for_children_there_is_another_door(last: str, about: str) -> None:
    assert asked("children", last, "210101").about == [about]


def test_costs_are_told_where_a_table_has_them() -> None:
    (text,) = asked("cost", "line_1818_info").keys
    assert "1818" in text
    assert asked("cost", "find_cem").keys == ["follow_cost_cem"]
    (unknown,) = asked("cost", "victim_rights").keys
    assert unknown


def test_hours_are_told_line_by_line() -> None:
    (text,) = asked("hours", "line_1884_info").keys
    assert "1884" in text
    (unknown,) = asked("hours", "victim_rights").keys
    assert unknown


@pytest.mark.parametrize(("kind", "key"), [("more", "follow_more"), ("repeat", "shelter")])
def test_more_and_again_belong_to_the_last_answer(kind: str, key: str) -> None:
    said = asked(kind, "shelter")
    assert said.keys == [key]
    assert said.about == ["shelter"]


def test_shorter_is_a_part_of_it() -> None:
    (text,) = asked("shorter", "asylum_rights").keys
    assert text
    assert text != "asylum_rights"


def test_what_cannot_be_said_again_leads_to_the_menu() -> None:
    assert asked("repeat", "find_cem").keys == ["menu"]


def test_without_an_answer_before_the_message_is_taken_for_its_topic_or_the_menu() -> None:
    assert asked("where", topic="shelter").keys == ["shelter"]
    assert asked("where").keys == ["menu"]


def test_the_emergency_number_is_a_line_only_where_it_is_alone() -> None:
    assert [line.id for line in lines_of("urgent_danger")][:1] != []
    assert all(len(lines_of(topic)) <= MOST_LINES for topic in ("safe", "report_where"))
