"""How actions speak: a topic with its choices, and notes told only once."""

from __future__ import annotations

import pytest

from actions import replies
from tests.unit.fakes import spoken, tracker


def test_what_a_message_carries_is_read_from_its_entities() -> None:
    seen = tracker("give_place", place="150101", candidates="150101 150102")
    assert replies.intent(seen) == "give_place"
    assert replies.entity(seen, "place") == "150101"
    assert replies.entity(seen, "foreign") == ""
    assert replies.entities(seen, "candidates") == ["150101", "150102"]


def test_a_topic_is_spoken_with_what_it_is_about_and_what_leads_on() -> None:
    said = spoken(
        lambda to: replies.speak(to, "ask_place", "find_cem", ("menu",), asks="place", place="Lima")
    )
    assert (said.keys, said.about, said.choices, said.asks) == (
        ["ask_place"],
        ["find_cem"],
        ["menu"],
        ["place"],
    )
    assert said.messages[0]["place"] == "Lima"


@pytest.mark.parametrize(
    ("topic", "slots", "told"),
    [
        ("report_where", {}, 1),
        ("report_where", {"duty_told": True}, 0),
        ("greet", {}, 0),
    ],
)
def test_that_state_services_must_report_is_told_once_where_it_belongs(
    topic: str, slots: dict[str, bool], told: int
) -> None:
    said = spoken(lambda to: replies.note_duty(to, tracker(slots=slots), topic))
    assert said.keys == ["must_report"] * told
    assert said.slots == ({"duty_told": True} if told else {})


@pytest.mark.parametrize(
    ("topic", "group", "slots", "told"),
    [
        ("shelter", "minor", {}, 1),
        ("shelter", "adult", {}, 0),
        ("shelter", "minor", {"minor_told": True}, 0),
        ("find_upe", "minor", {}, 0),
    ],
)
def test_minors_hear_of_their_own_route_once(
    topic: str, group: str, slots: dict[str, bool], told: int
) -> None:
    seen = tracker(slots=slots, age_group=group)
    assert spoken(lambda to: replies.note_minor(to, seen, topic)).keys == ["minor_note"] * told


def test_with_signs_of_exploitation_a_person_is_the_first_choice() -> None:
    calm, high = tracker(), tracker(urgency="high")
    assert replies.choices_of(high, "shelter")[0] == "talk_to_human"
    assert replies.choices_of(high, "shelter").count("talk_to_human") == 1
    assert replies.choices_of(calm, "shelter")[:1] != ("talk_to_human",)
    assert replies.choices_of(high, "talk_to_human") == replies.choices_of(calm, "talk_to_human")


def test_with_signs_of_exploitation_a_person_is_offered_below_the_answer() -> None:
    said = spoken(lambda to: replies.closing_notes(to, tracker(urgency="high"), "greet"))
    assert said.keys == ["high_offer"]


def test_an_answer_is_remembered_with_its_source() -> None:
    said = spoken(lambda to: replies.understood("shelter", "SOP 3.3"))
    assert said.slots == {"last_topic": "shelter", "last_source": "SOP 3.3", "not_understood": 0.0}
