"""A case as a record of the store, and back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.handoff.rows import from_row, is_sound, to_row
from tests.unit.fakes import case


def stored(**changes: Any) -> dict[bytes, bytes]:
    row = to_row(case("active", cues=("violence", "debt"), claimed=12.5)) | changes
    return {name.encode(): value.encode() for name, value in row.items()}


def test_a_case_comes_back_as_it_was_written() -> None:
    found = from_row(stored())
    assert found is not None
    assert (found.cues, found.claimed, found.state) == (("violence", "debt"), 12.5, "active")


@pytest.mark.parametrize("value", ["nonsense", "nan", "inf", ""])
def test_a_number_that_cannot_be_read_loses_nobody(value: str) -> None:
    found = from_row(stored(claimed=value))
    assert found is not None
    assert found.claimed == 0.0


@pytest.mark.parametrize("row", [{}, {b"touched": b"1"}])
def test_what_was_written_after_a_case_died_is_no_case(row: dict[bytes, bytes]) -> None:
    assert from_row(row) is None


def test_a_field_of_another_release_is_left_out() -> None:
    assert from_row(stored(colour="red")) is not None


@pytest.mark.parametrize("changes", [{"state": "sleeping"}, {"level": "odd"}, {"channel": "odd"}])
def test_a_record_that_says_nothing_known_is_damaged(changes: dict[str, str]) -> None:
    assert not is_sound(stored(**changes))
    assert is_sound(stored())
