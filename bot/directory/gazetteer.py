"""Which place of Peru a text names: exact names and aliases, ambiguity, places abroad, guesses.

Decides how a name becomes an INEI code. Official names, capital towns and aliases are looked up
by spaCy's phrase matcher over folded words (longest match first), so that "san juan de lurigancho"
is not "san juan". A name that many districts bear is narrowed by the other places in the text
("miraflores, arequipa"), then by what is there (a district with ten offices and stations is meant
rather than one with none); what remains is asked back. A name that is also a common word ("mala",
"chao") counts only after a preposition of place, beside the name of its region, or where a place
was asked for. The work is bounded whatever is sent: so many words, so many mentions. Words that no
name has are not shown to spaCy, which would keep each of them as long as the process lives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import spacy
from rapidfuzz import fuzz, process
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from bot.directory import names
from bot.directory.tables import Tables, tables
from bot.text.folding import words
from bot.text.lexicon import alternatives, by_code, entries
from bot.turn import PlaceReading
from bot.work import current

MOST_CANDIDATES = 6
"""Places offered when a name is ambiguous."""

DOMINANCE = 6.0
"""How many times more offices and stations a district has than the next of its name, to be meant
without asking."""

WORDS_READ = 300
"""Words read of a message: so many of its head, and as many of its end."""

MOST_MENTIONS = 40
"""Names that are weighed against each other: half of them the first, half the last. Honest messages
name a few; the work grows with the square."""

LONGEST_GUESS = 6
"""Words; in a longer message no spelling is guessed."""

LONGEST_NAME = 80
"""Characters; nothing longer is a name, however it is spelt."""

SIMILAR = 84.0
"""rapidfuzz's ratio (0 to 100) from which a misspelt name is taken as a guess."""

_BEFORE_HERE = entries("before_a_place")
_DWELLING = entries("dwelling")
_BEFORE_ORIGIN = entries("origin")
_SMALL_WORDS = entries("small_words")
_LEVEL_WORDS = {word: int(digits) for word, digits in by_code("levels").items()}

UNKNOWN = "_"
"""Stands for a word that no name has: such a word is never a person's, since it has no letter."""

_ENDING = re.compile(rf"(?:{alternatives('place_endings')})$")


@dataclass(frozen=True)
class Match:
    """A name found in the text.

    Attributes:
        codes: Of the places that bear it; empty for a name abroad.
        weak: Whether it is also a common word and nothing says that it is a place here.
    """

    name: str
    codes: tuple[str, ...]
    start: int
    end: int
    foreign: bool
    weak: bool


