"""One cue of danger: how its phrase is written, and how it is found.

Decides the syntax, for translators: `(a|b|)` alternatives, an empty one makes the part optional
(`bot.text.brackets`); ` ... ` up to four words between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.text.brackets import BRACKETS, BracketError, spelled_out
from bot.text.folding import words
from bot.turn import Urgency

GAP = 4
"""Words that ` ... ` may stand for."""


MOST_PLACES = 250
"""Places of one word where cues are tried, half of them the first and half the last: nobody who
tells something repeats a word more often."""


_GAP = "..."


_UNIT = re.compile(r"(?:\([^()]*\)|[^\s()])+")


class CueError(ValueError):
    """A cue cannot be read; the message names the file and the cue."""


def expand(unit: str) -> list[tuple[str, ...]]:
    """The readings of a bracketed unit, each as its words; an empty one where it is optional.

    Raises:
        CueError: Brackets are not closed or nested, or the readings are too many.
    """
    try:
        return sorted({tuple(words(reading)) for reading in spelled_out(unit)})
    except BracketError as error:
        raise CueError(str(error)) from None


@dataclass(frozen=True)
class Cue:
    """One cue: what it signals, how it is written, folded, and its category's rank."""

    category: str
    level: Urgency
    written: str
    rank: int = 0

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the cue in words joined by single spaces."""
        parts = []
        for part in self.written.split(_GAP):
            plain = re.sub(r"\s+", r" *\\b", part.strip())
            parts.append(plain.replace("(", "(?:"))
        gap = rf"(?: [^ ]+){{0,{GAP}}} +\b"
        return re.compile(r"\b(?:" + rf")\b{gap}(?:".join(parts) + r")\b")

    @property
    def parts(self) -> list[str]:
        """Its units and gaps as written."""
        return _UNIT.findall(self.written)

    @cached_property
    def units(self) -> list[list[tuple[str, ...]]]:
        """The readings of each unit (a word, or a bracket) in turn.

        Raises:
            CueError: Nothing is left of the cue, or its brackets are wrong.
        """
        if any(sign in BRACKETS.sub("", self.written) for sign in "()|"):
            raise CueError(f"unbalanced brackets: {self.written!r}")
        if any(_GAP in part for part in self.parts if part != _GAP):
            raise CueError(f"no spaces around {_GAP}: {self.written!r}")
        found = [expand(part) for part in self.parts if part != _GAP]
        if not any(all(unit) for unit in found):
            raise CueError(f"every word is optional: {self.written!r}")
        return found


@dataclass(frozen=True)
class Rarest:
    """The unit of a cue by which it is found in a message.

    Attributes:
        words: Those that it may begin with.
        after: How many words of the cue may stand before it: the fewest and the most.
        first: Words that the cue may begin with; none where it begins with something optional, so
            that it may also begin with the space before any word.
    """

    words: tuple[str, ...]
    after: tuple[int, int]
    first: frozenset[str]

    @classmethod
    def of(cls, cue: Cue, place: int) -> Rarest:
        """The unit at a place of the cue's."""
        fewest = most = 0
        parts = iter(cue.units)
        for number, part in enumerate(cue.parts):
            if number - cue.parts[:number].count(_GAP) == place and part != _GAP:
                break
            lengths = [0, GAP] if part == _GAP else [len(reading) for reading in next(parts)]
            fewest, most = fewest + min(lengths), most + max(lengths)
        words = tuple(sorted({reading[0] for reading in cue.units[place]}))
        beginnings = cue.units[0] if all(cue.units[0]) else []
        return cls(words, (fewest, most), frozenset(reading[0] for reading in beginnings))

    def starts(
        self, tokens: Sequence[str], places: Mapping[str, Sequence[int]]
    ) -> list[tuple[int, int]]:
        """Where the cue may begin, in order: numbers of words, and how many letters before.

        Args:
            tokens: The words of the message.
            places: The numbers of each word that is the rarest of a cue.
        """
        fewest, most = self.after
        found = {
            place - after
            for word in self.words
            for place in places.get(word, ())
            for after in range(fewest, most + 1)
            if place >= after
        }
        if self.first:
            return [(start, 0) for start in sorted(found) if tokens[start] in self.first]
        return [(start, before) for start in sorted(found) for before in (1, 0) if start >= before]
