"""What a measure is, and how messages are read for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from bot.paths import ROOT
from bot.rasa_adapter.assistant import READERS, Assistant
from bot.text.cleaning import clean
from bot.turn import Understanding

DATA = ROOT / "tests" / "data"


@dataclass(frozen=True)
class Measure:
    """One figure: how many of how many, and the goal where there is one.

    Attributes:
        most: Whether the goal is the most that is allowed rather than the least.
    """

    name: str
    right: int
    total: int
    goal: float = 0.0
    most: bool = False

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.right / self.total if self.total else 0.0

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.share <= self.goal if self.most else self.share >= self.goal

    def line(self) -> str:
        """As it is printed."""
        sign = "<=" if self.most else ">="
        goal = f"{sign} {self.goal:.0%}" if self.goal else ""
        mark = "" if self.reached else "  below the goal"
        return f"{self.name:52} {self.right:6} {self.total:6} {self.share:7.1%} {goal:>8}{mark}"


class HasLanguage(Protocol):
    """A message whose language is known."""

    @property
    def language(self) -> str:
        """Its code."""


Labelled = TypeVar("Labelled", bound=HasLanguage)


def read_all(assistant: Assistant, texts: Sequence[str]) -> list[Understanding]:
    """Read messages as a conversation would, in the order given, on all readers."""
    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(assistant.read_now, [clean(text) for text in texts], chunksize=16))


def in_language(rows: Iterable[Labelled], language: str) -> list[Labelled]:
    """The rows of one language."""
    return [row for row in rows if row.language == language]


def read_yaml(path: Path) -> Any:
    """A file of evaluation data."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def all_texts(folder: Path) -> Iterable[str]:
    """Every evaluation message."""
    for path in sorted(folder.rglob("*.yml")):
        content = read_yaml(path)
        if isinstance(content, dict):
            yield from (str(text) for texts in content.values() for text in texts)
        else:
            yield from (str(row["text"]) for row in content)
