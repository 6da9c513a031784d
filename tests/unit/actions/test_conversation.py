"""The person decides: the language, erasing, no more messages."""

from __future__ import annotations

from actions.conversation import ActionChooseLanguage, ActionErase, ActionOptOut
from tests.unit.fakes import acted, tracker


def test_six_languages_are_offered() -> None:
    said = acted(ActionChooseLanguage(), tracker("choose_language"))
    assert len(said.choices) == 6


def test_a_new_language_is_confirmed_and_the_last_answer_is_said_again_in_it() -> None:
    seen = tracker("choose_language", {"last_topic": "shelter"}, topic="language_changed")
    assert acted(ActionChooseLanguage(), seen).keys == ["language_changed", "shelter"]


def test_a_new_language_without_an_answer_before_is_only_confirmed() -> None:
    seen = tracker("choose_language", topic="language_changed")
    assert acted(ActionChooseLanguage(), seen).keys == ["language_changed"]


def test_erasing_and_stopping_take_effect_after_the_turn() -> None:
    for action, topic in ((ActionErase(), "delete_my_data"), (ActionOptOut(), "opt_out")):
        said = acted(action, tracker(topic))
        assert (said.keys, said.effects) == ([topic], ["erase"])
