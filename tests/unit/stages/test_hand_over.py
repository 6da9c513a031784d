"""While a person waits for an operator, or writes with one: who gets the message."""

from __future__ import annotations

from typing import Any

import pytest
from redis.exceptions import ConnectionError as StoreConnectionError

from bot.stages import hand_over
from bot.stages.opt_out import run as opt_out
from bot.turn import Answered, Position, Turn
from tests.unit.fakes import Parts, case, run, turn


def intent(asked: Turn) -> str:
    return asked.understanding.intent if asked.understanding else ""


def passed(asked: Turn, state: str = "", **kept: Any) -> Parts:
    """A turn that goes on to the next stage."""
    parts = Parts()
    parts.handoff.case = case(state) if state else None
    context = parts.context()
    for name, value in kept.items():
        setattr(context.conversation, name, value)
    run(hand_over.run(asked, context))
    return parts


def handed(asked: Turn, **kept: Any) -> list[tuple[Any, ...]]:
    """What an operator gets of a turn."""
    parts = Parts()
    parts.handoff.case = case("active")
    context = parts.context()
    for name, value in kept.items():
        setattr(context.conversation, name, value)
    with pytest.raises(Answered):
        run(hand_over.run(asked, context))
    assert asked.relayed
    assert asked.text == ""
    assert not asked.replies
    return parts.handoff.done


def test_an_active_hand_off_takes_words_and_the_bot_is_silent() -> None:
    asked = turn("me quieren llevar", message_id="SM1")
    assert handed(asked) == [("from_person", "person", "me quieren llevar", "SM1 text")]
    assert asked.handoff == "active"


def test_media_are_told_as_such_and_their_text_too() -> None:
    asked = turn("mira", media=True, message_id="SM1")
    assert handed(asked) == [
        ("from_person", "media", "", "SM1"),
        ("from_person", "person", "mira", "SM1 text"),
    ]


def test_a_position_goes_to_the_operator_as_a_district() -> None:
    asked = turn(position=Position(-12.046, -77.043))
    ((_, kind, district, _),) = handed(asked)
    assert kind == "place"
    assert district.startswith("15")
    assert asked.position is None


def test_a_pressed_button_goes_to_the_operator_by_its_title() -> None:
    asked = turn(choice="a")
    ((_, kind, title, _),) = handed(asked, choices={"a": "shelter"}, language="en")
    assert kind == "person"
    assert title


@pytest.mark.parametrize("word", ["SALIR", "exit", "sair", "sortir", "soti", "lluqsiy"])
def test_one_word_leaves_an_active_hand_off_in_any_language(word: str) -> None:
    asked = turn(word)
    passed(asked, "active")
    assert intent(asked) == "handoff_leave"
    assert asked.text == ""


@pytest.mark.parametrize("text", ["no gracias", "cancel", "não obrigada", "non merci", "non mèsi"])
def test_no_thanks_withdraws_while_waiting(text: str) -> None:
    asked = turn(text)
    passed(asked, "waiting")
    assert intent(asked) == "handoff_withdraw"
    assert asked.handoff == "waiting"


def test_while_waiting_the_bot_still_answers() -> None:
    asked = turn("dónde denuncio")
    passed(asked, "waiting")
    assert intent(asked) == ""
    assert asked.text == "dónde denuncio"


@pytest.mark.parametrize("word", ["stop", "borrar"])
@pytest.mark.parametrize("state", ["waiting", "active"])
def test_the_wish_to_stop_or_to_erase_is_never_handed_over(word: str, state: str) -> None:
    asked = turn(word)
    run(opt_out(asked, Parts().context()))
    parts = passed(asked, state)
    assert parts.handoff.done == [("leave",)]
    assert asked.handoff == "closed"


@pytest.mark.parametrize("text", ["sí", "yes please", "sim", "oui", "wi", "arí", "ok"])
def test_yes_after_an_offer_accepts_without_the_model(text: str) -> None:
    asked = turn(text)
    passed(asked, asks="handoff")
    assert intent(asked) == "handoff_accept"


@pytest.mark.parametrize("text", ["no", "not now", "não", "non", "manam", "no gracias"])
def test_no_after_an_offer_declines(text: str) -> None:
    asked = turn(text)
    passed(asked, asks="handoff")
    assert intent(asked) == "handoff_decline"


@pytest.mark.parametrize("text", ["sí", "no", "no puedo hablar ahora porque me oyen", ""])
def test_yes_and_no_mean_nothing_here_without_an_offer(text: str) -> None:
    asked = turn(text)
    passed(asked)
    assert intent(asked) == ""


def test_a_longer_answer_to_an_offer_is_for_the_model() -> None:
    asked = turn("no puedo hablar ahora porque me oyen")
    passed(asked, asks="handoff")
    assert intent(asked) == ""


def test_a_button_that_leaves_is_answered_also_when_it_is_over() -> None:
    asked = turn(choice=hand_over.LEAVE)
    passed(asked)
    assert intent(asked) == "handoff_leave"


def after(asked: Turn, parts: Parts, of_case: bool = True) -> list[tuple[Any, ...]]:
    context = parts.context()
    context.case = case("waiting", language="es") if of_case else None
    run(hand_over.after(asked, context))
    return parts.handoff.done


def test_where_to_answer_and_in_which_language_is_kept_while_a_hand_off_is_open() -> None:
    asked = turn(language="fr", handoff="waiting", return_address="sealed")
    assert after(asked, Parts()) == [("speaks", "fr"), ("keep_address", "sealed")]


@pytest.mark.parametrize(
    "asked",
    [
        turn(handoff="none", return_address="sealed"),
        turn(handoff="closed", return_address="sealed"),
        turn(handoff="waiting", return_address="sealed", erase=True),
    ],
)
def test_no_address_is_kept_without_an_open_hand_off(asked: Turn) -> None:
    assert after(asked, Parts()) == []


def test_an_address_that_could_not_be_kept_costs_nobody_the_answer() -> None:
    parts = Parts()
    parts.handoff.fails = StoreConnectionError()
    assert after(turn(handoff="waiting", return_address="s"), parts, of_case=False) == []
