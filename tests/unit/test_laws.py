"""The laws that the shape of the code keeps."""

from __future__ import annotations

import inspect

import yaml
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor

from bot.evaluation.run import overlap
from bot.paths import ROOT
from bot.stores.keys import RECORDS, RETENTION


def test_no_slot_takes_words() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    for name, slot in domain["slots"].items():
        for mapping in slot["mappings"]:
            assert mapping["type"] in ("from_entity", "custom"), name


def test_there_is_no_form_and_no_open_question_in_the_dialogue() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    assert "forms" not in domain
    assert not any(action.startswith("validate_") for action in domain["actions"])


def test_rasa_still_has_the_names_that_we_rely_on() -> None:
    assert inspect.iscoroutinefunction(MessageProcessor._run_action)
    assert callable(MessageProcessor._parse_message_with_graph)
    assert inspect.iscoroutinefunction(RemoteAction._utter_responses)


def test_nothing_of_a_person_lives_longer_than_a_day() -> None:
    of_people = {name: seconds for name, seconds in RETENTION.items() if name not in RECORDS}
    assert 0 < min(of_people.values()) <= max(of_people.values()) <= 24 * 3600


def test_words_live_a_quarter_of_an_hour_at_most() -> None:
    assert RETENTION["words"] <= 15 * 60


def test_no_evaluation_message_is_a_training_example() -> None:
    assert overlap() == []
