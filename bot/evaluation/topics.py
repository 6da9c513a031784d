"""Topics and languages: accuracy by language and by topic, confusions, what is out of scope."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.evaluation.measure import Measure, in_language, read_all, read_yaml
from bot.evaluation.urgency import MOST_FALSE_ALARMS
from bot.nlu.language import NO_LANGUAGE
from bot.nlu.urgency_examples import MAYBE_IN_DANGER
from bot.rasa_adapter.assistant import Assistant
from bot.stages.understand import SURE_OF_TOPIC
from bot.text.folding import words
from bot.text.languages import LANGUAGES
from bot.turn import Understanding

GOALS = {"es": 0.93, "en": 0.93, "pt": 0.93, "fr": 0.93, "ht": 0.88, "qu": 0.82}
LANGUAGE_GOAL = 0.97
SCOPE_GOAL = 0.85
MOST_REFUSED = 0.03

OUT_OF_SCOPE = "out_of_scope"
CONFUSIONS_TOLD = 40


@dataclass(frozen=True)
class Row:
    """One message, what it is about, and how it was read."""

    language: str
    topic: str
    text: str
    read: Understanding

    @property
    def found(self) -> str:
        """The topic that it was taken for."""
        return "share_account" if self.read.is_account else self.read.intent

    @property
    def right(self) -> bool:
        """Whether that is the topic."""
        return self.found == self.topic

    @property
    def refused(self) -> bool:
        """Whether it is met with "that I do not know" or "is it one of these"."""
        return self.found == OUT_OF_SCOPE or self.read.confidence < SURE_OF_TOPIC


def rows_of(assistant: Assistant, folder: Path) -> list[Row]:
    """Read all messages of `topics/`."""
    asked = [
        (language, topic, str(text))
        for language in LANGUAGES
        for topic, texts in read_yaml(folder / "topics" / f"{language}.yml").items()
        for text in texts
    ]
    read = read_all(assistant, [text for _, _, text in asked])
    return [Row(*about, found) for about, found in zip(asked, read, strict=True)]


def measures(rows: list[Row]) -> list[Measure]:
    """The figures, with their goals."""
    found = [_share(f"topic, {code}", in_language(rows, code), GOALS[code]) for code in LANGUAGES]
    outside = [row for row in rows if row.topic == OUT_OF_SCOPE]
    inside = [row for row in rows if row.topic != OUT_OF_SCOPE]
    found += [
        Measure("out of scope caught", _count(outside, "refused"), len(outside), SCOPE_GOAL),
        Measure(
            "real questions taken as out of scope",
            sum(row.found == OUT_OF_SCOPE for row in inside),
            len(inside),
            MOST_REFUSED,
            most=True,
        ),
        Measure(
            "real questions met with guesses instead of an answer",
            sum(row.refused and row.found != OUT_OF_SCOPE for row in inside),
            len(inside),
        ),
        Measure("right when answered", *_answered(inside)),
    ]
    shown = [row for row in rows if row.topic not in NO_LANGUAGE and len(words(row.text)) >= 3]
    for code in LANGUAGES:
        of_language = in_language(shown, code)
        good = sum(row.read.language == code for row in of_language)
        found.append(Measure(f"language, 3 words and more, {code}", good, len(of_language)))
    good = sum(row.read.language == row.language for row in shown)
    found.append(Measure("language, 3 words and more, all", good, len(shown), LANGUAGE_GOAL))
    calm = [row for row in rows if row.topic not in MAYBE_IN_DANGER]
    alarms = sum(row.read.urgency == "urgent" for row in calm)
    found.append(
        Measure("calm topics taken as urgent", alarms, len(calm), MOST_FALSE_ALARMS, most=True)
    )
    warned = sum(row.read.urgency == "high" for row in calm)
    found.append(Measure("calm topics taken as high", warned, len(calm)))
    return found


def table(rows: list[Row]) -> list[str]:
    """Accuracy of each topic in each language, as Markdown, the weakest first."""
    lines = [f"| topic | all | {' | '.join(LANGUAGES)} | messages |", "|---" * 9 + "|"]
    topics = {row.topic for row in rows}
    for topic in sorted(topics, key=lambda name: (_accuracy(_about(rows, name)), name)):
        own = _about(rows, topic)
        cells = " | ".join(f"{_accuracy(in_language(own, code)):.0%}" for code in LANGUAGES)
        lines.append(f"| {topic} | {_accuracy(own):.0%} | {cells} | {len(own)} |")
    return lines


def confusions(rows: list[Row]) -> list[str]:
    """The pairs of topics that are taken for each other most often."""
    counts = Counter((row.topic, row.found) for row in rows if not row.right)
    return [
        f"{count:4}  {topic} -> {found}"
        for (topic, found), count in counts.most_common(CONFUSIONS_TOLD)
    ]


def misses(rows: list[Row]) -> list[str]:
    """Every message that was read wrong."""
    return [
        f"topic {row.language} {row.topic} -> {row.found} {row.read.confidence:.2f}: {row.text}"
        for row in rows
        if not row.right
    ]


def _about(rows: list[Row], topic: str) -> list[Row]:
    return [row for row in rows if row.topic == topic]


def _accuracy(rows: list[Row]) -> float:
    return sum(row.right for row in rows) / len(rows) if rows else 0.0


def _share(name: str, rows: list[Row], goal: float) -> Measure:
    return Measure(name, sum(row.right for row in rows), len(rows), goal)


def _count(rows: list[Row], what: str) -> int:
    return sum(bool(getattr(row, what)) for row in rows)


def _answered(rows: list[Row]) -> tuple[int, int]:
    answered = [row for row in rows if not row.refused]
    return sum(row.right for row in answered), len(answered)
