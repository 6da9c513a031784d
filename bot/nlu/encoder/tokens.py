"""A text as the encoder's numbers: the likeliest way to cut it into pieces of the vocabulary.

Decides that texts are cut here and in Python (a Unigram model: Kudo 2018): the library that does
the same, Hugging Face's `tokenizers`, holds this vocabulary in 288 MB of every process, this in 45
(docs/adr/0013). The tests compare the two on messages in six languages and on any Unicode at all.

The work is bounded before it begins: so many characters of a text, at most `LONGEST_PIECE` pieces
tried at each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.nlu.encoder.weights import Vocabulary

SPACE = "▁"
"""Stands for a space, and before the first word."""

UNKNOWN_COSTS = 10.0
"""Logarithm by which a character that is in no piece is less likely than the least likely piece."""

_SPACES = re.compile(" {2,}")


class Tokenizer:
    """Cuts texts into pieces of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._begin, self._end = vocabulary.begin, vocabulary.end
        self._unknown = vocabulary.unknown
        self._characters: Mapping[int, str] = vocabulary.characters
        no_letters = {vocabulary.begin, vocabulary.end, vocabulary.unknown}
        self._number = {
            piece: number
            for number, piece in enumerate(vocabulary.pieces)
            if number not in no_letters and not piece.startswith("<pad")
        }
        self._scores = memoryview(vocabulary.scores)  # type: ignore[arg-type]
        self._unknown_score = float(vocabulary.scores.min()) - UNKNOWN_COSTS
        self._longest_piece = max(map(len, self._number))

    def numbers(self, text: str, limit: int) -> list[int]:
        """The numbers of a text's pieces, between those of its begin and end.

        Args:
            text: As short as its reader can make it: all of it is cut.
            limit: Of numbers; what would follow is left out.
        """
        pieces = self._pieces(self._prepared(text))[: limit - 2]
        return [self._begin, *pieces, self._end]

    def _prepared(self, text: str) -> str:
        read = _SPACES.sub(" ", text.translate(self._characters))
        return SPACE + read.replace(" ", SPACE) if read else ""

    def _pieces(self, text: str) -> list[int]:
        """The likeliest pieces: the best way to each character, from the ways to those before."""
        length = len(text)
        best = [float("-inf")] * (length + 1)
        begins, numbers = [0] * (length + 1), [self._unknown] * (length + 1)
        best[0] = 0.0
        known, scores = self._number.get, self._scores
        for start in range(length):
            so_far = best[start]
            alone = False
            for end in range(start + 1, min(start + self._longest_piece, length) + 1):
                number = known(text[start:end])
                if number is None:
                    continue
                alone = alone or end == start + 1
                score = so_far + scores[number]
                if score > best[end]:
                    best[end], begins[end], numbers[end] = score, start, number
            if not alone and so_far + self._unknown_score > best[start + 1]:
                best[start + 1] = so_far + self._unknown_score
                begins[start + 1], numbers[start + 1] = start, self._unknown
        return self._way_to(length, begins, numbers)

    def _way_to(self, end: int, begins: list[int], numbers: list[int]) -> list[int]:
        found: list[int] = []
        while end > 0:
            number = numbers[end]
            if not (found and number == found[-1] == self._unknown):  # one for all in a row
                found.append(number)
            end = begins[end]
        return found[::-1]
