"""Cues of danger: phrases of `data/urgency/cues/<category>.yml`, found in a message.

Decides how a cue is written and matched. Syntax, for translators: `(a|b|)` alternatives, an empty
one makes the part optional; ` ... ` up to four words between. A cue becomes a pattern over the
folded words, and is tried only where one of its rarest words occurs: spelt out into phrases for
spaCy's matcher, the same cues took 6 s and 157 MB to load (docs/adr/0004).
A word with a typo is first read as the nearest word that cues use, unless it is a word that
people's messages are known to contain. A cue inside an idiom, or after a negation, does not count.
All languages are read at once: people mix them.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.folding import fold, words
from bot.languages import LANGUAGES
from bot.settings import ROOT
from bot.turn import Urgency

FOLDER = ROOT / "data" / "urgency"
"""Of `cues/<category>.yml` and `contexts.yml`."""

GAP = 4
"""Words that ` ... ` may stand for."""

MOST_EXPANSIONS = 400
"""Readings of one bracketed word; more is a slip of the pen."""

SHORTEST_CORRECTED = 4
TWO_TYPOS_FROM = 12
"""Letters from which a word may have one typo, or two."""

CONTEXTS = ("information", "past", "resolved", "story", "idiom", "negation")

LAUGHTER = "laughter"
"""A context found by its letters, not by words: "kkkk", "jajaja"."""

WHO = ("any", "child")
"""Who is in danger where a category's cue is found: anybody, or a child."""

_CONTEXT = "context:"
_BRACKETS = re.compile(r"\(([^()]*)\)")
_UNIT = re.compile(r"(?:\([^()]*\)|[^\s()])+")
_TOKEN = re.compile(r"[^\W_]+|[.,;:!?¿¡\n]+")
_WORD = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")


class CueError(ValueError):
    """A cue cannot be read; the message names the file and the cue."""


def expand(unit: str) -> list[tuple[str, ...]]:
    """The readings of a bracketed unit, each as its words; an empty one where it is optional.

    Raises:
        CueError: Brackets are not closed or nested, or the readings are too many.
    """
    pieces = _BRACKETS.split(unit)  # plain, alternatives, plain, alternatives, plain …
    if any(sign in piece for piece in pieces[0::2] for sign in "()|"):
        raise CueError(f"unbalanced brackets: {unit!r}")
    options = [
        [piece] if number % 2 == 0 else piece.split("|") for number, piece in enumerate(pieces)
    ]
    total = 1
    for option in options:
        total *= len(option)
    if total > MOST_EXPANSIONS:
        raise CueError(f"{total} readings: {unit!r}")
    return sorted({tuple(words("".join(choice))) for choice in itertools.product(*options)})


