"""Cases, entries and offices as the desk's script gets them: JSON, codes, and words where allowed.

Decides what an operator sees of a case that is not theirs: level, categories, language, district,
age, channel and times, never words; and that a stream is shown from the first claim on.
"""

from __future__ import annotations

from typing import Any

from bot.answers.tables import say
from bot.directory.areas import area, exists
from bot.handoff.case import Case
from bot.handoff.entries import Entry
from bot.turn import abilities_of
from bot.twilio.rest import OPTED_OUT


def case_row(case: Case) -> dict[str, Any]:
    """A case, in codes."""
    return {
        "id": case.id,
        "level": case.level,
        "cues": list(case.cues),
        "language": case.language,
        "district": case.district,
        "place": place_name(case.district),
        "age": case.age,
        "channel": case.channel,
        "state": case.state,
        "opened": case.opened,
        "queued": case.queued,
        "claimed": case.claimed,
        "operator": case.operator,
        "reserved": case.reserved,
        "reserved_until": case.reserved_until,
        "consent": case.consent,
        "window": window(case),
        "window_closed": case.window_closed,
        "outcome": case.outcome,
        "group": case.origin,
    }


def window(case: Case) -> float:
    """When the channel no longer lets us write; 0 where it always does."""
    seconds = abilities_of(case.channel).window_seconds
    return case.person_wrote + seconds if seconds is not None else 0.0


def may_write(case: Case, now: float) -> str:
    """Why an operator cannot write any more; empty where they can."""
    if case.window_closed:
        return "opted_out" if case.window_closed == OPTED_OUT else "window_closed"
    end = window(case)
    return "window_closed" if end and now >= end else ""


def entry_row(case: Case, entry: Entry, delivery: str, language: str) -> dict[str, Any]:
    """An entry of the stream, for the operator who has the case and reads this language."""
    text = entry.text
    if entry.kind == "place":
        text = place_name(text) or text
    elif entry.kind == "notice":
        text = say(text, language)
    return {
        "case": case.id,
        "id": entry.id,
        "kind": entry.kind,
        "text": text,
        "by": entry.by,
        "at": entry.at,
        "delivery": delivery,
        "message": entry.once.partition(" ")[2] if entry.kind == "operator" else "",
    }


def since_claim(case: Case, entries: list[Entry]) -> list[Entry]:
    """What of a stream belongs to this case."""
    return [entry for entry in entries if entry.at >= case.opened - 1]


def place_name(code: str) -> str:
    """A place in words; empty where none is known."""
    return area(code).full_name if code and exists(code) else ""
