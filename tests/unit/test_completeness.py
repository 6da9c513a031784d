"""A topic that is complete but for one thing is named with what it lacks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.answers import completeness
from bot.answers.tables import Answer
from bot.text.languages import LANGUAGES

WHOLE = Answer("new", "SOP 1", date(2026, 11, 30), title={"es": "Nuevo"}, text={"es": "Texto."})


def lacking(**changes: Any) -> list[str]:
    parts: dict[str, Any] = {
        "domain": {"new"},
        "rules": {"new"},
        "examples": {"new": set(LANGUAGES)},
        "texts": {"new": WHOLE},
    } | changes
    return list(completeness.missing(**parts))


def test_a_whole_topic_lacks_nothing() -> None:
    assert lacking() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rules": set()}, "new has no rule"),
        ({"domain": set()}, "new is no intent of domain.yml"),
        ({"texts": {}}, "new has examples and no answer"),
        ({"texts": {"new": Answer("new", "SOP 1", date(2026, 11, 30))}}, "new has no title"),
        ({"examples": {"new": {"es", "en"}}}, "new has no example in pt, fr, ht, qu"),
    ],
)
def test_what_is_missing_is_said(changes: dict[str, Any], said: str) -> None:
    assert any(said in sentence for sentence in lacking(**changes))


def test_the_projects_own_topics_are_whole() -> None:
    assert list(completeness.problems()) == []
