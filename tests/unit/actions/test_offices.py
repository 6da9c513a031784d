"""What is near: told where the place is known, asked for where it is not."""

from __future__ import annotations

import pytest

from actions.offices import ActionFindOffice, ActionPlace
from tests.unit.fakes import acted, tracker

LIMA, PUNO = "150101", "210101"


def test_the_nearest_office_is_told_for_a_place_of_the_message() -> None:
    said = acted(ActionFindOffice(), tracker("find_cem", place=PUNO))
    assert "Puno" in said.keys[0]
    assert said.slots["last_topic"] == "find_cem"
    assert said.slots["service_asked"] is None
    assert said.slots["last_source"]


def test_a_place_that_is_known_need_not_be_said_again() -> None:
    said = acted(ActionFindOffice(), tracker("find_fistrap", {"place": LIMA}))
    assert said.about[0] == "find_fistrap"
    assert said.asks[0] == ""


def test_without_a_place_the_district_is_asked_for() -> None:
    said = acted(ActionFindOffice(), tracker("find_police"))
    assert (said.keys[0], said.asks[0]) == ("ask_place", "place")
    assert said.slots["service_asked"] == "find_police"


def test_organisations_of_the_whole_country_are_told_before_the_place_is_asked_for() -> None:
    said = acted(ActionFindOffice(), tracker("ngo_help"))
    assert said.about[:2] == ["ngo_help", "ngo_help"]
    assert "place" in said.asks


def test_a_name_of_several_places_is_asked_back_with_each_as_a_choice() -> None:
    said = acted(ActionFindOffice(), tracker("find_cem", candidates=f"{LIMA} {PUNO}"))
    assert said.keys == ["ask_place_which"]
    assert said.choices == [f"give_place?place={LIMA}", f"give_place?place={PUNO}"]


def test_a_place_abroad_is_told_kindly() -> None:
    said = acted(ActionFindOffice(), tracker("find_cem", foreign="Caracas"))
    assert said.keys == ["ask_place_foreign"]
    assert said.messages[0]["place"] == "Caracas"


def test_a_minor_hears_of_the_own_route_below_the_office() -> None:
    said = acted(ActionFindOffice(), tracker("find_cem", place=PUNO, age_group="minor"))
    assert said.keys[-1] == "minor_note"


@pytest.mark.parametrize(
    "slots", [{"service_asked": "find_cem"}, {"last_topic": "find_cem"}], ids=["asked", "another"]
)
def test_a_place_answers_what_was_looked_for(slots: dict[str, str]) -> None:
    said = acted(ActionPlace(), tracker("give_place", slots, place=PUNO))
    assert said.about[0] == "find_cem"


def test_a_place_alone_is_noted_and_what_is_looked_for_is_asked() -> None:
    said = acted(ActionPlace(), tracker("give_place", place=PUNO))
    assert said.keys == ["place_noted"]
    assert said.messages[0]["place"] == "Puno"


@pytest.mark.parametrize(
    ("topic", "key"), [("", "ask_place_unknown"), ("position_outside", "position_outside")]
)
def test_a_place_that_nobody_knows_is_asked_for_again(topic: str, key: str) -> None:
    said = acted(ActionPlace(), tracker("give_place", topic=topic))
    assert (said.keys, said.asks) == ([key], ["place"])
