"""Small closed lists of words (`data/lexicon.yml`): language names, greetings, ordinals, wishes.

Decides nothing; the modules that use a list say what it means.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml

from bot.paths import ROOT

FILE = ROOT / "data" / "lexicon.yml"


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return found


def word_list(name: str) -> frozenset[str]:
    """The words of a list; of one that is kept by language, those of all languages.

    Raises:
        KeyError: There is no such list.
    """
    found = _content()[name]
    texts = found.values() if isinstance(found, dict) else [found]
    return frozenset(word for text in texts for word in text.split())


def phrase_list(name: str) -> frozenset[str]:
    """The phrases of a list that is kept by language and separated by commas.

    Raises:
        KeyError: There is no such list.
    """
    return frozenset(by_phrase(name))


def by_word(name: str) -> dict[str, str]:
    """Each word of a list that is kept by code, to its code.

    Raises:
        KeyError: There is no such list.
    """
    return {word: str(code) for code, words in _content()[name].items() for word in words.split()}


def by_phrase(name: str) -> dict[str, str]:
    """Each phrase of a list that is kept by code and separated by commas, to its code.

    Raises:
        KeyError: There is no such list.
    """
    return {
        phrase.strip(): str(code)
        for code, phrases in _content()[name].items()
        for phrase in phrases.split(",")
    }
