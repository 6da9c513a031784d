"""One thing in the stream of an open hand-off."""

from __future__ import annotations

from bot.handoff.entries import Entry, for_person, read_entries


def test_a_stream_is_read_with_the_time_of_each_entry() -> None:
    row = {b"kind": b"operator", b"text": "aquí estoy".encode(), b"by": b"rosa"}
    (found,) = read_entries([(b"1764500000123-0", row)])
    assert (found.text, found.by, found.at) == ("aquí estoy", "rosa", 1764500000.123)


def test_the_person_gets_what_operators_write_and_notices() -> None:
    kinds = ("person", "operator", "notice", "media", "place")
    found = for_person(Entry("1-0", kind, "x") for kind in kinds)  # type: ignore[arg-type]
    assert [entry.kind for entry in found] == ["operator", "notice"]
