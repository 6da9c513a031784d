"""The safe answer: numbers in the person's language, whatever has failed."""

from __future__ import annotations

import pytest

from bot.stages.safe import SURE_OF_LANGUAGE, language_of, safe_reply
from tests.unit.fakes import Parts, reading, turn


@pytest.mark.parametrize(
    ("confidence", "language"),
    [(SURE_OF_LANGUAGE, "ht"), (SURE_OF_LANGUAGE - 0.01, "es"), (0.0, "es")],
)
def test_a_message_is_answered_in_its_own_language_where_it_shows_one(
    confidence: float, language: str
) -> None:
    parts = Parts()
    parts.reader.language, parts.reader.confidence = "ht", confidence
    assert language_of("mwen bezwen èd", parts.services()) == language


@pytest.mark.parametrize("language", ["es", "en", "pt", "fr", "ht", "qu"])
def test_the_safe_answer_has_the_three_numbers(language: str) -> None:
    parts = Parts()
    parts.reader.language = language
    reply = safe_reply(turn(), "words", parts.services())
    assert all(number in reply.text for number in ("105", "1818", "100"))


def test_in_danger_that_was_read_already_the_number_that_fits_is_told() -> None:
    failed = turn(understanding=reading("urgent", kind="medical"), urgency="urgent")
    reply = safe_reply(failed, "mi hijo no respira", Parts().services())
    assert reply.topic == "urgent"
    assert "106" in reply.text
