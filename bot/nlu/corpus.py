"""The training examples as they lie in `data/nlu/<language>/`: the language is the folder's name.

Decides which words of them are ordinary; Rasa's own loader forgets which file an example came from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import yaml

from bot.paths import ROOT
from bot.text.folding import words
from bot.text.languages import LANGUAGES

FOLDER = ROOT / "data" / "nlu"

OFTEN = 3
"""Examples that a word must occur in to be an ordinary one."""


Found = TypeVar("Found")


@dataclass(frozen=True)
class Example:
    """A training example: its language, intent and text."""

    language: str
    intent: str
    text: str


@lru_cache(maxsize=1)
def corpus(folder: Path = FOLDER) -> tuple[Example, ...]:
    """All training examples, in the order of languages, files and lines.

    Raises:
        ValueError: A file is not in Rasa's format.
    """
    found = []
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*.yml")):
            found += [
                Example(language, intent, text) for intent, text in parsed(path, _in_rasas_format)
            ]
    return tuple(found)


def _in_rasas_format(content: Any) -> list[tuple[str, str]]:
    blocks = [(block["intent"], block["examples"]) for block in content["nlu"]]
    return [
        (intent, line.strip()[2:].strip())
        for intent, examples in blocks
        for line in examples.splitlines()
        if line.strip().startswith("- ")
    ]


def parsed(path: Path, take_apart: Callable[[Any], list[Found]]) -> list[Found]:
    """The examples of a file.

    Args:
        path: A YAML file.
        take_apart: Finds the examples in its content; may stumble where the format is another.

    Raises:
        ValueError: The file holds no examples in that format; names it.
    """
    try:
        return take_apart(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: no training examples in their format: {error}") from None


def sampled(text: str, every: int) -> bool:
    """Whether a text is one of every so many; its neighbours in a file change nothing."""
    return crc32(text.encode()) % every == 0


def ordinary_words(without: str = "") -> list[str]:
    """Words that messages are known to contain, so that they are not taken for typos.

    Args:
        without: An intent whose examples do not count.
    """
    counts = Counter(
        word
        for example in corpus()
        if example.intent != without
        for word in set(words(example.text))
    )
    return sorted(word for word, count in counts.items() if count >= OFTEN)
