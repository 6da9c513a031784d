"""Known words that are one or two typos away from another word.

Decides how they are found for all unknown words of a message at once. One typo: two words are so
near only where taking away a letter from each, or from one, leaves the same (SymSpell's idea); what
is left of the known words is kept as checksums, a few bytes each, so that an unknown word is
compared with a handful. Two typos, in long words alone: rapidfuzz compares many with many, which is
thirty times as fast as one with many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.work import current

TWO_TYPOS_FROM = 12
"""Letters from which a word may have two typos; a shorter one may have one."""

LONGEST_CORRECTED = 20
"""Letters; a longer word is corrected to none."""

AT_ONCE = 100
"""Long words that are compared in one call, between two looks whether anybody still waits."""


class Spellings:
    """Known words, ready to be found by words that resemble them."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted(set(known), key=lambda word: (len(word), word))
        self._long = [word for word in self._known if len(word) >= TWO_TYPOS_FROM - 2]
        rows = [
            (checksum, number)
            for number, word in enumerate(self._known)
            if len(word) <= TWO_TYPOS_FROM
            for checksum in _checksums(word)
        ]
        checksums = np.array([checksum for checksum, _ in rows], dtype=np.uint32)
        order = np.argsort(checksums, kind="stable")
        self._checksums = checksums[order]
        self._numbers = np.array([number for _, number in rows], dtype=np.int32)[order]

    def nearest(self, unknown: Iterable[str]) -> dict[str, str]:
        """The known words that others were meant to be.

        Args:
            unknown: Words of at most `LONGEST_CORRECTED` letters.

        Returns:
            Each word that is near a known one to the nearest: of several the shortest, then the
            first of the alphabet.

        Raises:
            bot.work.Abandoned: Nobody waits for the reading any more.
        """
        short: list[str] = []
        long: list[str] = []
        for word in unknown:
            (long if len(word) >= TWO_TYPOS_FROM else short).append(word)
        return self._one_typo_away(short) | self._two_typos_away(long)

    def _one_typo_away(self, unknown: Sequence[str]) -> dict[str, str]:
        wanted: list[int] = []
        owners: list[int] = []
        for owner, word in enumerate(unknown):
            found = _checksums(word)
            wanted += found
            owners += [owner] * len(found)
        looked_up = np.array(wanted, dtype=np.uint32)
        begins: NDArray[np.int64] = np.searchsorted(self._checksums, looked_up, side="left")
        ends: NDArray[np.int64] = np.searchsorted(self._checksums, looked_up, side="right")
        near: dict[int, set[int]] = {}
        for hit in np.flatnonzero(begins != ends).tolist():
            numbers = self._numbers[begins[hit] : ends[hit]].tolist()
            near.setdefault(owners[hit], set()).update(numbers)
        meant = {}
        for owner, numbers in near.items():
            current().count("spellings", len(numbers))
            word = unknown[owner]
            for number in sorted(numbers):
                if OSA.distance(word, self._known[number], score_cutoff=1) <= 1:
                    meant[word] = self._known[number]
                    break
        return meant

    def _two_typos_away(self, unknown: Sequence[str]) -> dict[str, str]:
        meant: dict[str, str] = {}
        for start in range(0, len(unknown) if self._long else 0, AT_ONCE):
            some = unknown[start : start + AT_ONCE]
            current().count("spellings", len(some) * len(self._long))
            distances = process.cdist(
                some, self._long, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8
            )
            nearest = distances.argmin(axis=1).tolist()
            least = distances.min(axis=1).tolist()
            for word, number, distance in zip(some, nearest, least, strict=True):
                if distance <= 2:
                    meant[word] = self._long[number]
        return meant


def _checksums(word: str) -> list[int]:
    """Of a word and of all that is left when one letter is taken away."""
    left = {word[:place] + word[place + 1 :] for place in range(len(word))}
    return [crc32(one.encode("utf-8", "replace")) for one in (word, *left)]
