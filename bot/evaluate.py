"""`make eval`: how well messages are understood, on data that nothing was trained on.

Decides the measures: accuracy of topic and language by language, of places, recall and precision
of urgency, accounts, languages outside the six; with the goals that each must reach. It first
proves that no evaluation message is a training example. Data: `tests/data/`, written by other
hands than the training data.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.assistant import Assistant, newest_model
from bot.folding import words
from bot.languages import LANGUAGES
from bot.nlu.corpus import corpus
from bot.nlu.language import NO_LANGUAGE
from bot.nlu.urgency import read_examples
from bot.settings import ROOT
from bot.turn import URGENCY_LEVELS, Understanding

DATA = ROOT / "tests" / "data"

REPORTING_FIND_CONVERSATION = ("reporting", "find", "conversation")
"""Groups of topics whose answers must be found best: people come for them first."""

TOPIC_GOALS = {"es": 0.90, "en": 0.90, "pt": 0.90, "fr": 0.90, "ht": 0.85, "qu": 0.85}
LANGUAGE_GOAL = 0.97
PLACE_GOAL = 0.95

CODES_OF_PLACE = {"ubigeo": 6, "province": 4, "department": 2}


@dataclass(frozen=True)
class Measure:
    """One figure: how many of how many were right, and the goal where there is one."""

    name: str
    right: int
    total: int
    goal: float = 0.0

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.right / self.total if self.total else 0.0

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.share >= self.goal


def overlap(folder: Path = DATA) -> list[str]:
    """Evaluation messages of two words and more that are also training examples, folded."""
    trained = {tuple(words(example.text)) for example in corpus()}
    trained |= {tuple(words(text)) for _, _, text in read_examples()}
    return sorted(
        {
            text
            for text in _all_texts(folder)
            if len(words(text)) >= 2 and tuple(words(text)) in trained
        }
    )


def run(model_dir: Path, folder: Path = DATA, *, show_misses: bool = False) -> bool:
    """Measure everything and print it.

    Args:
        model_dir: Folder of the trained model.
        folder: Folder of the evaluation data.
        show_misses: Whether every miss is printed.

    Returns:
        Whether every goal is reached and no message is a training example.
    """
    shared = overlap(folder)
    print(f"Evaluation messages that are training examples: {len(shared)}")
    for text in shared:
        print(f"  {text}")
    assistant = Assistant(newest_model(model_dir), None)
    measures = [
        *_topics(assistant, folder, show_misses),
        *_urgency(assistant, folder, show_misses),
        *_places(assistant, folder, show_misses),
        *_accounts(assistant, folder, show_misses),
        *_other_languages(assistant, folder, show_misses),
    ]
    print(f"\n{'measure':44} {'right':>6} {'of':>6} {'share':>7} {'goal':>6}")
    for measure in measures:
        mark = "" if measure.reached else "  below the goal"
        goal = f"{measure.goal:6.0%}" if measure.goal else "      "
        print(
            f"{measure.name:44} {measure.right:6} {measure.total:6} {measure.share:7.1%} "
            f"{goal}{mark}"
        )
    return not shared and all(measure.reached for measure in measures)


def _read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _groups() -> dict[str, str]:
    """Which group of CONTENT.md a topic belongs to: the name of its training file."""
    found = {}
    for path in sorted((ROOT / "data" / "nlu" / "es").glob("*.yml")):
        for block in _read_yaml(path)["nlu"]:
            found[block["intent"]] = path.stem
    return found


def _topics(assistant: Assistant, folder: Path, show_misses: bool) -> list[Measure]:
    groups = _groups()
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    by_topic: dict[str, Counter[str]] = defaultdict(Counter)
    confusions: Counter[tuple[str, str]] = Counter()
    languages: Counter[tuple[str, bool]] = Counter()
    for language in LANGUAGES:
        for topic, texts in _read_yaml(folder / "topics" / f"{language}.yml").items():
            for text in texts:
                read = assistant.read_now(str(text))
                first = groups[topic] in REPORTING_FIND_CONVERSATION
                part = "first" if first else "rest"
                found = "share_account" if read.is_account else read.intent
                total[part, language] += 1
                right[part, language] += found == topic
                by_topic[topic]["total"] += 1
                by_topic[topic]["right"] += found == topic
                if found != topic:
                    confusions[topic, found] += 1
                    if show_misses:
                        print(f"topic {language} {topic} -> {found} {read.confidence:.2f}: {text}")
                if topic not in NO_LANGUAGE and len(words(str(text))) >= 3:
                    languages[language, read.language == language] += 1
                    if show_misses and read.language != language:
                        print(f"language {language} -> {read.language}: {text}")
    print("\nTopics most often taken for another:")
    for (topic, found), count in confusions.most_common(25):
        print(f"  {count:3}  {topic} -> {found}")
    print("\nTopics with the lowest accuracy, all languages:")
    ordered = sorted(by_topic.items(), key=lambda item: item[1]["right"] / item[1]["total"])
    for topic, counts in ordered[:15]:
        print(f"  {counts['right'] / counts['total']:6.1%}  {topic} ({counts['total']})")
    measures = []
    for language in LANGUAGES:
        measures.append(
            Measure(
                f"topic, reporting+find+conversation, {language}",
                right["first", language],
                total["first", language],
                TOPIC_GOALS[language],
            )
        )
    measures += [
        Measure(f"topic, the rest, {language}", right["rest", language], total["rest", language])
        for language in LANGUAGES
    ]
    for language in LANGUAGES:
        good = languages[language, True]
        counted = good + languages[language, False]
        measures.append(Measure(f"language, 3 words and more, {language}", good, counted))
    good = sum(languages[language, True] for language in LANGUAGES)
    measures.append(
        Measure("language, 3 words and more, all", good, sum(languages.values()), LANGUAGE_GOAL)
    )
    return measures


def _urgency(assistant: Assistant, folder: Path, show_misses: bool) -> list[Measure]:
    matrix: Counter[tuple[str, str]] = Counter()
    of_language: Counter[tuple[str, bool]] = Counter()
    for language in LANGUAGES:
        for row in _read_yaml(folder / "urgency" / f"{language}.yml"):
            level = assistant.read_now(row["text"]).urgency
            matrix[row["level"], level] += 1
            if row["level"] == "urgent":
                of_language[language, level == "urgent"] += 1
                if level != "urgent":
                    print(f"missed urgent ({language}, read as {level}): {row['text']}")
            elif show_misses and level != row["level"]:
                print(f"urgency {language} {row['level']} -> {level}: {row['text']}")
    print(f"\n{'urgency, as is':16}" + "".join(f"{level:>10}" for level in URGENCY_LEVELS))
    for actual in URGENCY_LEVELS:
        cells = "".join(f"{matrix[actual, found]:10}" for found in URGENCY_LEVELS)
        print(f"{actual:16}{cells}")
    urgent, high, none = (
        sum(matrix[level, found] for found in URGENCY_LEVELS)
        for level in ("urgent", "high", "none")
    )
    seen = matrix["urgent", "urgent"]
    return [
        Measure("urgent recognised as urgent", seen, urgent),
        Measure("urgent as urgent or high", seen + matrix["urgent", "high"], urgent),
        Measure("none not taken as urgent", none - matrix["none", "urgent"], none),
        Measure("none as none", matrix["none", "none"], none),
        Measure("high as high or urgent", high - matrix["high", "none"], high),
        *(
            Measure(
                f"urgent recognised, {language}",
                of_language[language, True],
                of_language[language, True] + of_language[language, False],
            )
            for language in LANGUAGES
        ),
    ]


def _places(assistant: Assistant, folder: Path, show_misses: bool) -> list[Measure]:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in _read_yaml(folder / "places.yml"):
        read = assistant.read_now(row["text"])
        kind = next(
            name for name in (*CODES_OF_PLACE, "ambiguous", "foreign", "none") if name in row
        )
        good = _place_is_right(read, row)
        total[kind] += 1
        right[kind] += good
        if show_misses and not good:
            print(f"place {kind} {row}: {read.place}")
    return [
        *(Measure(f"place, {kind}", right[kind], total[kind]) for kind in total),
        Measure("place, all", sum(right.values()), sum(total.values()), PLACE_GOAL),
    ]


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


def _accounts(assistant: Assistant, folder: Path, show_misses: bool) -> list[Measure]:
    right: Counter[bool] = Counter()
    total: Counter[bool] = Counter()
    for row in _read_yaml(folder / "accounts.yml"):
        read = assistant.read_now(row["text"])
        found = read.is_account or read.intent == "share_account"
        total[row["account"]] += 1
        right[row["account"]] += found == row["account"]
        if show_misses and found != row["account"]:
            print(f"account {row['account']} -> {found}: {row['text']}")
    return [
        Measure("account met as one", right[True], total[True]),
        Measure("no account, not taken for one", right[False], total[False]),
    ]


def _other_languages(assistant: Assistant, folder: Path, show_misses: bool) -> list[Measure]:
    rows = _read_yaml(folder / "other_languages.yml")
    found = [assistant.read_now(row["text"]).other_language for row in rows]
    if show_misses:
        for row, seen in zip(rows, found, strict=True):
            if not seen:
                print(f"other language {row['language']} not seen: {row['text']}")
    wrong = total = 0
    for language in LANGUAGES:
        for texts in _read_yaml(folder / "topics" / f"{language}.yml").values():
            total += len(texts)
            wrong += sum(assistant.read_now(str(text)).other_language for text in texts[:2])
    return [
        Measure("language outside the six noticed", sum(found), len(rows)),
        Measure("the six not taken for another", total - wrong, total),
    ]


def _all_texts(folder: Path) -> Iterable[str]:
    for path in sorted(folder.rglob("*.yml")):
        content = _read_yaml(path)
        if isinstance(content, dict):
            yield from (str(text) for texts in content.values() for text in texts)
        else:
            yield from (str(row["text"]) for row in content)
