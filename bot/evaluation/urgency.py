"""Urgency: recall and precision by level and language, kinds of emergency, every missed plea."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.evaluation.measure import Measure, in_language, read_all, read_yaml
from bot.nlu.typos import mutated
from bot.rasa_adapter.assistant import Assistant
from bot.text.languages import LANGUAGES
from bot.turn import NUMBER_OF, URGENCY_LEVELS, Understanding, Urgency

URGENT_GOAL = 0.95
URGENT_OR_HIGH_GOAL = 0.99
MOST_FALSE_ALARMS = 0.03
HIGH_GOAL = 0.92
MOST_LOST = 0.05
LANGUAGE_GOAL = 0.90


@dataclass(frozen=True)
class Row:
    """One message with its label, and how it was read."""

    language: str
    text: str
    level: Urgency
    fits: str
    who: str
    read: Understanding

    @property
    def fitting(self) -> frozenset[str]:
        """The kinds of emergency whose answer begins with a number that fits.

        `fits` names one kind, or several by spaces where either's number fits: an injured person
        beside the attacker may call 105 or 106.
        """
        numbers = {NUMBER_OF[kind] for kind in self.fits.split()}
        return frozenset(kind for kind, number in NUMBER_OF.items() if number in numbers)


def rows_of(assistant: Assistant, folder: Path) -> list[Row]:
    """Read all messages of `urgency/`."""
    labelled = [
        (language, row)
        for language in LANGUAGES
        for row in read_yaml(folder / "urgency" / f"{language}.yml")
    ]
    read = read_all(assistant, [str(row["text"]) for _, row in labelled])
    return [
        Row(language, row["text"], row["level"], row.get("fits", ""), row.get("who", ""), found)
        for (language, row), found in zip(labelled, read, strict=True)
    ]


def matrix(rows: list[Row]) -> list[str]:
    """How many of each level were read as each, all languages and each, with precision."""
    lines = []
    for name, own in (("all", rows), *((code, in_language(rows, code)) for code in LANGUAGES)):
        counts = Counter((row.level, row.read.urgency) for row in own)
        lines.append(
            f"{name:10}" + "".join(f"{level:>10}" for level in URGENCY_LEVELS) + "    recall"
        )
        for actual in URGENCY_LEVELS:
            cells = "".join(f"{counts[actual, found]:10}" for found in URGENCY_LEVELS)
            total = sum(counts[actual, found] for found in URGENCY_LEVELS)
            lines.append(f"  {actual:8}{cells}   {counts[actual, actual] / max(total, 1):7.1%}")
        read = Counter(row.read.urgency for row in own)
        precision = "".join(
            f"{counts[level, level] / max(read[level], 1):10.1%}" for level in URGENCY_LEVELS
        )
        lines.append(f"  precision{precision[1:]}")
    return lines


def measures(rows: list[Row]) -> list[Measure]:
    """The figures, with their goals."""
    urgent, high, none = (
        [row for row in rows if row.level == level] for level in ("urgent", "high", "none")
    )
    seen = [row for row in urgent if row.read.urgency == "urgent"]
    found = [
        Measure("urgent recognised as urgent", len(seen), len(urgent), URGENT_GOAL),
        Measure(
            "urgent recognised as urgent or high",
            sum(row.read.urgency != "none" for row in urgent),
            len(urgent),
            URGENT_OR_HIGH_GOAL,
        ),
        Measure(
            "none taken as urgent",
            sum(row.read.urgency == "urgent" for row in none),
            len(none),
            MOST_FALSE_ALARMS,
            most=True,
        ),
        Measure("none as none", sum(row.read.urgency == "none" for row in none), len(none)),
        Measure(
            "high recognised as high or urgent",
            sum(row.read.urgency != "none" for row in high),
            len(high),
            HIGH_GOAL,
        ),
    ]
    for code in LANGUAGES:
        own = in_language(urgent, code)
        good = sum(row.read.urgency == "urgent" for row in own)
        found.append(Measure(f"urgent as urgent, {code}", good, len(own), LANGUAGE_GOAL))
    found += [
        Measure(
            "the number told first fits, of those seen as urgent",
            sum(row.read.kind in row.fitting for row in seen),
            len(seen),
        ),
        Measure(
            "a number that fits in the first line, of all urgent",
            sum(bool({row.read.kind, row.read.also} & row.fitting) for row in urgent),
            len(urgent),
        ),
        Measure(
            "calm, with the number of an emergency before the answer",
            sum(bool(row.read.also) and row.read.urgency == "high" for row in none),
            len(none),
        ),
        Measure(
            "who is in danger, of those seen as urgent",
            sum(row.read.who == row.who for row in seen),
            len(seen),
        ),
    ]
    return found


def typos(assistant: Assistant, rows: list[Row]) -> Measure:
    """How many of the pleas that are seen are lost when each word has one letter wrong."""
    seen = [row for row in rows if row.level == row.read.urgency == "urgent"]
    read = read_all(assistant, [mutated(row.text) for row in seen])
    lost = sum(one.urgency != "urgent" for one in read)
    return Measure("urgent lost with one typo in each word", lost, len(seen), MOST_LOST, most=True)


def missed(rows: list[Row]) -> list[str]:
    """Every urgent message that was not seen as urgent, and what got the wrong number."""
    lines = [
        f"missed urgent ({row.language}, read as {row.read.urgency}): {row.text}"
        for row in rows
        if row.level == "urgent" and row.read.urgency != "urgent"
    ]
    lines += [
        f"another number ({row.language}, {row.fits} read as {row.read.kind}): {row.text}"
        for row in rows
        if row.level == row.read.urgency == "urgent" and row.read.kind not in row.fitting
    ]
    return lines


def misses(rows: list[Row]) -> list[str]:
    """Every other message whose level was read wrong."""
    return [
        f"urgency {row.language} {row.level} -> {row.read.urgency}: {row.text}"
        for row in rows
        if row.level not in ("urgent", row.read.urgency)
    ]
