"""Closed lists of words and phrases in six languages, as `data/lexicon.yml` has them.

Decides which lists there are, how the file is written, and what is wrong with one: `python -m bot
check` tells all of it, and whatever reads a broken file fails with the first of it. What a list
means, the module that reads it says. A list is looked for in all languages at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.paths import ROOT
from bot.text.brackets import BracketError, spelled_out
from bot.text.folding import words
from bot.text.languages import LANGUAGES

FILE = ROOT / "data" / "lexicon.yml"


class LexiconError(ValueError):
    """The lexicon cannot be read; the message names the list and what is wrong with it."""


@dataclass(frozen=True)
class Form:
    """How a list is written.

    Attributes:
        codes: What its words stand for, where each language keeps them by code.
        of_one_language: Whether each entry may stand under one language only, which it names.
        folded: Whether messages are folded before the list is looked for.
    """

    codes: tuple[str, ...] = ()
    of_one_language: bool = False
    folded: bool = True


PLAIN = Form()

LISTS: Mapping[str, Form] = {
    "language_names": Form(of_one_language=True),
    "language_endings": PLAIN,
    "asking_for_a_language": PLAIN,
    "negations": PLAIN,
    "greetings": Form(of_one_language=True),
    "before_a_number": PLAIN,
    "ordinals": Form(codes=tuple("123456789")),
    "around_an_ordinal": PLAIN,
    "stop": PLAIN,
    "erase": PLAIN,
    "leave": PLAIN,
    "no_thanks": PLAIN,
    "accept": PLAIN,
    "decline": PLAIN,
    "because": Form(folded=False),
    "age_before": PLAIN,
    "age_between": PLAIN,
    "age_years": PLAIN,
    "age_years_at_the_end": PLAIN,
    "age_years_alone": PLAIN,
    "age_not_before": PLAIN,
    "age_before_all_the_same": PLAIN,
    "minor": PLAIN,
    "age_unknown": PLAIN,
    "before_a_place": PLAIN,
    "dwelling": PLAIN,
    "origin": PLAIN,
    "small_words": PLAIN,
    "levels": Form(codes=("2", "4", "6")),
    "place_endings": PLAIN,
    "never_to_the_face": PLAIN,
    "institutions": PLAIN,
}
"""Every list, and how it is written."""


def entries(name: str) -> frozenset[str]:
    """The words and phrases of a list, of all languages.

    Raises:
        LexiconError: The lexicon is broken.
    """
    return frozenset(text for _, _, text in _rows(name))


def by_language(name: str) -> dict[str, str]:
    """Each entry of a list of which each names one language, to that language.

    Raises:
        LexiconError: The lexicon is broken.
    """
    return {text: language for language, _, text in _rows(name)}


def by_code(name: str) -> dict[str, str]:
    """Each entry of a list that is kept by code, to its code.

    Raises:
        LexiconError: The lexicon is broken.
    """
    return {text: code for _, code, text in _rows(name)}


def alternatives(*names: str) -> str:
    """The entries of lists as alternatives of a regular expression, the longest first.

    Raises:
        LexiconError: The lexicon is broken.
    """
    found = {text for name in names for text in entries(name)}
    return "|".join(map(re.escape, sorted(found, key=lambda text: (-len(text), text))))


def problems(path: Path = FILE) -> list[str]:
    """Everything that is wrong with a lexicon, a sentence each; empty where all is sound."""
    try:
        content = _content(path)
    except LexiconError as error:
        return [str(error)]
    found = [f"lexicon: nobody reads the list {name!r}" for name in content if name not in LISTS]
    for name, form in LISTS.items():
        if name not in content:
            found.append(f"lexicon: the list {name} is missing")
            continue
        found += [f"lexicon: {name}, {problem}" for problem in _problems(content[name], form)]
    return found


def _rows(name: str) -> list[tuple[str, str, str]]:
    return list(_parted(_sound_content()[name]))


@lru_cache(maxsize=1)
def _sound_content() -> dict[str, Any]:
    for problem in problems():
        raise LexiconError(problem)
    return _content(FILE)


class _Loader(yaml.CSafeLoader):
    """Refuses a key that stands twice, of which YAML would keep the last without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys differ."""
        keys = Counter(key.value for key, _ in node.value)
        for key, count in keys.items():
            if count > 1:
                raise LexiconError(f"lexicon: {key!r} stands twice{node.start_mark}")
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def _content(path: Path) -> dict[str, Any]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe one, made stricter
    except yaml.YAMLError as error:
        raise LexiconError(f"lexicon: no YAML: {error}") from None
    if not isinstance(found, dict):
        raise LexiconError("lexicon: not a list by its name")
    return found


def _parted(by_language: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Language, code (empty where there are none) and text of each entry.

    Raises:
        BracketError: An entry has broken brackets.
    """
    for language, content in by_language.items():
        by_code = content if isinstance(content, dict) else {"": content or ""}
        for code, texts in by_code.items():
            for written in texts.split(",") if texts else ():
                for reading in spelled_out(written):
                    yield language, str(code), " ".join(reading.split())


def _problems(by_language: Any, form: Form) -> Iterator[str]:
    if not isinstance(by_language, dict):
        yield "its words do not stand under languages"
        return
    for language in by_language:
        if language not in LANGUAGES:
            yield f"{language!r} is none of the six languages"
    shaped = True
    for language in LANGUAGES:
        if language not in by_language:
            yield f"{language} is missing (leave it empty where it has no such word)"
        for problem in _misshapen(by_language.get(language), form):
            shaped = False
            yield f"{language}: {problem}"
    if not shaped:
        return
    try:
        rows = list(_parted(by_language))
    except BracketError as error:
        yield str(error)
        return
    if not rows:
        yield "it holds no word in any language"
    yield from _bad_entries(rows, form)


def _misshapen(content: Any, form: Form) -> Iterator[str]:
    """What is no text where one belongs."""
    if content is None:
        return
    if not form.codes:
        if not isinstance(content, str):
            yield f"{content!r} is no text: write it in quotes"
        return
    if not isinstance(content, dict):
        yield f"its words stand under {', '.join(form.codes)}"
        return
    for code, texts in content.items():
        if str(code) not in form.codes:
            yield f"{code!r} is none of {', '.join(form.codes)}"
        if not isinstance(texts, str):
            yield f"{texts!r} is no text: write it in quotes"


def _bad_entries(rows: list[tuple[str, str, str]], form: Form) -> Iterator[str]:
    """Entries that stand twice, mean two things, or are written as no message is compared."""
    seen = Counter((language, code, text) for language, code, text in rows)
    meant: dict[str, set[str]] = {}
    for (language, code, text), count in seen.items():
        if count > 1:
            yield f"{language}: {text!r} stands twice"
        if not text:
            yield f"{language}: an entry is empty"
        elif form.folded and " ".join(words(text)) != text:
            yield f"{language}: {text!r} is not folded: {' '.join(words(text))!r}"
        meant.setdefault(text, set()).add(language if form.of_one_language else code)
    for text, several in meant.items():
        if len(several) > 1:
            yield f"{text!r} stands under {' and '.join(sorted(several))}, and can mean one only"
