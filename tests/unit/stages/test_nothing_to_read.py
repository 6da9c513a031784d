"""Media, empty messages and positions need no model."""

from __future__ import annotations

import pytest

from bot.stages import nothing_to_read
from bot.turn import Answered, Position
from tests.unit.fakes import Parts, run, turn


@pytest.mark.parametrize(("media", "topic"), [(True, "media_declined"), (False, "empty_message")])
def test_media_and_empty_messages_are_met_kindly(media: bool, topic: str) -> None:
    parts = Parts()
    context = parts.context()
    context.conversation.language = "pt"
    sent = turn(media=media)
    with pytest.raises(Answered):
        run(nothing_to_read.run(sent, context))
    assert (sent.replies[0].topic, sent.language) == (topic, "pt")


def test_a_position_becomes_a_district_and_is_forgotten() -> None:
    sent = turn(position=Position(-12.046, -77.043))
    run(nothing_to_read.run(sent, Parts().context()))
    assert sent.position is None
    assert sent.understanding is not None
    assert sent.understanding.intent == "give_place"
    assert sent.understanding.place.code.startswith("15")


def test_a_position_outside_of_peru_is_told_as_such() -> None:
    sent = turn(position=Position(48.85, 2.35))
    run(nothing_to_read.run(sent, Parts().context()))
    assert sent.understanding is not None
    assert sent.understanding.intent == "position_outside"


@pytest.mark.parametrize("sent", [turn("hola"), turn(choice="a"), turn("hola", media=True)])
def test_words_and_choices_pass(sent: object) -> None:
    run(nothing_to_read.run(sent, Parts().context()))  # type: ignore[arg-type]
    assert not sent.replies  # type: ignore[attr-defined]
