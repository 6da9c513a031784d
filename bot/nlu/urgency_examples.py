"""The examples that urgency is learnt from.

Decides which of them: the curated ones of `data/urgency/examples/` (level, kind of emergency, who
is in danger), half of them also as they are typed in fear, and calm messages of the topics.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.nlu import follow_up
from bot.nlu.corpus import Example, corpus, parsed, sampled
from bot.nlu.follow_up import KINDS
from bot.nlu.typos import mutated
from bot.nlu.vectors import WINDOW
from bot.paths import ROOT
from bot.text.languages import LANGUAGES
from bot.turn import Emergency, Urgency, Who

EXAMPLES = ROOT / "data" / "urgency" / "examples"

MAYBE_IN_DANGER = frozenset(
    (
        "report_fear report_for_someone_else labour_abuse online_exploitation not_criminalised "
        "international_protection_what non_refoulement documents_taken shelter medical_care "
        "mental_health basic_needs disability_support child_alone child_protection share_account"
    ).split()
)
"""Intents whose training examples may speak of danger. Those of all others are calm: they teach
what "none" sounds like."""

MUTATED_EVERY = 2
"""Of so many curated examples one is also learnt from with a letter wrong in each word."""


@dataclass(frozen=True)
class UrgencyExample:
    """A curated example; kind and who only where it is urgent."""

    language: str
    level: Urgency
    text: str
    kind: Emergency | None = None
    who: Who | None = None


@lru_cache(maxsize=1)
def read_examples(folder: Path = EXAMPLES) -> tuple[UrgencyExample, ...]:
    """The curated examples; of urgent ones also the kind of emergency and who is in danger.

    Raises:
        ValueError: A file is in another format.
    """
    found = [
        UrgencyExample(language, *row)
        for language in LANGUAGES
        for row in parsed(folder / f"{language}.yml", _by_level)
    ]
    return tuple({example.text: example for example in found}.values())


def _by_level(content: Any) -> list[tuple[Urgency, str, Emergency | None, Who | None]]:
    rows: list[tuple[Urgency, str, Emergency | None, Who | None]] = [
        ("urgent", str(text), kind, who)
        for kind, by_person in content["urgent"].items()
        for who, texts in by_person.items()
        for text in texts
    ]
    rows += [("high", str(text), None, None) for text in content["high"]]
    return rows + [("none", str(text), None, None) for text in content["none"]]


def is_calm(example: Example) -> bool:
    """Whether an example of a topic speaks of no danger, whatever words it uses."""
    return example.intent not in MAYBE_IN_DANGER


def heard(example: UrgencyExample) -> list[str]:
    """What of an example is learnt from, the decisive part last.

    Of a long urgent message the end, where danger mostly stands (its polite beginning would teach
    that politeness is danger); of a long calm one the end too: both are heard by themselves.
    """
    text = example.text
    if len(text) <= WINDOW or example.level == "high":
        return [text]
    return [text[-WINDOW:]] if example.level == "urgent" else [text, text[-WINDOW:]]


@lru_cache(maxsize=1)
def urgent_examples() -> tuple[UrgencyExample, ...]:
    """The urgent examples, as they are learnt from."""
    return tuple(
        replace(example, text=heard(example)[-1])
        for example in read_examples()
        if example.level == "urgent"
    )


@lru_cache(maxsize=1)
def training_examples() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the levels are learnt from: texts and their levels.

    Beside the curated examples: half of them as they are typed in fear, the calm messages of the
    corpus, and the follow-ups.
    """
    levels: dict[str, str] = {example.text: "none" for example in corpus() if is_calm(example)}
    levels |= {text: "none" for _, kind, text in follow_up.read_examples() if kind in KINDS}
    for example in read_examples():
        for text in heard(example):
            levels[text] = example.level
        if sampled(example.text, MUTATED_EVERY):
            levels[mutated(text, seed=1)] = example.level
    return tuple(levels), tuple(levels.values())
