"""The number of an emergency that may be meant as well."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.answers.tables import say
from bot.stages.respond import with_number
from bot.text.languages import LANGUAGES
from bot.turn import NUMBER_OF, Emergency, Turn, Understanding, Urgency


def turn_of(language: str, urgency: Urgency) -> Turn:
    turn = Turn(channel="web", conversation="c", message_id="m")
    turn.language, turn.urgency = language, urgency
    return turn


def reading(kind: str, also: str) -> Understanding:
    return Understanding(intent="greet", kind=kind, also=also)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_begins_with_its_number(language: str) -> None:
    assert set(NUMBER_OF) == set(get_args(Emergency))
    first = {
        kind: say(f"number_{of}", language).split()[0].strip(".,:;")
        for kind, of in NUMBER_OF.items()
    }
    assert first["danger"] == first["child"] == first["child_alone"] == "105"
    assert first["medical"] == "106"
    assert first["self_harm"] == "113"
    for kind in NUMBER_OF:
        assert say(f"urgent_{kind}", language).startswith(first[kind])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plea_begins_with_the_likelier_number_and_names_the_other_in_its_first_paragraph(
    language: str,
) -> None:
    turn = turn_of(language, "urgent")
    text = with_number(say("urgent_danger", language), reading("danger", "medical"), turn)
    assert text.startswith("105")
    assert "106" in text.split("\n\n")[0]
    assert text.endswith(say("urgent_danger", language).split("\n\n", 1)[1])


def test_what_may_be_a_plea_is_answered_after_the_number() -> None:
    text = with_number("Puedes pedir un abogado.", reading("", "danger"), turn_of("es", "high"))
    assert text.startswith("105")
    assert text.endswith("\n\nPuedes pedir un abogado.")


def test_a_calm_answer_has_no_number_before_it() -> None:
    assert with_number("Hola.", reading("", ""), turn_of("es", "none")) == "Hola."
    assert with_number("Hola.", reading("", "danger"), turn_of("es", "none")) == "Hola."
