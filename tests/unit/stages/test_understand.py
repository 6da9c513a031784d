"""Words become codes: what a reading means for the dialogue, in this conversation."""

from __future__ import annotations

from typing import Any

import pytest

from bot.stages import understand
from bot.stages.understand import SURE_OF_NOTHING, SURE_OF_TOPIC, for_dialogue
from bot.stores.conversation import Conversation
from bot.turn import PlaceReading, Understanding
from tests.unit.fakes import CONVERSATION, Parts, reading, run, turn


def meant(text: str, read: Understanding, **kept: Any) -> Understanding:
    return for_dialogue(read, text, Conversation(**kept))


@pytest.mark.parametrize(
    ("intent", "confidence", "answered"),
    [
        ("regularise_status", SURE_OF_TOPIC, "regularise_status"),
        ("regularise_status", SURE_OF_TOPIC - 0.01, "not_understood"),
        ("out_of_scope", SURE_OF_NOTHING, "out_of_scope"),
        ("out_of_scope", SURE_OF_NOTHING - 0.01, "not_understood"),
    ],
)
def test_what_is_not_sure_is_met_with_guesses(
    intent: str, confidence: float, answered: str
) -> None:
    assert meant("comment renouveler ma carte", reading(intent, confidence)).intent == answered


@pytest.mark.parametrize("text", ["🙏", "???", "@ @"])
def test_what_has_no_word_is_not_understood(text: str) -> None:
    found = meant(text, reading())
    assert (found.intent, found.ranking) == ("not_understood", ())


def test_a_language_asked_for_is_the_answer() -> None:
    found = meant("english please", reading())
    assert (found.intent, found.language) == ("choose_language", "en")


def test_who_begins_to_tell_is_met_as_such() -> None:
    assert meant("me llevaron y luego", reading(is_account=True)).intent == "share_account"


LIMA = PlaceReading(code="150101")


@pytest.mark.parametrize(
    ("text", "read", "kept", "intent"),
    [
        ("en Lima", reading("greet", 0.4, place=LIMA), {"asks": "place"}, "give_place"),
        ("en Lima", reading("greet", 0.4, place=LIMA), {"topic": "find_cem"}, "give_place"),
        ("en Lima", reading("greet", 0.4, place=LIMA), {"topic": "shelter_x"}, "greet"),
        # another service is asked for in the same breath
        (
            "y un fistrap en Lima",
            reading("find_fistrap", 0.9, place=LIMA),
            {"asks": "place", "topic": "find_cem"},
            "find_fistrap",
        ),
        (
            "quiero saber cómo denunciar en Lima la ciudad",
            reading("report_where", 0.9, place=LIMA),
            {"asks": "place"},
            "report_where",
        ),
        (
            "me pega en Lima",
            reading("report_where", 0.9, place=LIMA, urgency="urgent"),
            {"asks": "place"},
            "report_where",
        ),
    ],
)
def test_a_place_answers_the_question_for_one_and_nothing_else(
    text: str, read: Understanding, kept: dict[str, Any], intent: str
) -> None:
    assert meant(text, read, **kept).intent == intent


def test_a_guessed_spelling_counts_only_where_a_place_is_expected() -> None:
    guess = PlaceReading(code="150101", guess=True)
    assert meant("hola limaa", reading("greet", 0.9, place=guess)).place == PlaceReading()
    assert meant("limaa", reading("greet", 0.4, place=guess), asks="place").place == guess


@pytest.mark.parametrize(
    ("group", "urgency", "intent"),
    [("minor", "none", "topic"), ("adult", "none", "topic"), ("minor", "urgent", "report_where")],
)
def test_an_age_alone_is_taken_note_of(group: str, urgency: Any, intent: str) -> None:
    read = reading(age_group=group, urgency=urgency)
    assert meant("tengo 15 años", read).intent == intent


@pytest.mark.parametrize(
    ("follow_up", "kept", "intent"),
    [
        ("where", {"topic": "shelter"}, "follow_up"),
        ("where", {"topic": "greet"}, "report_where"),
        ("repeat", {"topic": "greet"}, "follow_up"),
        ("safe_now", {"urgency": "urgent", "topic": "shelter"}, "danger_over"),
        ("safe_now", {"urgency": "none", "topic": "shelter"}, "report_where"),
    ],
)
def test_a_follow_up_means_something_after_an_answer(
    follow_up: str, kept: dict[str, Any], intent: str
) -> None:
    read = reading(follow_up=follow_up, follow_up_confidence=0.9)
    assert meant("y eso", read, **kept).intent == intent


def test_a_wish_about_the_conversation_is_meant_as_itself() -> None:
    read = reading("talk_to_human", 0.95, follow_up="more", follow_up_confidence=0.6)
    assert meant("quiero hablar con alguien", read, topic="shelter").intent == "talk_to_human"


def test_danger_is_no_follow_up() -> None:
    read = reading(follow_up="where", follow_up_confidence=0.9, urgency="urgent")
    assert meant("dónde está, me sigue", read, topic="shelter").intent == "report_where"


def test_a_language_outside_the_six_is_noticed() -> None:
    assert meant("ich brauche bitte hilfe", reading(other_language=True)).intent == "other_language"


@pytest.mark.parametrize(("origin", "whose"), [("", CONVERSATION), ("address", "address")])
def test_the_words_are_gone_once_they_are_read(origin: str, whose: str) -> None:
    parts = Parts()
    parts.reader.found = reading(urgency="high", age_group="minor")
    context = parts.context()
    asked = turn("dónde denuncio lo que me hacen", origin=origin)
    run(understand.run(asked, context))
    assert asked.text == ""
    assert asked.urgency == "high"
    assert context.conversation.age_group == "minor"
    assert parts.reader.asked == [("dónde denuncio lo que me hacen", whose)]


def test_what_is_understood_already_is_not_read() -> None:
    parts = Parts()
    asked = turn("words", understanding=reading("menu"))
    run(understand.run(asked, parts.context()))
    assert asked.text == ""
    assert not parts.reader.asked
