"""What `python -m bot parse` says of a message: the NLU without a server, for measuring it."""

from __future__ import annotations

from typing import Any

from bot.answers.offices import INTENT_SERVICE
from bot.directory.areas import area
from bot.rasa_adapter.assistant import Assistant
from bot.text.cleaning import clean
from bot.turn import PlaceReading


def parsed(assistant: Assistant, text: str, *, explain: bool = False) -> dict[str, Any]:
    """The codes of a message.

    Args:
        assistant: The trained assistant.
        text: As a person wrote it.
        explain: Whether to add what the level of urgency comes from.

    Returns:
        language, intent, confidence, urgency, cues, is_account, place; with `explain` also the
        kind of emergency, another that may be meant, who is in danger, follow-up, age group, and
        `why`.
    """
    read = assistant.read_now(clean(text))
    intent = "share_account" if read.is_account else read.intent
    expected = intent == "give_place" or intent in INTENT_SERVICE
    place = PlaceReading() if read.place.guess and not expected else read.place
    row: dict[str, Any] = {
        "language": read.language,
        "intent": intent,
        "confidence": round(read.confidence, 4),
        "urgency": read.urgency,
        "cues": list(read.cues),
        "is_account": read.is_account,
        "place": _place(place),
    }
    if explain:
        row |= {
            "kind": read.kind,
            "also": read.also,
            "who": read.who,
            "follow_up": read.follow_up,
            "age_group": read.age_group,
            "ranking": {name: round(share, 4) for name, share in read.ranking},
            "why": assistant.explain_now(clean(text)),
        }
    return row


def _place(place: PlaceReading) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("department", "province", "district", "ubigeo"))
    if place.code:
        here = area(place.code)
        row["department"] = here.department
        row["province"] = here.province or None
        row["district"] = here.district or None
        row["ubigeo"] = place.code if len(place.code) == 6 else None
    row["candidates"] = [_candidate(code) for code in place.candidates]
    return row


def _candidate(code: str) -> dict[str, str | None]:
    here = area(code)
    return {
        "department": here.department,
        "province": here.province or None,
        "district": here.district or None,
        "ubigeo": code if len(code) == 6 else None,
    }