@dataclass(frozen=True)
class Cue:
    """One cue: what it signals and how it is written, folded."""

    category: str
    level: Urgency
    written: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the cue in words joined by single spaces."""
        parts = []
        for part in self.written.split("..."):
            plain = re.sub(r"\s+", r" *\\b", part.strip())
            parts.append(plain.replace("(", "(?:"))
        gap = rf"(?: [^ ]+){{0,{GAP}}} +\b"
        return re.compile(r"\b(?:" + rf")\b{gap}(?:".join(parts) + r")\b")

    @cached_property
    def units(self) -> list[list[tuple[str, ...]]]:
        """The readings of each unit (a word, or a bracket) in turn.

        Raises:
            CueError: Nothing is left of the cue, or its brackets are wrong.
        """
        if any(sign in _BRACKETS.sub("", self.written) for sign in "()|"):
            raise CueError(f"unbalanced brackets: {self.written!r}")
        found = [expand(unit) for unit in _UNIT.findall(self.written) if unit != "..."]
        if not any(all(unit) for unit in found):
            raise CueError(f"every word is optional: {self.written!r}")
        return found


@dataclass(frozen=True)
class Found:
    """A cue in a message, by the numbers of its first word and of the word after it."""

    category: str
    level: Urgency
    start: int
    end: int
    negated: bool = False


@dataclass
class Reading:
    """What the cues say about a message.

    Attributes:
        cues: Those found, negated ones too.
        contexts: Of `CONTEXTS`, or `LAUGHTER`: what calms a message.
        starts: Where each word begins in the message, characters.
        corrected: The words as cues spell them, where a typo was found; empty else.
    """

    cues: list[Found] = field(default_factory=list)
    contexts: set[str] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)
    corrected: str = ""

    def active(self, level: Urgency) -> list[Found]:
        """The cues of a level that count."""
        return [cue for cue in self.cues if cue.level == level and not cue.negated]


class Cues:
    """The cues of all languages, ready to be looked for."""

    def __init__(self, folder: Path = FOLDER, known_words: Iterable[str] = ()) -> None:
        self._cues: list[Cue] = []
        self.about_children: set[str] = set()
        self._negations: set[tuple[str, ...]] = set()
        for path in sorted((folder / "cues").glob("*.yml")):
            self._read(path, self._cues_of)
        self._read(folder / "contexts.yml", self._contexts_of)
        self._index(known_words)
        self._corrected = lru_cache(maxsize=20_000)(self._correct)

    def _read(self, path: Path, take: Callable[[str, dict[str, Any]], None]) -> None:
        known = len(self._cues)
        try:
            take(path.stem, yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
            for cue in self._cues[known:]:
                cue.units  # noqa: B018 - raises where a cue is broken
        except (CueError, KeyError, AttributeError, TypeError) as error:
            raise CueError(f"{path.name}: {error}") from None

    def _cues_of(self, category: str, content: dict[str, Any]) -> None:
        if content["who"] not in WHO:
            raise CueError(f"who is one of {', '.join(WHO)}, not {content['who']!r}")
        if content["who"] == "child":
            self.about_children.add(category)
        for language in LANGUAGES:
            for level, lines in content.get(language, {}).items():
                if level not in ("urgent", "high"):
                    raise CueError(f"unknown level {level!r}")
                self._cues.extend(Cue(category, level, fold(line)) for line in lines)

    def _contexts_of(self, name: str, content: dict[str, Any]) -> None:
        del name
        self._laughter = re.compile(content.pop(LAUGHTER)["pattern"], re.IGNORECASE)
        for context, by_language in content.items():
            if context not in CONTEXTS:
                raise CueError(f"unknown context {context!r}")
            lines = [line for language in LANGUAGES for line in by_language.get(language, [])]
            if context == "negation":
                self._negations.update(reading for line in lines for reading in expand(line))
            else:
                self._cues.extend(Cue(_CONTEXT + context, "none", fold(line)) for line in lines)

    def _index(self, known_words: Iterable[str]) -> None:
        """Note each cue under the words of its rarest unit, and the words that cues use."""
        units = [cue.units for cue in self._cues]
        often = Counter(
            word
            for cue_units in units
            for word in {w for unit in cue_units for reading in unit for w in reading}
        )
        self._under: dict[str, list[int]] = {}
        self._words: set[str] = set()
        calming: set[str] = set()
        for number, cue_units in enumerate(units):
            needed = [unit for unit in cue_units if all(unit)]
            rarest = min(needed, key=lambda unit: sum(often[reading[0]] for reading in unit))
            for word in {reading[0] for reading in rarest}:
                self._under.setdefault(word, []).append(number)
            in_unit = {w for unit in cue_units for reading in unit for w in reading}
            if self._cues[number].category.startswith(_CONTEXT):
                calming |= in_unit
            else:
                self._words |= in_unit
        self._known = set(known_words) | self._words | calming
        self._by_length: dict[int, list[str]] = {}
        for word in sorted(self._words):
            self._by_length.setdefault(len(word), []).append(word)

    def read(self, text: str) -> Reading:
        """Find the cues and the context of a message, however long it is."""
        tokens, breaks = self._tokens(text)
        reading = Reading(starts=_starts(text, len(tokens)))
        if tokens != words(text):
            reading.corrected = " ".join(tokens)
        if self._laughter.search(text):
            reading.contexts.add(LAUGHTER)
        found = list(self._find(tokens))
        idioms = [one for one in found if one.category == f"{_CONTEXT}idiom"]
        for one in found:
            if one.category.startswith(_CONTEXT):
                reading.contexts.add(one.category.removeprefix(_CONTEXT))
            elif not any(idiom.start < one.end and one.start < idiom.end for idiom in idioms):
                negated = self._negated(tokens, breaks, one.start)
                reading.cues.append(Found(one.category, one.level, one.start, one.end, negated))
        return reading

    def _find(self, tokens: Sequence[str]) -> Iterator[Found]:
        line = " ".join(tokens)
        tried = sorted({number for word in set(tokens) for number in self._under.get(word, ())})
        for number in tried:
            cue = self._cues[number]
            for match in cue.pattern.finditer(line):
                start = line.count(" ", 0, match.start())
                yield Found(cue.category, cue.level, start, start + match.group().count(" ") + 1)

    def _negated(self, tokens: Sequence[str], breaks: set[int], start: int) -> bool:
        """Whether a negation stands directly before a cue, in the same clause."""
        for length in (1, 2, 3, 4):
            begin = start - length
            if begin < 0 or any(position in breaks for position in range(begin + 1, start + 1)):
                return False
            if tuple(tokens[begin:start]) in self._negations:
                return True
        return False

    def _tokens(self, text: str) -> tuple[list[str], set[int]]:
        """The words as cues spell them, and the numbers of words that follow punctuation."""
        tokens: list[str] = []
        breaks: set[int] = set()
        for match in _TOKEN.finditer(fold(text)):
            token = match.group()
            if token[0].isalnum():
                tokens.append(self._corrected(token))
            else:
                breaks.add(len(tokens))
        return tokens, breaks

    def _correct(self, word: str) -> str:
        """A word, or the cue word that it was meant to be."""
        word = _REPEATED.sub(r"\1", word)
        if word in self._known or len(word) < SHORTEST_CORRECTED or len(word) > 20:
            return word
        typos = 2 if len(word) >= TWO_TYPOS_FROM else 1
        near = [
            candidate
            for length in range(len(word) - typos, len(word) + typos + 1)
            for candidate in self._by_length.get(length, [])
        ]
        hit = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=typos)
        return hit[0] if hit else word


def _starts(text: str, count: int) -> list[int]:
    """Where the words of a text begin; evenly spread where folding made other words of them."""
    found = [match.start() for match in _WORD.finditer(text)]
    if len(found) == count:
        return found
    return [number * len(text) // max(count, 1) for number in range(count)]
