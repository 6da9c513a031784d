"""What the last reply offered, taken by its button, its number or its title."""

from __future__ import annotations

import pytest

from bot.stages import choose
from bot.turn import Answered
from tests.unit.fakes import Parts, run, turn


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2", "shelter"),
        ("opción 2", "shelter"),
        ("option 2", "shelter"),
        ("número 1", "report_where"),
        ("la segunda", "shelter"),
        ("the second", "shelter"),
        ("a segunda", "shelter"),
        ("la deuxième", "shelter"),
        ("dezyèm nan", "shelter"),
        ("Refugio", "shelter"),
        ("¡refugio!", "shelter"),
        ("3", ""),  # there are two
        ("1818", ""),
        ("la segunda vez que llamo", ""),
        ("la primera y la segunda", ""),
        ("refugio para mi hijo", ""),
        ("1" * 81, ""),
    ],
)
def test_a_number_an_ordinal_or_a_title_names_a_choice_of_the_last_reply(
    written: str, code: str
) -> None:
    context = Parts().context()
    context.conversation.choices = {"a": "report_where", "b": "shelter"}
    context.conversation.titles = {"donde denunciar": "a", "refugio": "b"}
    assert choose.code_of(turn(written), context) == code


def test_a_number_is_a_message_like_any_other_where_nothing_was_offered() -> None:
    asked = turn("2")
    run(choose.run(asked, Parts().context()))
    assert asked.understanding is None
    assert asked.text == "2"


def test_a_taken_choice_leaves_no_words_behind() -> None:
    context = Parts().context()
    context.conversation.choices = {"a": "report_where"}
    asked = turn("1")
    run(choose.run(asked, context))
    assert asked.understanding is not None
    assert asked.understanding.intent == "report_where"
    assert asked.text == ""


@pytest.mark.parametrize(("language", "said"), [("", "es"), ("qu", "qu"), ("fr", "fr")])
def test_a_button_of_an_older_reply_has_expired_and_the_person_is_told(
    language: str, said: str
) -> None:
    context = Parts().context()
    context.conversation.language = language
    pressed = turn(choice="gone")
    with pytest.raises(Answered):
        run(choose.run(pressed, context))
    assert pressed.language == said
    assert pressed.replies[0].topic == "choice_expired"


def test_what_is_understood_already_is_left_alone() -> None:
    context = Parts().context()
    context.conversation.choices = {"a": "report_where"}
    pressed = turn(choice="a", understanding=choose.understanding_of("menu"))
    run(choose.run(pressed, context))
    assert pressed.understanding is not None
    assert pressed.understanding.intent == "menu"


def test_a_choice_code_carries_a_place_a_language_or_a_topic() -> None:
    assert choose.understanding_of("give_place?place=210101").place.code == "210101"
    assert choose.understanding_of("choose_language?language=ht").language == "ht"
    assert choose.understanding_of("topic?topic=minor_note").ranking == (("minor_note", 1.0),)
