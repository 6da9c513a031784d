"""What a topic says, where it comes from, and what was not understood."""

from __future__ import annotations

import pytest

from actions.answer import ActionAnswer, ActionAskSource, ActionFallback
from tests.unit.fakes import acted, tracker


def test_a_topic_is_answered_and_remembered() -> None:
    said = acted(ActionAnswer(), tracker("report_where"))
    assert said.keys[0] == "report_where"
    assert said.slots["last_topic"] == "report_where"


def test_a_topic_that_travels_as_an_entity_is_answered_too() -> None:
    said = acted(ActionAnswer(), tracker("topic", topic="asylum_rights"))
    assert said.keys[0] == "asylum_rights"


def test_small_talk_leaves_the_last_topic_as_it_was() -> None:
    said = acted(ActionAnswer(), tracker("thank"))
    assert "last_topic" not in said.slots
    assert said.slots["not_understood"] == 0.0


def test_who_says_to_be_a_minor_hears_of_the_route_and_not_again() -> None:
    said = acted(ActionAnswer(), tracker("topic", topic="minor_note", age_group="minor"))
    assert said.keys == ["minor_note"]
    assert said.slots["minor_told"] is True


def test_an_adult_is_told_of_the_duty_to_report_below_a_state_service() -> None:
    said = acted(ActionAnswer(), tracker("report_where"))
    assert said.keys == ["report_where", "must_report"]


def test_the_source_of_the_last_answer_is_told_with_its_date() -> None:
    said = acted(
        ActionAskSource(), tracker("ask_source", {"last_topic": "shelter", "last_source": "RND 4"})
    )
    assert said.keys == ["ask_source"]
    assert said.messages[0]["answer_source"] == "RND 4"
    assert said.messages[0]["answer_reviewed"][:2] == "20"


def test_without_an_answer_there_is_no_source() -> None:
    assert acted(ActionAskSource(), tracker("ask_source")).keys == ["ask_source_none"]


@pytest.mark.parametrize(
    ("before", "entities", "keys", "times"),
    [
        (None, {"guesses": "shelter medical_care"}, ["guess"], 1),
        (None, {}, ["out_of_scope"], 1),
        (1.0, {"guesses": "shelter"}, ["not_understood"], 2),
    ],
)
def test_what_is_not_understood_is_met_differently_each_time(
    before: float | None, entities: dict[str, str], keys: list[str], times: int
) -> None:
    said = acted(ActionFallback(), tracker("nlu", {"not_understood": before}, **entities))
    assert said.keys == keys
    assert said.slots["not_understood"] == times


def test_guesses_are_choices_with_the_menu_last() -> None:
    said = acted(ActionFallback(), tracker("nlu", guesses="shelter medical_care"))
    assert said.choices == ["shelter", "medical_care", "menu"]


def test_the_third_time_a_person_is_offered_and_counting_begins_anew() -> None:
    said = acted(ActionFallback(), tracker("nlu", {"not_understood": 2.0}))
    assert said.about == ["talk_to_human"]
    assert said.slots["not_understood"] == 0.0


def test_a_language_outside_the_six_is_met_in_spanish_and_english_with_all_languages() -> None:
    said = acted(ActionFallback(), tracker("other_language"))
    assert "\n\n" in said.keys[0]
    assert len([one for one in said.choices if one.startswith("choose_language?")]) == 6
    assert said.choices[-1] == "talk_to_human"
