"""Cues of danger: phrases of `data/urgency/cues/<category>.yml`, found in a message.

Decides how cues (`bot.nlu.cue`) are matched. A cue becomes a pattern over the folded words, and is
tried only where one of its rarest words occurs: spelt out into phrases for spaCy's matcher, the
same cues took 6 s and 157 MB to load (docs/adr/0004).
A word with a typo is first read as the nearest word that cues use, unless it is a word that
people's messages are known to contain. A cue inside an idiom, or after a negation, does not count.
All languages are read at once: people mix them. The work grows with the words of a message and
never with words times cues: a cue is tried only where it would have to begin for its rarest word
to stand where it stands. Nothing of a message is kept once it is read.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.nlu.categories import FOLDER, Category, content_of, paths
from bot.nlu.corrections import LONGEST_CORRECTED, Spellings
from bot.nlu.cue import MOST_PLACES, Cue, CueError, Rarest, expand
from bot.text.folding import fold, words
from bot.text.languages import LANGUAGES
from bot.turn import Urgency
from bot.work import current

SHORTEST_CORRECTED = 4
"""Letters from which a word may have a typo."""


MOST_TOLD = 8
"""Places of one cue that are told, of those that count and of those that do not; the rest says
nothing new."""

CONTEXTS = ("information", "past", "resolved", "story", "idiom", "negation")

LAUGHTER = "laughter"
"""A context found by its letters, not by words: "kkkk", "jajaja"."""

_CONTEXT = "context:"
_TOKEN = re.compile(r"[^\W_]+|[.,;:!?¿¡\n]+")
_WORD = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True)
class Found:
    """A cue in a message, by the numbers of its first word and of the word after it.

    Its rank is its category's: lower ones are more dangerous and are told first.
    """

    category: str
    level: Urgency
    start: int
    end: int
    negated: bool = False
    rank: int = 0


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
        self._ranks: set[int] = set()
        self._negations: set[tuple[str, ...]] = set()
        for path in paths(folder):
            self._read(path, self._cues_of)
        self._read(folder / "contexts.yml", self._contexts_of)
        self._index(known_words)

    def _read(self, path: Path, take: Callable[[str, dict[str, Any]], None]) -> None:
        known = len(self._cues)
        try:
            take(path.stem, content_of(path))
            for cue in self._cues[known:]:
                cue.units  # noqa: B018 - raises where a cue is broken
        except (CueError, KeyError, AttributeError, TypeError) as error:
            raise CueError(f"{path.name}: {error}") from None

    def _cues_of(self, name: str, content: dict[str, Any]) -> None:
        category = Category.of(name, content)
        if category.who == "child":
            self.about_children.add(name)
        if category.rank in self._ranks:
            raise CueError(f"rank {category.rank} is that of another category too")
        self._ranks.add(category.rank)
        for language in LANGUAGES:
            for level, lines in content.get(language, {}).items():
                if level not in ("urgent", "high"):
                    raise CueError(f"unknown level {level!r}")
                self._cues.extend(Cue(name, level, fold(line), category.rank) for line in lines)

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
        self._rarest: list[Rarest] = []
        cue_words: set[str] = set()
        calming: set[str] = set()
        for number, cue_units in enumerate(units):
            needed = [place for place, unit in enumerate(cue_units) if all(unit)]
            rarest = min(
                needed, key=lambda place: sum(often[reading[0]] for reading in cue_units[place])
            )
            self._rarest.append(Rarest.of(self._cues[number], rarest))
            for word in self._rarest[number].words:
                self._under.setdefault(word, []).append(number)
            in_unit = {w for unit in cue_units for reading in unit for w in reading}
            if self._cues[number].category.startswith(_CONTEXT):
                calming |= in_unit
            else:
                cue_words |= in_unit
        self._known = set(known_words) | cue_words | calming
        self._spellings = Spellings(cue_words)

    def read(self, text: str) -> Reading:
        """Find the cues and the context of a message, however long it is."""
        tokens, breaks = self._tokens(text)
        reading = Reading(starts=_starts(text, len(tokens)))
        if tokens != words(text):
            reading.corrected = " ".join(tokens)
        if self._laughter.search(text):
            reading.contexts.add(LAUGHTER)
        found = list(self._find(tokens))
        in_idiom = {
            number
            for _, one in found
            if one.category == f"{_CONTEXT}idiom"
            for number in range(one.start, one.end)
        }
        told: Counter[tuple[int, bool]] = Counter()
        for number, one in found:
            if one.category.startswith(_CONTEXT):
                reading.contexts.add(one.category.removeprefix(_CONTEXT))
            elif in_idiom.isdisjoint(range(one.start, one.end)):
                negated = self._negated(tokens, breaks, one.start)
                told[number, negated] += 1
                if told[number, negated] <= MOST_TOLD:
                    reading.cues.append(replace(one, negated=negated))
        return reading

    def _find(self, tokens: Sequence[str]) -> Iterator[tuple[int, Found]]:
        """The cues of a message with their numbers, in the order of these."""
        line = " ".join(tokens)
        begins = [0, *itertools.accumulate(len(token) + 1 for token in tokens)]
        places: dict[str, list[int]] = {}
        for place, word in enumerate(tokens):
            if word in self._under:
                places.setdefault(word, []).append(place)
        for word, all_places in places.items():
            if len(all_places) > MOST_PLACES:
                half = MOST_PLACES // 2
                places[word] = all_places[:half] + all_places[-half:]
        work = current()
        for number in sorted({number for word in places for number in self._under[word]}):
            cue, rarest = self._cues[number], self._rarest[number]
            starts = rarest.starts(tokens, places)
            work.count("patterns", len(starts))
            over = 0  # where the last one found ends: they do not overlap
            for start, before in starts:
                at = begins[start] - before
                match = cue.pattern.match(line, at) if at >= over else None
                if match:
                    over = match.end()
                    first = start - before
                    end = first + match.group().count(" ") + 1
                    yield number, Found(cue.category, cue.level, first, end, rank=cue.rank)

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
                tokens.append(token)
            else:
                breaks.add(len(tokens))
        corrected = self._corrected(set(tokens))
        return [corrected[token] for token in tokens], breaks

    def _corrected(self, found: Iterable[str]) -> dict[str, str]:
        """Each word to itself, or to the cue word that it was meant to be."""
        plain = {word: _REPEATED.sub(r"\1", word) for word in found}
        unknown = {
            word
            for word in plain.values()
            if word not in self._known and SHORTEST_CORRECTED <= len(word) <= LONGEST_CORRECTED
        }
        meant = self._spellings.nearest(unknown)
        return {word: meant.get(short, short) for word, short in plain.items()}


def _starts(text: str, count: int) -> list[int]:
    """Where the words of a text begin; evenly spread where folding made other words of them."""
    found = [match.start() for match in _WORD.finditer(text)]
    if len(found) == count:
        return found
    return [number * len(text) // max(count, 1) for number in range(count)]
