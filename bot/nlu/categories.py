"""Categories of danger: what the head of each `data/urgency/cues/<category>.yml` says of it.

Decides that a category is one file: before its cues stand how dangerous it is (`rank`), who is in
danger (`who`), how operators read it (`label`) and which boxes of the referral form it suggests
(`referral`, where any). Ranks leave room between them, so that a new category takes a free one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.cue import CueError
from bot.paths import ROOT
from bot.text.languages import LANGUAGES

FOLDER = ROOT / "data" / "urgency"
"""Of `cues/<category>.yml`."""

WHO = ("any", "child")
"""Who is in danger where a category's cue is found: anybody, or a child."""

LABEL_LANGUAGES = ("es", "en")
"""Of the desk, which shows a category by its label."""

REFERRALS = ("trafficking", "violence", "mental_health", "medical", "child_at_risk", "street")
"""Boxes of the referral form (SOP, Annex 2) that a category may suggest."""


@dataclass(frozen=True)
class Category:
    """A category of danger.

    Attributes:
        rank: The order in which categories are told; the smaller, the more dangerous.
        who: Of `WHO`.
        label: How operators read it, by language of the desk.
        referral: Of `REFERRALS`; mostly empty.
    """

    name: str
    rank: int
    who: str
    label: Mapping[str, str]
    referral: tuple[str, ...]

    @classmethod
    def of(cls, name: str, content: Any) -> Category:
        """The category of a file's content.

        Raises:
            CueError: Its head lacks something, or says what cannot be.
        """
        if not isinstance(content, dict):
            raise CueError("it is no mapping of names to what they hold")
        for field in ("rank", "who", "label"):
            if field not in content:
                raise CueError(f"{field} is missing")
        rank, label, referral = content["rank"], content["label"], content.get("referral", [])
        if type(rank) is not int or rank < 1:
            raise CueError(f"rank is a whole number from 1 on, not {rank!r}")
        if content["who"] not in WHO:
            raise CueError(f"who is one of {', '.join(WHO)}, not {content['who']!r}")
        for language in LABEL_LANGUAGES:
            if not (isinstance(label, dict) and isinstance(label.get(language), str)):
                raise CueError(f"label has no text in {language}")
        if not isinstance(referral, list) or not set(referral) <= set(REFERRALS):
            raise CueError(f"referral is a list of {', '.join(REFERRALS)}, not {referral!r}")
        return cls(name, rank, content["who"], label, tuple(referral))


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """The project's categories, the most dangerous first; read once in a process.

    Raises:
        CueError: A file is broken, or two have the same rank.
    """
    for problem in problems():
        raise CueError(problem)
    found = [Category.of(path.stem, content_of(path)) for path in paths()]
    return tuple(sorted(found, key=lambda one: one.rank))


def about_children() -> frozenset[str]:
    """The categories of which a cue means that a child is in danger."""
    return frozenset(one.name for one in categories() if one.who == "child")


def problems(folder: Path = FOLDER) -> list[str]:
    """What is wrong with the heads of the categories' files, a sentence each."""
    return list(_problems(folder))


def _problems(folder: Path) -> Iterator[str]:
    holders: dict[int, str] = {}
    for path in paths(folder):
        try:
            category = Category.of(path.stem, content_of(path))
        except CueError as error:
            yield f"{path.name}: {error}"
            continue
        other = holders.setdefault(category.rank, path.name)
        if other != path.name:
            yield f"{path.name}: rank {category.rank} is that of {other} too"


def unspoken(folder: Path = FOLDER) -> list[str]:
    """The languages in which a category has no cue, a sentence each: nobody is heard in them.

    They stop a release (`bot.answers.check`) and no start: the other languages are heard.
    """
    return [
        f"{path.name}: no cue in {language}"
        for path in paths(folder)
        for language in LANGUAGES
        if not any((content_of(path).get(language) or {}).values())
    ]


def paths(folder: Path = FOLDER) -> list[Path]:
    """The files of the categories."""
    return sorted((folder / "cues").glob("*.yml"))


def content_of(path: Path) -> Any:
    """What a file holds.

    Raises:
        CueError: It is no YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise CueError(f"no YAML: {error}") from None
