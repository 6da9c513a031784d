"""Whether every topic is whole: intent, rule, answer, title, examples in all languages.

Decides what a topic needs before it can be asked for and answered; Rasa itself would train without
a rule and answer with silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.answers.tables import Answer, answers
from bot.nlu.corpus import corpus
from bot.paths import ROOT
from bot.text.languages import LANGUAGES


def problems() -> Iterator[str]:
    """What the project's own topics lack, a sentence each."""
    examples: dict[str, set[str]] = {}
    for example in corpus():
        examples.setdefault(example.intent, set()).add(example.language)
    return missing(intents(), ruled(), examples, answers())


def missing(
    domain: Collection[str],
    rules: Collection[str],
    examples: Mapping[str, Collection[str]],
    texts: Mapping[str, Answer],
) -> Iterator[str]:
    """What topics lack.

    Args:
        domain: Intents of domain.yml.
        rules: Intents that a rule begins with.
        examples: Each intent to the languages that it has examples in.
        texts: Answers by topic.
    """
    for intent in sorted(domain):
        if intent not in rules:
            yield f"rules: {intent} has no rule in data/rules/: nothing would be said"
        if intent in texts and not texts[intent].title:
            yield f"answers: {intent} has no title: no button can lead to it"
    for intent in sorted(set(rules) - set(domain)):
        yield f"rules: {intent} is no intent of domain.yml"
    for intent, languages in sorted(examples.items()):
        if intent not in domain:
            yield f"training: {intent} is no intent of domain.yml"
        if intent not in texts:
            yield f"answers: {intent} has examples and no answer in data/responses/"
        without = [code for code in LANGUAGES if code not in languages]
        if without:
            yield f"training: {intent} has no example in {', '.join(without)}"


def intents(path: Path = ROOT / "domain.yml") -> set[str]:
    """The intents of the domain."""
    rows = _yaml(path)["intents"]
    return {next(iter(row)) if isinstance(row, dict) else row for row in rows}


def ruled(folder: Path = ROOT / "data" / "rules") -> set[str]:
    """The intents that a rule begins with."""
    found: set[str] = set()
    for path in folder.glob("*.yml"):
        for rule in _yaml(path)["rules"]:
            first = rule["steps"][0]
            found |= {one["intent"] for one in first.get("or", [first])}
    return found


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