class Gazetteer:
    """The names of a set of tables, ready to be looked up."""

    def __init__(self, source: Tables) -> None:
        self._vocabulary = spacy.blank("xx").vocab
        self._codes = names.codes_by_name(source)
        self._foreign = {
            place.name: place.country
            for place in source.foreign
            if place.name not in self._codes
            and " ".join(w for w in place.name.split() if w not in _SMALL_WORDS) not in self._codes
        }
        self._common = source.common_words
        self._weight = names.weights(source)
        self._matcher = PhraseMatcher(self._vocabulary, attr="ORTH")
        self._matcher.add("peru", [self._doc(name.split()) for name in self._codes])
        self._matcher.add("abroad", [self._doc(name.split()) for name in self._foreign])
        self._words = {word for name in (*self._codes, *self._foreign) for word in name.split()}
        self._guessable = [name for name in self._codes if len(name) >= 5]

    def read(self, text: str, ordinary: frozenset[str] = frozenset()) -> PlaceReading:
        """The place that a text names.

        Args:
            text: A message, cleaned.
            ordinary: Words that are never a misspelt name.

        Returns:
            A code, or candidates, or a foreign name, or nothing; a guess is marked as such.
        """
        found = words(text)
        if len(found) > 2 * WORDS_READ:
            found = found[:WORDS_READ] + found[-WORDS_READ:]
        matches = self._matches(found)
        strong = [match for match in matches if not match.weak]
        inside = [match for match in strong if not match.foreign and not _abroad(match, strong)]
        if inside:
            return self._choose(inside, found)
        abroad = [match for match in strong if match.foreign]
        if abroad:
            return PlaceReading(foreign=abroad[0].name.title())
        if matches and not matches[0].foreign and _only(matches, found, besides=0):
            bare = self._choose(matches[:1], found)
            return bare if " " in matches[0].name else replace(bare, guess=True)
        return self._guess(found, ordinary)

    def _doc(self, tokens: list[str]) -> Doc:
        return Doc(self._vocabulary, words=tokens)

    def _matches(self, found: list[str]) -> list[Match]:
        if not found:
            return []
        spans = []
        plain = [_ENDING.sub("", word) or word for word in found]
        readings = [found] if plain == found else [found, plain]
        for tokens in readings:
            doc = self._doc([word if word in self._words else UNKNOWN for word in tokens])
            spans.extend(self._matcher(doc, as_spans=True))
        matches: list[Match] = []
        kept = sorted(filter_spans(spans), key=lambda span: int(span.start))
        if len(kept) > MOST_MENTIONS:
            kept = kept[: MOST_MENTIONS // 2] + kept[-MOST_MENTIONS // 2 :]
        for span in kept:
            name = " ".join(token.orth_ for token in span)
            foreign = name in self._foreign
            codes = () if foreign else self._codes[name]
            weak = not self._counts(name, span.start, span.end, found)
            matches.append(Match(name, codes, span.start, span.end, foreign, weak))
        return [
            replace(match, weak=False)
            if match.weak and any(_related(match, other) for other in matches if other is not match)
            else match
            for match in matches
        ]

    def _counts(self, name: str, start: int, end: int, found: list[str]) -> bool:
        """Whether a name that is also a common word is meant as a place here."""
        if name not in self._common:
            return True
        before = found[max(0, start - 3) : start]
        if " ".join([*before[-1:], name]) in self._common:  # "nan lari", "por mala"
            return False
        if before and (before[-1] in _BEFORE_HERE or _word_before(found, start) in _LEVEL_WORDS):
            return True
        return " " in name and any(word in _DWELLING for word in before)

    def _choose(self, matches: list[Match], found: list[str]) -> PlaceReading:
        best = max(
            enumerate(matches),
            key=lambda item: (self._standing(item[1], matches, found), item[0]),
        )[1]
        codes = self._narrow(best, matches, found)
        if len(codes) == 1:
            return PlaceReading(code=codes[0])
        return PlaceReading(candidates=tuple(codes[:MOST_CANDIDATES]))

    def _standing(self, match: Match, matches: list[Match], found: list[str]) -> int:
        """How likely this name is where the person is: "soy de cusco, estoy en lima" is Lima."""
        before = found[max(0, match.start - 3) : match.start]
        here = bool(before) and (before[-1] in _BEFORE_HERE or before[-1] in _DWELLING)
        origin = any(word in _BEFORE_ORIGIN for word in before)
        holders = sum(
            other is not match and names.inside(match.codes, other.codes) for other in matches
        )
        plain = len(self._narrow(match, matches, found)) == 1
        return 2 * here - 3 * origin + 4 * holders + plain

    def _narrow(self, match: Match, matches: list[Match], found: list[str]) -> list[str]:
        codes = list(match.codes)
        current().count("places", len(matches))
        for other in matches if len(codes) > 1 else ():
            if other is match:
                continue
            # The closest area tells most: of "miraflores, lima" the one in the city of Lima
            depth = {code: names.depth(code, other.codes) for code in codes}
            deepest = max(depth.values(), default=0)
            inside = [code for code in codes if deepest and depth[code] == deepest]
            codes = inside or codes
        level = _LEVEL_WORDS.get(_word_before(found, match.start), 0)
        of_level = [code for code in codes if len(code) == level]
        if level and of_level:
            codes = of_level
        return self._dominant(names.seats(codes))

    def _dominant(self, codes: list[str]) -> list[str]:
        if len(codes) < 2:
            return codes
        departments = [code for code in codes if len(code) == 2]
        if len(departments) == 1:
            return departments
        ordered = sorted(codes, key=lambda code: (-self._weight[code], code))
        first, second = (self._weight[code] for code in ordered[:2])
        return ordered[:1] if first >= DOMINANCE * max(second, 1) else ordered

    def _guess(self, found: list[str], ordinary: frozenset[str]) -> PlaceReading:
        if not 1 <= len(found) <= LONGEST_GUESS:
            return PlaceReading()
        best: tuple[float, str] = (0.0, "")
        for size in (4, 3, 2, 1):
            for start in range(len(found) - size + 1):
                part = found[start : start + size]
                tried = " ".join(part)
                if not 5 <= len(tried) <= LONGEST_NAME or all(word in ordinary for word in part):
                    continue
                hit = process.extractOne(
                    tried, self._guessable, scorer=fuzz.ratio, score_cutoff=SIMILAR
                )
                if hit and (hit[1], hit[0]) > best:
                    best = (hit[1], hit[0])
        if not best[1] or best[1] in self._common:
            return PlaceReading()
        codes = self._dominant(names.seats(list(self._codes[best[1]])))
        if len(codes) == 1:
            return PlaceReading(code=codes[0], guess=True)
        return PlaceReading(candidates=tuple(codes[:MOST_CANDIDATES]), guess=True)

    def only(self, text: str) -> bool:
        """Whether a text is a place's name and nothing but small words around it."""
        found = words(text)
        return len(found) <= LONGEST_GUESS and _only(self._matches(found), found)


def _only(matches: list[Match], found: list[str], besides: int = 1) -> bool:
    """Whether names are all that is said, but for so many other words."""
    covered = sum(match.end - match.start for match in matches)
    return bool(matches) and len(found) - covered <= besides


def _related(match: Match, other: Match) -> bool:
    """Whether one name lies in the other's area: "nauta, loreto"."""
    return names.inside(match.codes, other.codes) or names.inside(other.codes, match.codes)


def _abroad(match: Match, matches: list[Match]) -> bool:
    """Whether a name abroad follows at once: "trujillo venezuela"."""
    return any(other.foreign and other.start == match.end for other in matches)


def _word_before(found: list[str], start: int) -> str:
    before = [word for word in found[max(0, start - 3) : start] if word not in _SMALL_WORDS]
    return before[-1] if before else ""


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The gazetteer of the project's tables, built once in a process (about 0.3 s)."""
    return Gazetteer(tables())
