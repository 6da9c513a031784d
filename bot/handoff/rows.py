"""A case as a record of the store, and back.

Decides what of a damaged record can be used: a number that cannot be read is 0, so that the person
behind it is not lost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

from bot.handoff.case import Case, State
from bot.stores import records
from bot.turn import CHANNELS, URGENCY_LEVELS


def to_row(case: Case) -> dict[str, str]:
    """The fields of a case as the store keeps them."""
    row = {}
    for name in Case.__dataclass_fields__:
        value = getattr(case, name)
        row[name] = " ".join(value) if isinstance(value, tuple) else str(value)
    return row


_NUMBERS = frozenset(
    "opened queued claimed ended person_wrote touched reserved_until consent".split()
)


def from_row(row: Mapping[bytes, bytes]) -> Case | None:
    """The case of a record; None where there is none, or only what was written after it died."""
    if not row:
        return None
    fields: dict[str, Any] = {}
    for name, value in row.items():
        text = value.decode("utf-8", "replace")
        field = name.decode("utf-8", "replace")
        if field in _NUMBERS:
            fields[field] = _number(text)
        elif field == "cues":
            fields[field] = tuple(text.split())
        elif field in Case.__dataclass_fields__:
            fields[field] = text
    try:
        case = Case(**fields)
    except TypeError:  # written after it had died: a lone field
        return None
    if case.state not in get_args(State) or case.level not in URGENCY_LEVELS:
        raise ValueError("state or level")
    if case.channel not in CHANNELS:
        raise ValueError("channel")
    return case


def is_sound(row: Mapping[bytes, bytes]) -> bool:
    """Whether a record can be read."""
    try:
        from_row(row)
    except records.UNREADABLE:
        return False
    return True


def _number(text: str) -> float:
    """A number of a record; 0 where it is damaged, so that the person behind it is not lost."""
    try:
        found = float(text or 0)
    except ValueError:
        return 0.0
    return found if math.isfinite(found) else 0.0
