"""Codes in, replies out: which intent the dialogue gets, and what becomes of what is said."""

from __future__ import annotations

from typing import Any

import pytest

from bot.stages import respond
from bot.stages.context import Context
from bot.stages.respond import for_assistant, with_number
from bot.stores.conversation import Conversation
from bot.turn import Answered, PlaceReading, Said, Turn, Understanding
from tests.unit.fakes import Parts, reading, run, turn


def sent(read: Understanding, asked: Turn | None = None, **kept: Any) -> tuple[str, dict[str, str]]:
    asked = asked or turn(language="es")
    return for_assistant(read, asked, Conversation(**kept))


def answered(
    parts: Parts, read: Understanding, *, language: str = "es", **more: Any
) -> tuple[Turn, Context]:
    context = parts.context()
    asked = turn(language=language, understanding=read, **more)
    with pytest.raises(Answered):
        run(respond.run(asked, context))
    return asked, context


def test_danger_comes_before_every_topic() -> None:
    asked = turn(language="fr", urgency="urgent")
    intent, entities = sent(reading("shelter", kind="medical", cues=("injuries",)), asked)
    assert intent == "urgent"
    assert entities["topic"] == "shelter"
    assert (entities["kind"], entities["cues"], entities["language"]) == (
        "medical",
        "injuries",
        "fr",
    )


@pytest.mark.parametrize(
    ("read", "intent", "entity", "value"),
    [
        (reading("follow_up", follow_up="cost"), "follow_up", "follow_up", "cost"),
        (reading("topic", ranking=(("minor_note", 1.0),)), "topic", "topic", "minor_note"),
        (reading("position_outside"), "give_place", "topic", "position_outside"),
        (reading("choose_language", language="es"), "choose_language", "topic", "language_changed"),
        (
            reading("not_understood", ranking=(("greet", 0.2), ("shelter", 0.2), ("menu", 0.1))),
            "not_understood",
            "guesses",
            "shelter",
        ),
        (reading(place=PlaceReading(code="150101")), "report_where", "place", "150101"),
        (
            reading(place=PlaceReading(candidates=("150101", "150102"))),
            "report_where",
            "candidates",
            "150101 150102",
        ),
    ],
)
def test_each_kind_of_message_travels_as_codes(
    read: Understanding, intent: str, entity: str, value: str
) -> None:
    found, entities = sent(read)
    assert found == intent
    assert entities[entity] == value


def test_the_highest_level_of_the_conversation_travels_with_each_message() -> None:
    _, entities = sent(reading(), urgency="urgent")
    assert (entities["urgency"], entities["level"]) == ("none", "urgent")


def test_choices_belong_below_the_last_message_and_the_topic_is_remembered() -> None:
    parts = Parts()
    parts.dialogue.says = [
        Said("Puedes denunciar.", "report_where", ["shelter"]),
        Said("Hay deber de denunciar.", "report_where"),
    ]
    asked, context = answered(parts, reading())
    assert [len(reply.choices) for reply in asked.replies] == [0, 1]
    assert context.conversation.topic == "report_where"


def test_what_a_reply_asks_for_is_remembered() -> None:
    parts = Parts()
    parts.dialogue.says = [Said("¿En qué distrito?", "find_cem", asks="place")]
    _, context = answered(parts, reading("find_cem"))
    assert context.conversation.asks == "place"


@pytest.mark.parametrize("state", ["offered", "waiting", "active", "closed"])
def test_the_state_of_the_hand_off_follows_what_was_said(state: str) -> None:
    parts = Parts()
    parts.dialogue.says = [Said("texto", "talk_to_human", effect=state)]
    asked, _ = answered(parts, reading("talk_to_human"))
    assert asked.handoff == state


def test_erasing_is_done_after_the_turn_and_no_draft_is_told_then() -> None:
    parts = Parts()
    parts.dialogue.says = [Said("Borrado.", "delete_my_data", effect="erase")]
    asked, _ = answered(parts, reading("delete_my_data"), language="qu")
    assert asked.erase
    assert len(asked.replies) == 1


@pytest.mark.parametrize(("language", "told"), [("es", 0), ("fr", 0), ("ht", 1), ("qu", 1)])
def test_a_draft_is_told_once_with_spanish_offered(language: str, told: int) -> None:
    parts = Parts()
    asked, context = answered(parts, reading(), language=language)
    assert len(asked.replies) == 1 + told
    again = turn(language=language, understanding=reading())
    with pytest.raises(Answered):
        run(respond.run(again, context))
    assert len(again.replies) == 1
    if told:
        codes = [context.conversation.choices.get(one.id) for one in asked.replies[-1].choices]
        assert len(codes) == 1


@pytest.mark.parametrize(
    ("before", "now", "intent", "level"),
    [
        ("none", "high", "shelter", "high"),
        ("urgent", "none", "shelter", "urgent"),
        ("urgent", "none", "danger_over", "none"),
    ],
)
def test_the_level_rises_with_a_message_and_falls_by_the_persons_word_alone(
    before: Any, now: Any, intent: str, level: str
) -> None:
    context = Parts().context()
    context.conversation.urgency = before
    asked = turn(language="es", understanding=reading(intent), urgency=now)
    with pytest.raises(Answered):
        run(respond.run(asked, context))
    assert context.conversation.urgency == asked.urgency == level


def test_a_number_that_may_be_meant_as_well_stands_in_the_first_line() -> None:
    both = reading(also="medical")
    urgent = with_number("Llama al 105.\n\nMás.", both, turn(language="es", urgency="urgent"))
    assert urgent.startswith("Llama al 105. ")
    assert "106" in urgent.partition("\n\n")[0]
    high = with_number("Respuesta.", both, turn(language="es", urgency="high"))
    assert "106" in high.partition("\n\n")[0]
    assert high.endswith("Respuesta.")
    assert with_number("Respuesta.", both, turn(language="es")) == "Respuesta."
    assert with_number("A.", reading(), turn(language="es", urgency="high")) == "A."
