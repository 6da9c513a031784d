"""One thing in the stream of an open hand-off: what somebody wrote, or a code.

Decides how it is read from the relay store, and what of a stream the person gets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.stores import records
from bot.stores.store import Row
from bot.turn import Channel, abilities_of

Kind = Literal["person", "operator", "notice", "media", "place"]


@dataclass(frozen=True)
class Entry:
    """One thing in a conversation's stream.

    Attributes:
        id: Of the stream; later ones are larger.
        kind: Who wrote it; "notice" is a code for the person, "media" and "place" codes for the
            operator.
        text: Words, or a code.
        by: Operator who wrote it.
        state: State of the case that a notice tells.
        language: Of a notice.
        once: The id under which it is kept once.
    """

    id: str
    kind: Kind
    text: str
    by: str = ""
    state: str = ""
    language: str = ""
    once: str = ""

    @property
    def at(self) -> float:
        """Seconds since 1970."""
        return int(self.id.partition("-")[0]) / 1000


def for_person(entries: Iterable[Entry]) -> list[Entry]:
    """What of a stream the person gets."""
    return [entry for entry in entries if entry.kind in ("operator", "notice")]


def read_entries(rows: list[tuple[bytes, Row]]) -> list[Entry]:
    """The entries of a stream as the store gives them."""
    return [_entry(identity, row) for identity, row in rows]


def _entry(identity: bytes, row: Row) -> Entry:
    text = records.fields(row)
    return Entry(
        id=identity.decode(),
        kind=text["kind"],  # type: ignore[arg-type]
        text=text["text"],
        by=text.get("by", ""),
        state=text.get("state", ""),
        language=text.get("language", ""),
        once=text.get("once", ""),
    )


def brought_by(channel: Channel | None) -> str:
    """What brings an entry to the person: "post", their "page"; nothing where None is told."""
    if channel is None:
        return ""
    return "post" if abilities_of(channel).posted else "page"
