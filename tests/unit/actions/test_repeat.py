"""The last answer once more: whole, in another language, or only what matters most."""

from __future__ import annotations

from typing import Any

import pytest

from actions.repeat import SHORT, last_topic, say_again, shortened
from tests.unit.fakes import Spoken, spoken, tracker


def again(topic: str, *, brief: bool = False, **slots: Any) -> tuple[bool, Spoken]:
    told: list[bool] = []
    said = spoken(lambda to: told.append(say_again(to, tracker(slots=slots), topic, brief=brief)))
    return told[0], said


def test_an_answer_is_said_again_as_it_was() -> None:
    told, said = again("shelter")
    assert told
    assert said.keys == ["shelter"]


@pytest.mark.parametrize("language", ["es", "en", "pt", "fr", "ht", "qu"])
def test_the_short_form_is_the_beginning_in_the_persons_language(language: str) -> None:
    told, said = again("asylum_how_to_apply", brief=True, language=language)
    assert told
    assert 0 < len(said.keys[0]) <= 2 * SHORT


def test_offices_are_told_again_for_the_known_place() -> None:
    told, said = again("find_cem", place="210101")
    assert told
    assert said.about == ["find_cem"]


def test_of_offices_one_is_told_in_short() -> None:
    _, whole = again("find_cem", place="150101")
    _, brief = again("find_cem", place="150101", brief=True)
    assert len(brief.keys[0]) < len(whole.keys[0])


@pytest.mark.parametrize("topic", ["find_cem", ""])
def test_there_is_nothing_to_say_again_without_a_place_or_a_topic(topic: str) -> None:
    told, said = again(topic)
    assert not told
    assert not said.messages


def test_a_text_is_cut_between_sentences_and_keeps_one_at_least() -> None:
    text = "Uno corto. Otro que sigue. " + "Y este es largo. " * 30
    assert shortened(text, 30) == "Uno corto. Otro que sigue."
    assert shortened("Una sola frase que es larga.", 5) == "Una sola frase que es larga."


def test_the_last_topic_is_the_slot() -> None:
    assert last_topic(tracker(slots={"last_topic": "shelter"})) == "shelter"
    assert last_topic(tracker()) == ""
