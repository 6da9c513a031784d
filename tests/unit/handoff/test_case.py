"""A case: who asked for a person, in codes."""

from __future__ import annotations

import pytest

from bot.handoff.case import new_case
from tests.unit.fakes import CONVERSATION, case


def test_a_new_case_waits_and_holds_codes_only() -> None:
    opened = new_case(
        CONVERSATION, "web", "fr", "urgent", ["violence"], "150101", "minor", promised=True
    )
    assert opened.is_open
    assert opened.state == "waiting"
    assert (opened.cues, opened.promised) == (("violence",), "yes")
    assert CONVERSATION not in opened.id


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        ("waiting", True),
        ("active", True),
        ("closed", False),
        ("refused", False),
        ("expired", False),
    ],
)
def test_a_case_is_open_while_it_waits_or_is_active(state: str, is_open: bool) -> None:
    assert case(state).is_open is is_open


def test_no_two_cases_have_one_id() -> None:
    assert len({case().id for _ in range(200)}) == 200
