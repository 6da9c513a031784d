"""Follow-ups, places, accounts, and languages outside the six."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from bot.evaluation.measure import Measure, read_all, read_yaml
from bot.rasa_adapter.assistant import Assistant
from bot.text.languages import LANGUAGES
from bot.turn import Understanding

PLACE_GOAL = 0.95
CODES_OF_PLACE = {"ubigeo": 6, "province": 4, "department": 2}


def follow_ups(assistant: Assistant, folder: Path) -> tuple[list[Measure], list[str]]:
    """Follow-ups by language; the misses."""
    measures, misses = [], []
    for language in LANGUAGES:
        rows = [
            (kind, str(text))
            for kind, texts in read_yaml(folder / "follow_up" / f"{language}.yml").items()
            for text in texts
        ]
        read = read_all(assistant, [text for _, text in rows])
        right = 0
        for (kind, text), found in zip(rows, read, strict=True):
            good = (found.follow_up or "none") == kind
            right += good
            if not good:
                misses.append(f"follow-up {language} {kind} -> {found.follow_up or 'none'}: {text}")
        measures.append(Measure(f"follow-up, {language}", right, len(rows)))
    return measures, misses


def places(assistant: Assistant, folder: Path) -> tuple[list[Measure], list[str]]:
    """Places by kind; the misses."""
    rows = read_yaml(folder / "places.yml")
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    misses = []
    for row, read in zip(
        rows, read_all(assistant, [str(row["text"]) for row in rows]), strict=True
    ):
        kind = next(
            name for name in (*CODES_OF_PLACE, "ambiguous", "foreign", "none") if name in row
        )
        good = _place_is_right(read, row)
        total[kind] += 1
        right[kind] += good
        if not good:
            misses.append(f"place {kind} {row}: {read.place}")
    measures = [Measure(f"place, {kind}", right[kind], total[kind]) for kind in total]
    measures.append(Measure("place, all", sum(right.values()), sum(total.values()), PLACE_GOAL))
    return measures, misses


def _place_is_right(read: Understanding, row: dict[str, Any]) -> bool:
    place = read.place
    if row.get("ambiguous"):
        return len(place.candidates) > 1
    if row.get("foreign"):
        return bool(place.foreign) and not place.code
    if row.get("none"):
        return place.guess or not (place.code or place.candidates or place.foreign)
    expected = next(str(row[name]) for name in CODES_OF_PLACE if name in row)
    return place.code == expected


def accounts(assistant: Assistant, folder: Path) -> tuple[list[Measure], list[str]]:
    """Accounts met as such, and other long messages left alone; the misses."""
    rows = read_yaml(folder / "accounts.yml")
    right: Counter[bool] = Counter()
    total: Counter[bool] = Counter()
    misses = []
    for row, read in zip(
        rows, read_all(assistant, [str(row["text"]) for row in rows]), strict=True
    ):
        found = read.is_account or read.intent == "share_account"
        total[row["account"]] += 1
        right[row["account"]] += found == row["account"]
        if found != row["account"]:
            misses.append(f"account {row['account']} -> {found}: {row['text']}")
    return [
        Measure("account met as one", right[True], total[True]),
        Measure("no account, not taken for one", right[False], total[False]),
    ], misses


def other_languages(
    assistant: Assistant, folder: Path, six: list[Understanding]
) -> tuple[list[Measure], list[str]]:
    """Languages outside the six, noticed; the six, not taken for another.

    Args:
        assistant: The trained assistant.
        folder: Of the evaluation data.
        six: Messages in the six languages, as read.
    """
    rows = read_yaml(folder / "other_languages.yml")
    read = read_all(assistant, [str(row["text"]) for row in rows])
    misses = [
        f"other language {row['language']} not seen: {row['text']}"
        for row, one in zip(rows, read, strict=True)
        if not one.other_language
    ]
    mistaken = sum(one.other_language for one in six)
    return [
        Measure("language outside the six noticed", len(rows) - len(misses), len(rows)),
        Measure("the six not taken for another", len(six) - mistaken, len(six)),
    ], misses
