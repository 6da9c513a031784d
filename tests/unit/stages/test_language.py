"""Which language the replies are in."""

from __future__ import annotations

import pytest

from bot.stages import language
from bot.stages.choose import understanding_of
from bot.stages.context import Context
from bot.turn import Turn
from tests.unit.fakes import Parts, run, turn


def heard(text: str, found: str, confidence: float, **kept: object) -> tuple[Turn, Context]:
    parts = Parts()
    parts.reader.language, parts.reader.confidence = found, confidence
    context = parts.context()
    for name, value in kept.items():
        setattr(context.conversation, name, value)
    asked = turn(text)
    run(language.run(asked, context))
    return asked, context


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("english please", "en"),
        ("español", "es"),
        ("português", "pt"),
        ("français", "fr"),
        ("kreyòl", "ht"),
        ("runasimi", "qu"),
    ],
)
def test_a_language_asked_for_by_name_is_taken_at_any_time(text: str, code: str) -> None:
    asked, context = heard(text, "es", 0.99, language="es", language_shown=True)
    assert asked.language == code
    assert context.conversation.language_chosen


def test_a_button_of_a_language_is_a_request_too() -> None:
    context = Parts().context()
    asked = turn(understanding=understanding_of("choose_language?language=fr"))
    run(language.run(asked, context))
    assert asked.language == "fr"


@pytest.mark.parametrize(("text", "code"), [("bonjour", "fr"), ("allillanchu", "qu")])
def test_a_greeting_that_only_one_language_has_shows_it(text: str, code: str) -> None:
    asked, context = heard(text, "es", 0.1)
    assert asked.language == code
    assert context.conversation.language_shown


@pytest.mark.parametrize(
    ("confidence", "kept", "said"),
    [
        (language.FIRST.confidence, {}, "fr"),
        (language.FIRST.confidence - 0.01, {}, "es"),
        (language.AFTER_A_GUESS.confidence, {"language": "es"}, "fr"),
        (language.AFTER_A_GUESS.confidence - 0.01, {"language": "es"}, "es"),
        (language.DRIFT.confidence, {"language": "es", "language_shown": True}, "fr"),
        (language.DRIFT.confidence - 0.01, {"language": "es", "language_shown": True}, "es"),
        (0.99, {"language": "es", "language_chosen": True}, "es"),  # five words only
    ],
)
def test_a_message_changes_the_language_on_clear_evidence_only(
    confidence: float, kept: dict[str, object], said: str
) -> None:
    asked, _ = heard("où puis je porter plainte", "fr", confidence, **kept)
    assert asked.language == said


def test_a_long_message_changes_even_a_language_that_was_asked_for() -> None:
    text = "je ne comprends pas bien ce que vous dites"
    asked, _ = heard(text, "fr", 0.99, language="es", language_chosen=True)
    assert asked.language == "fr"


@pytest.mark.parametrize("place", ["Puno", "san juan de lurigancho"])
def test_the_name_of_a_place_changes_nothing(place: str) -> None:
    asked, _ = heard(place, "qu", 0.99, language="en")
    assert asked.language == "en"


def test_the_first_language_is_spanish_where_nothing_shows_another() -> None:
    asked, _ = heard("", "fr", 0.9)
    assert asked.language == "es"
