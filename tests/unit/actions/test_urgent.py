"""Danger now: the number that fits comes first, then what else was asked for."""

from __future__ import annotations

import pytest

from actions.urgent import ActionUrgent
from tests.unit.fakes import acted, tracker


@pytest.mark.parametrize("kind", ["danger", "child", "child_alone", "medical", "self_harm"])
def test_each_kind_of_emergency_has_its_own_beginning(kind: str) -> None:
    said = acted(ActionUrgent(), tracker("urgent", kind=kind))
    assert said.keys[0] == f"urgent_{kind}"
    assert said.slots["last_topic"] == f"urgent_{kind}"


def test_danger_of_no_kind_is_danger() -> None:
    assert acted(ActionUrgent(), tracker("urgent")).keys[0] == "urgent_danger"


def test_an_office_that_was_asked_for_in_the_same_breath_is_told_too() -> None:
    said = acted(ActionUrgent(), tracker("urgent", topic="find_police", place="210101"))
    assert said.about[:2] == ["urgent", "find_police"]


def test_for_a_child_it_is_the_office_for_children() -> None:
    said = acted(ActionUrgent(), tracker("urgent", {"place": "210101"}, kind="child"))
    assert said.about[1] == "find_upe"


def test_who_tells_what_happened_is_met_after_the_number() -> None:
    said = acted(ActionUrgent(), tracker("urgent", topic="share_account"))
    assert said.keys[:2] == ["urgent_danger", "share_account"]


def test_the_categories_are_remembered_for_a_hand_off_later() -> None:
    said = acted(ActionUrgent(), tracker("urgent", cues="violence debt"))
    assert said.slots["last_cues"] == "violence debt"
