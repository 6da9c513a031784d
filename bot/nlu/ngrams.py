"""Features of the spelling: character n-grams, words and pairs of words, weighed by tf-idf.

Decides how a text becomes weights: n-grams of letters within a word, words, pairs of neighbours and
tags, each kind of length one together, term frequency dampened. scikit-learn's vectorisers give the
same weights; one text costs them a multiple of this (docs/adr/0018), so that they serve no reading.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from bot.text.folding import words

LENGTHS = range(3, 6)
"""Of the n-grams; with those of two no better in cross-validation."""

LONGEST_READ = 600
"""Characters whose letters are counted; a topic is named early."""

WORD_WEIGHT = 0.7
"""Of words and pairs of words beside the letters; best of 0, 0.5, 0.7, 1 in cross-validation."""

TAG_WEIGHT = 0.6
"""Of what else is known of a text; as good as any from 0.3 to 1 in cross-validation."""

SEEN_AT_LEAST = 3
"""Examples that an n-gram must occur in; with 2 no better in cross-validation."""


def letters_of(word: str, lengths: range) -> list[str]:
    """The n-grams of a word, fenced by spaces."""
    fenced = f" {word} "
    ngrams = []
    for length in lengths:
        if length >= len(fenced):
            ngrams.append(fenced)
            break
        ngrams += [fenced[start : start + length] for start in range(len(fenced) - length + 1)]
    return ngrams


def pairs_of(found: Sequence[str]) -> list[str]:
    """Each word and each pair of neighbours, marked as such."""
    single = [f"={word}" for word in found]
    return single + [f"={one} {other}" for one, other in itertools.pairwise(found)]


def marked(tags: Sequence[str]) -> list[str]:
    """Tags as they stand beside words."""
    return [f"#{tag}" for tag in tags]


class NgramFeatures:
    """Weights of n-grams of letters, of words and of tags: tf-idf, the frequency dampened.

    Args:
        ngrams: The known n-grams of letters, words and tags.
        idf: Inverse document frequency of each.
        lengths: Of the n-grams of letters.
        word_weight: Of the words beside the letters; 0 where only letters are read.
    """

    def __init__(
        self,
        ngrams: Sequence[str],
        idf: NDArray[np.float32],
        lengths: range = LENGTHS,
        word_weight: float = WORD_WEIGHT,
    ) -> None:
        self._column = {ngram: column for column, ngram in enumerate(ngrams)}
        self._idf = idf
        self.lengths = lengths
        self.word_weight = word_weight

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        lengths: range = LENGTHS,
        word_weight: float = WORD_WEIGHT,
        tags: Sequence[Sequence[str]] | None = None,
    ) -> tuple[NgramFeatures, csr_matrix]:
        """Find the n-grams that occur in at least `SEEN_AT_LEAST` examples.

        Args:
            texts: The examples.
            lengths: Of the n-grams of letters.
            word_weight: Of the words beside the letters.
            tags: What else is known of each example.

        Returns:
            The features, and the weights of the texts themselves, one a row.
        """
        found = [words(text[:LONGEST_READ]) for text in texts]
        vocabulary, words_of_texts = _counted(found)
        letters, letters_of_words = _counted([letters_of(word, lengths) for word in vocabulary])
        parts = [(letters, words_of_texts @ letters_of_words, 1.0)]
        if word_weight:
            parts.append((*_counted([pairs_of(one) for one in found]), word_weight))
        if tags is not None:
            parts.append((*_counted([marked(one) for one in tags]), TAG_WEIGHT))
        ngrams: list[str] = []
        idfs, weights = [], []
        for names, counts, weight in parts:
            kept, idf, weighed = _weighed(counts, weight)
            ngrams += [names[column] for column in kept]
            idfs.append(idf)
            weights.append(weighed)
        features = cls(ngrams, np.concatenate(idfs), lengths, word_weight)
        return features, hstack(weights).tocsr()

    @property
    def ngrams(self) -> list[str]:
        """The known n-grams, in the order of the columns."""
        return list(self._column)

    @property
    def idf(self) -> NDArray[np.float32]:
        """Inverse document frequency of each n-gram."""
        return self._idf

    def weigh(
        self, text: str, tags: Sequence[str] = ()
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Columns and weights of one text; those of the letters have length one together."""
        found = words(text[:LONGEST_READ])
        pairs = pairs_of(found) if self.word_weight else []
        parts = [
            (1.0, [ngram for word in found for ngram in letters_of(word, self.lengths)]),
            (self.word_weight, pairs),
            (TAG_WEIGHT, marked(tags)),
        ]
        weighed = [(weight, *self._weigh(Counter(ngrams))) for weight, ngrams in parts]
        return (
            np.concatenate([columns for _, columns, _ in weighed]),
            np.concatenate([np.float32(weight) * weights for weight, _, weights in weighed]),
        )

    def _weigh(self, ngrams: Counter[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        known = [
            (column, count)
            for column, count in zip(map(self._column.get, ngrams), ngrams.values(), strict=True)
            if column is not None
        ]
        pairs = np.array(known, dtype=np.int64).reshape(-1, 2)
        weights = (1 + np.log(pairs[:, 1])) * self._idf[pairs[:, 0]]
        norm = float(np.linalg.norm(weights)) or 1.0
        return pairs[:, 0], (weights / norm).astype(np.float32)


def _counted(rows: Sequence[Sequence[str]]) -> tuple[list[str], csr_matrix]:
    """All names of the rows, and how often each row has each of them, one row a row."""
    column: dict[str, int] = {}
    columns = [column.setdefault(name, len(column)) for row in rows for name in row]
    ends = np.cumsum([0, *map(len, rows)])
    counts = csr_matrix(
        (np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(rows), len(column))
    )
    counts.sum_duplicates()
    return list(column), counts


def _weighed(
    counts: csr_matrix, weight: float
) -> tuple[NDArray[np.int64], NDArray[np.float32], csr_matrix]:
    """What `NgramFeatures.weigh` gives, for all examples at once.

    Returns:
        The columns that occur often enough, the inverse document frequency of each, and the
        examples' weights in them.
    """
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = np.flatnonzero(seen >= SEEN_AT_LEAST)
    idf = (np.log((1 + counts.shape[0]) / (1 + seen[kept])) + 1).astype(np.float32)
    found = counts[:, kept]
    found.data = (1 + np.log(found.data)) * idf[found.indices]
    lengths = np.sqrt(found.multiply(found).sum(axis=1)).A1
    return kept, idf, diags(weight / np.where(lengths == 0, 1.0, lengths)) @ found
