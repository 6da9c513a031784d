"""Is every topic whole? A part of `python -m bot check`.

Decides what a topic needs before a person can ask for it, be answered and be led on: an answer with
a title and choices, an intent in the domain, a rule, examples in six languages, and a menu or an
answer that leads to it. What has one of these and lacks another is named, with what it lacks; so is
a text that nobody can come to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.answers.check_phrases import Named
from bot.answers.tables import FOLDER as RESPONSES
from bot.answers.tables import PHRASES, Answer, answers
from bot.nlu.corpus import Example, corpus
from bot.paths import ROOT
from bot.text.languages import LANGUAGES

DOMAIN = ROOT / "domain.yml"
RULES = ROOT / "data" / "rules"

MADE_BY_STAGES = frozenset(
    "urgent topic not_understood other_language follow_up danger_over handoff_accept "
    "handoff_decline handoff_wait handoff_withdraw handoff_leave".split()
)
"""Intents that no example teaches: the stages and choices make them (`bot/stages/`)."""

WITHOUT_A_TABLE = frozenset("urgent topic other_language follow_up".split())
"""Of these, whose answer is another topic's."""

ONLY_ASKED = frozenset(
    "affirm ask_source deny give_place goodbye greet opt_out out_of_scope report_online "
    "share_account thank".split()
)
"""Topics that people come to by asking alone: no menu leads to them."""

CHOICES_OF_ITS_ACTION = frozenset({"choose_language"})
"""Topics whose choices no table has: the six languages."""


@dataclass(frozen=True)
class Parts:
    """What topics are made of, as the project's files have it.

    Attributes:
        answers: Answers and phrases by their names.
        phrases: Names of those that are building blocks.
        intents: Those of the domain.
        ruled: Intents that a rule leads on from.
        languages: Each intent to the languages that have examples of it.
    """

    answers: Mapping[str, Answer]
    phrases: frozenset[str]
    intents: frozenset[str]
    ruled: frozenset[str]
    languages: Mapping[str, frozenset[str]]


def parts() -> Parts:
    """Those of the project.

    Raises:
        ValueError: A file is malformed.
        OSError: One is missing.
    """
    return Parts(
        answers=answers(),
        phrases=phrases_of(RESPONSES),
        intents=intents_of(DOMAIN),
        ruled=ruled_in(RULES),
        languages=languages_of(corpus()),
    )


def phrases_of(folder: Path) -> frozenset[str]:
    """The names of the building blocks of a folder of answers."""
    return frozenset(key for path in folder.glob(PHRASES) for key in _yaml(path))


def intents_of(domain: Path) -> frozenset[str]:
    """The intents of a domain."""
    return frozenset(
        next(iter(intent)) if isinstance(intent, dict) else intent
        for intent in _yaml(domain)["intents"]
    )


def ruled_in(folder: Path) -> frozenset[str]:
    """The intents that the rules of a folder lead on from."""
    steps = [
        step
        for path in sorted(folder.glob("*.yml"))
        for rule in _yaml(path)["rules"]
        for step in rule["steps"]
    ]
    alternatives = [one for step in steps for one in step.get("or", [step])]
    return frozenset(one["intent"] for one in alternatives if "intent" in one)


def languages_of(examples: Iterable[Example]) -> dict[str, frozenset[str]]:
    """Each intent to the languages of its examples."""
    found: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        found[example.intent].add(example.language)
    return {intent: frozenset(languages) for intent, languages in found.items()}


def problems(found: Parts, said: Iterable[Named]) -> Iterator[str]:
    """What topics lack, a sentence each.

    Args:
        found: What they are made of.
        said: What code says by itself.
    """
    led_to = {choice for one in found.answers.values() for choice in one.choices}
    askable = found.intents | found.ruled | found.languages.keys() | MADE_BY_STAGES
    for topic in sorted(askable):
        yield from (f"topics: {topic} {lack}" for lack in _lacks(topic, found, led_to))
    said = list(said)
    for key in found.answers.keys() - askable - found.phrases - led_to:
        if not any(one.means(key) for one in said):
            yield (
                f"topics: {key} has an answer that nobody can come to: no intent in domain.yml, no "
                "rule in data/rules, no examples in data/nlu, no choice or code that leads to it"
            )
    for key, one in found.answers.items():
        for choice in one.choices:
            if choice in found.answers and not found.answers[choice].title:
                yield f"topics: {choice} has no title, and {key} leads to it"


def _lacks(topic: str, found: Parts, led_to: set[str]) -> Iterator[str]:
    if topic not in found.intents:
        yield "has no intent in domain.yml"
    if topic not in found.ruled:
        yield "has no rule in data/rules"
    if topic not in MADE_BY_STAGES:
        missing = [one for one in LANGUAGES if one not in found.languages.get(topic, ())]
        if missing:
            yield f"has no examples in data/nlu in {', '.join(missing)}"
    if topic in WITHOUT_A_TABLE:
        return
    one = found.answers.get(topic)
    if one is None:
        yield "has no answer in data/responses"
        return
    if not one.title:
        yield "has no title"
    if not one.choices and topic not in CHOICES_OF_ITS_ACTION:
        yield "has no choices that lead on"
    if topic not in led_to | ONLY_ASKED | MADE_BY_STAGES:
        yield "stands in no menu (data/responses/menus.yml), and no answer leads to it"


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name} is no YAML: {error}") from None
