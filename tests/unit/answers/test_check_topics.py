"""What the check tells of a topic that is complete but for one thing, in a copy of the data."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

import pytest

from bot.answers import check_topics, tables
from bot.answers.check_phrases import named
from bot.answers.check_topics import Parts, intents_of, languages_of, phrases_of, ruled_in
from bot.nlu.corpus import Example
from bot.paths import ROOT

TOPIC = "shelter"
SAID = named()


@pytest.fixture(scope="module")
def whole() -> Parts:
    return check_topics.parts()


def problems(found: Parts) -> list[str]:
    return list(check_topics.problems(found, SAID))


def rewritten(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def without_block(text: str, head: str) -> str:
    """A text without the lines that are indented below one, and without that."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        indent = len(head) - len(head.lstrip())
        if inside and line.strip() and len(line) - len(line.lstrip()) <= indent:
            inside = False
        if line.startswith(head):
            inside = True
        if not inside:
            kept.append(line)
    return "\n".join(kept) + "\n"


@pytest.fixture
def responses(tmp_path: Path) -> Path:
    return copytree(tables.FOLDER, tmp_path / "responses")


def read(whole: Parts, responses: Path) -> Parts:
    return replace(whole, answers=tables.load(responses), phrases=phrases_of(responses))


def test_the_topics_of_the_project_are_whole(whole: Parts) -> None:
    assert problems(whole) == []


def test_a_topic_without_a_rule_is_named(whole: Parts, tmp_path: Path) -> None:
    rules = copytree(check_topics.RULES, tmp_path / "rules")
    rewritten(rules / "topics.yml", lambda text: text.replace(f"          - intent: {TOPIC}\n", ""))
    assert problems(replace(whole, ruled=ruled_in(rules))) == [
        f"topics: {TOPIC} has no rule in data/rules"
    ]


def test_a_topic_without_an_intent_is_named(whole: Parts, tmp_path: Path) -> None:
    domain = tmp_path / "domain.yml"
    copy(check_topics.DOMAIN, domain)
    rewritten(domain, lambda text: text.replace(f"  - {TOPIC}: {{use_entities: []}}\n", ""))
    assert problems(replace(whole, intents=intents_of(domain))) == [
        f"topics: {TOPIC} has no intent in domain.yml"
    ]


def test_a_topic_without_examples_is_named_with_its_languages(whole: Parts) -> None:
    def taught(languages: str) -> Parts:
        examples = [Example(language, TOPIC, "…") for language in languages.split()]
        return replace(
            whole, languages=whole.languages | {TOPIC: frozenset()} | languages_of(examples)
        )

    assert problems(taught("es en pt ht")) == [
        f"topics: {TOPIC} has no examples in data/nlu in fr, qu"
    ]
    assert problems(taught("")) == [
        f"topics: {TOPIC} has no examples in data/nlu in es, en, pt, fr, ht, qu"
    ]


def test_a_topic_without_an_answer_is_named(whole: Parts, responses: Path) -> None:
    rewritten(responses / "services.yml", lambda text: without_block(text, f"{TOPIC}:"))
    assert problems(read(whole, responses)) == [f"topics: {TOPIC} has no answer in data/responses"]


def test_a_topic_without_a_title_is_named(whole: Parts, responses: Path) -> None:
    file = responses / "services.yml"
    text = file.read_text(encoding="utf-8")
    start = text.index(f"\n{TOPIC}:")
    file.write_text(text[:start] + without_block(text[start:], "  title:"), encoding="utf-8")
    found = problems(read(whole, responses))
    assert f"topics: {TOPIC} has no title" in found
    assert f"topics: {TOPIC} has no title, and menu_services leads to it" in found


def test_a_topic_without_choices_is_named(whole: Parts, responses: Path) -> None:
    line = "  choices: [find_cem, ngo_help, talk_to_human]\n"
    rewritten(responses / "services.yml", lambda text: text.replace(line, "", 1))
    assert problems(read(whole, responses)) == [f"topics: {TOPIC} has no choices that lead on"]


def test_a_topic_in_no_menu_is_named(whole: Parts, responses: Path) -> None:
    rewritten(
        responses / "menus.yml",
        lambda text: text.replace("lgbtiq_support, reintegration_plan", "x"),
    )
    assert [one for one in problems(read(whole, responses)) if "menu" in one] == [
        f"topics: {topic} stands in no menu (data/responses/menus.yml), and no answer leads to it"
        for topic in ("lgbtiq_support", "reintegration_plan")
    ]


def test_an_answer_that_nobody_can_come_to_is_named(whole: Parts) -> None:
    new = {"new_topic": replace(whole.answers[TOPIC], key="new_topic")}
    found = problems(replace(whole, answers={**whole.answers, **new}))
    assert len(found) == 1
    assert found[0].startswith("topics: new_topic has an answer that nobody can come to")


def test_the_command_fails_and_names_what_is_missing(tmp_path: Path) -> None:
    unread = ignore_patterns("vectors.npz", "*.npz", "__pycache__", "calibration")
    for folder in ("bot", "actions", "data", "docker"):
        copytree(ROOT / folder, tmp_path / folder, ignore=unread)
    copy(ROOT / "domain.yml", tmp_path)
    rewritten(
        tmp_path / "data" / "rules" / "topics.yml",
        lambda text: text.replace(f"          - intent: {TOPIC}\n", ""),
    )

    def check() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "check"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    assert check() == (1, f"topics: {TOPIC} has no rule in data/rules\n1 problems\n")
    rewritten(
        tmp_path / "data" / "lexicon.yml", lambda text: text.replace("ht: kanpe", "xx: kanpe")
    )
    code, told = check()
    assert code == 1
    assert "lexicon: stop, 'xx' is none of the six languages" in told
