"""An answer without the state store: what can honestly be said then."""

from __future__ import annotations

from typing import Any

import pytest

from bot.answers.tables import say
from bot.stages import stateless
from bot.turn import Said, Turn
from tests.unit.fakes import Parts, reading, run, turn


def answered(parts: Parts, asked: Turn, note: stateless.Note = "without_store") -> Turn:
    run(stateless.answer(asked, parts.services(), note))
    return asked


def said(*messages: Said, **read: Any) -> Parts:
    parts = Parts()
    parts.reader.found = reading(**read)
    parts.dialogue.says = list(messages)
    return parts


def test_a_question_gets_its_topic_without_choices_and_what_does_not_work_is_told() -> None:
    parts = said(Said("Puedes denunciar en el 1818.", "report_where", ["shelter"]))
    asked = answered(parts, turn("dónde denuncio"))
    assert asked.replies[0].text == "Puedes denunciar en el 1818."
    assert asked.replies[0].choices == []
    assert len(asked.replies) == 2


def test_danger_gets_its_number() -> None:
    parts = said(Said("Llama al 105.", "urgent"), urgency="urgent", kind="danger")
    asked = answered(parts, turn("me quiere matar"), "not_handed_over")
    assert asked.replies[0].text == "Llama al 105."


@pytest.mark.parametrize("text", ["2", " 2. "])
def test_a_number_names_a_choice_that_nobody_knows_any_more(text: str) -> None:
    parts = Parts()
    asked = answered(parts, turn(text))
    assert asked.replies[0].topic == "safe"
    assert not parts.dialogue.asked


def test_a_pressed_button_gets_the_safe_answer() -> None:
    assert answered(Parts(), turn(choice="a", language="fr")).replies[0].text == say("safe", "fr")


def test_nothing_is_offered_that_could_not_be_taken_up() -> None:
    offer = say("high_offer", "es")
    parts = said(Said("Respuesta.", "shelter"), Said(offer, "shelter"), urgency="high")
    asked = answered(parts, turn("ayuda"))
    assert offer not in [reply.text for reply in asked.replies]


@pytest.mark.parametrize("topic", ["menu", "out_of_scope", "give_place"])
def test_a_reply_that_is_nothing_without_its_choices_becomes_the_safe_answer(topic: str) -> None:
    asked = answered(said(Said("Elige:", topic, ["shelter"])), turn("hola"))
    assert asked.replies[0].topic == "safe"


def test_a_question_for_the_place_becomes_the_safe_answer() -> None:
    parts = said(Said("¿En qué distrito?", "find_cem", asks="place"))
    assert answered(parts, turn("cem")).replies[0].topic == "safe"


@pytest.mark.parametrize("language", ["es", "en", "ht"])
def test_who_asks_for_erasing_is_told_that_it_is_not_done(language: str) -> None:
    parts = said(Said("Borrado.", "delete_my_data", effect="erase"))
    parts.reader.language = language
    parts.reader.found = reading("delete_my_data", language=language)
    asked = answered(parts, turn("please delete all of my data now", language=language))
    assert not asked.erase
    assert asked.replies[1].text == say("not_erased", language)


def test_words_for_an_operator_that_may_not_have_arrived_get_the_truth() -> None:
    parts = said(Said("Respuesta.", "shelter"))
    asked = answered(parts, turn("sigo aquí"), "not_handed_over")
    assert asked.replies[0].topic == "safe"
    assert asked.replies[1].text == say("not_handed_over", "es")
