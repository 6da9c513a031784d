"""A linear classifier on a sentence vector and on the spelling, kept as arrays.

Decides the features that intents, language, urgency and accounts are read from: the vector
(meaning, across languages) beside weights of the groups of letters, of the words and of their pairs
in the folded text (spelling, where the vector knows little: Quechua, Creole, typos). Learnt by
scikit-learn, whose pickles take seconds to load; kept as numpy arrays.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.folding import words
from bot.nlu.component import Arrays
from bot.nlu.vectors import Vector

GROUPS = range(2, 6)
"""Lengths of the groups of letters."""

LONGEST_READ = 600
"""Characters whose letters are counted; a topic is named early."""

VECTOR_WEIGHT = 1.6
"""Of the vector beside the letters; best of 1, 1.6, 2, 4 in cross-validation."""

WORD_WEIGHT = 0.7
"""Of words and pairs of words beside the letters; best of 0, 0.5, 0.7, 1 in cross-validation."""

PENALTY = 0.3
"""C of the support vector classifier; best of 0.1, 0.3, 1."""

SHARPNESS = 4.0
"""Turns margins into confidences that mean what they say; fitted in cross-validation."""

SEEN_AT_LEAST = 2
"""Examples that a group of letters must occur in."""


def letter_groups(text: str, sizes: range = GROUPS) -> Counter[str]:
    """How often each group of letters occurs, words fenced by spaces."""
    groups: Counter[str] = Counter()
    for word in words(text[:LONGEST_READ]):
        fenced = f" {word} "
        for size in sizes:
            if size >= len(fenced):
                groups[fenced] += 1
                break
            groups.update(fenced[start : start + size] for start in range(len(fenced) - size + 1))
    return groups


def word_groups(text: str) -> Counter[str]:
    """How often each word and each pair of neighbours occurs, marked as such."""
    found = words(text[:LONGEST_READ])
    groups = Counter(f"={word}" for word in found)
    groups.update(f"={one} {other}" for one, other in itertools.pairwise(found))
    return groups


class Spelling:
    """Weights of groups of letters and of words: term frequency, dampened, by rarity.

    Args:
        groups: The known groups of letters and of words.
        rarity: Inverse document frequency of each.
        sizes: Lengths of the groups of letters.
        word_weight: Of the words beside the letters; 0 where only letters are read.
    """

    def __init__(
        self,
        groups: Sequence[str],
        rarity: NDArray[np.float32],
        sizes: range = GROUPS,
        word_weight: float = WORD_WEIGHT,
    ) -> None:
        self._column = {group: column for column, group in enumerate(groups)}
        self._rarity = rarity
        self._sizes = sizes
        self._word_weight = word_weight

    @classmethod
    def learn(
        cls, texts: Sequence[str], sizes: range = GROUPS, word_weight: float = WORD_WEIGHT
    ) -> tuple[Spelling, csr_matrix]:
        """Find the groups that occur in at least `SEEN_AT_LEAST` examples.

        Returns:
            What was learnt, and the weights of the texts themselves, one a row.
        """
        parts = [_parts(text, sizes, word_weight) for text in texts]  # counted once: it takes long
        seen: Counter[str] = Counter()
        for part in parts:
            for groups in part:
                seen.update(groups.keys())
        kept = sorted(group for group, count in seen.items() if count >= SEEN_AT_LEAST)
        rarity = [math.log((1 + len(texts)) / (1 + seen[group])) + 1 for group in kept]
        spelling = cls(kept, np.array(rarity, dtype=np.float32), sizes, word_weight)
        return spelling, spelling._rows(parts)

    def _rows(self, parts: Sequence[Sequence[Counter[str]]]) -> csr_matrix:
        rows, columns, values = [], [], []
        for row, part in enumerate(parts):
            found, weights = self._weights(part)
            rows.append(np.full(len(found), row))
            columns.append(found)
            values.append(weights)
        shape = (len(parts), len(self._column))
        return csr_matrix(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape
        )

    @property
    def groups(self) -> list[str]:
        """The known groups, in the order of the columns."""
        return list(self._column)

    @property
    def rarity(self) -> NDArray[np.float32]:
        """Inverse document frequency of each group."""
        return self._rarity

    def weigh(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Columns and weights of one text; those of the letters have length one together."""
        return self._weights(_parts(text, self._sizes, self._word_weight))

    def _weights(
        self, parts: Sequence[Counter[str]]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        columns, weights = self._weigh(parts[0])
        if len(parts) == 1:
            return columns, weights
        word_columns, word_weights = self._weigh(parts[1])
        return (
            np.concatenate([columns, word_columns]),
            np.concatenate([weights, np.float32(self._word_weight) * word_weights]),
        )

    def _weigh(self, groups: Counter[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        columns, weights = [], []
        for group, count in groups.items():
            column = self._column.get(group)
            if column is not None:
                columns.append(column)
                weights.append((1 + math.log(count)) * float(self._rarity[column]))
        found = np.array(weights, dtype=np.float32)
        norm = float(np.linalg.norm(found)) or 1.0
        return np.array(columns, dtype=np.int64), found / norm


def _parts(text: str, sizes: range, word_weight: float) -> list[Counter[str]]:
    """The groups of letters of a text, and of its words where they are read."""
    letters = letter_groups(text, sizes)
    return [letters, word_groups(text)] if word_weight else [letters]


class Margins:
    """A linear classifier on a vector and the spelling: arrays only."""

    def __init__(
        self,
        spelling: Spelling,
        centre: Vector,
        of_vector: NDArray[np.float32],
        of_letters: NDArray[np.float32],
        offset: NDArray[np.float32],
    ) -> None:
        self._spelling = spelling
        self._centre = centre
        self._of_vector = of_vector
        self._of_letters = of_letters
        self._offset = offset

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        vectors: NDArray[np.float32] | None,
        labels: Sequence[str],
        *,
        sizes: range = GROUPS,
        word_weight: float = WORD_WEIGHT,
        balanced: bool = False,
    ) -> tuple[Margins, list[str]]:
        """Learn one margin a label.

        Args:
            texts: The examples.
            vectors: Their vectors, one a row; None to learn from letters alone.
            labels: What each example is an example of.
            sizes: Lengths of the groups of letters.
            word_weight: Of the words beside the letters; 0 to read letters only.
            balanced: Whether rare labels weigh as much as frequent ones.

        Returns:
            The classifier, and the labels in the order of its margins.
        """
        from scipy.sparse import hstack
        from sklearn.svm import LinearSVC

        spelling, spelt = Spelling.learn(texts, sizes, word_weight)
        if vectors is None:
            vectors = np.zeros((len(texts), 0), dtype=np.float32)
        centre = vectors.mean(axis=0)
        width = vectors.shape[1]
        features = hstack([csr_matrix(VECTOR_WEIGHT * centred(vectors, centre)), spelt]).tocsr()
        model = LinearSVC(
            C=PENALTY,
            random_state=0,
            class_weight="balanced" if balanced else None,
        ).fit(features, list(labels))
        weights_of = model.coef_.astype(np.float32)
        offset = model.intercept_.astype(np.float32)
        if len(model.classes_) == 2:  # scikit-learn gives one margin for two labels
            weights_of, offset = np.vstack([-weights_of, weights_of]), np.hstack([-offset, offset])
        margins = cls(
            spelling,
            centre.astype(np.float32),
            weights_of[:, :width],
            np.ascontiguousarray(weights_of[:, width:].T),
            offset,
        )
        return margins, [str(label) for label in model.classes_]

    def of(self, text: str, vector: Vector | None = None) -> NDArray[np.float32]:
        """The margin of each label for one text."""
        columns, weights = self._spelling.weigh(text)
        margins: NDArray[np.float32] = weights @ self._of_letters[columns] + self._offset
        if vector is not None:
            moved = centred(vector[None, :], self._centre)[0]
            margins = margins + self._of_vector @ (VECTOR_WEIGHT * moved)
        return margins

    def arrays(self) -> Arrays:
        """What is kept, by name."""
        return {
            "centre": self._centre,
            "of_vector": self._of_vector,
            "of_letters": self._of_letters.astype(np.float16),
            "offset": self._offset,
            "rarity": self._spelling.rarity,
        }

    @classmethod
    def from_arrays(
        cls,
        arrays: Arrays,
        groups: Sequence[str],
        sizes: range = GROUPS,
        word_weight: float = WORD_WEIGHT,
    ) -> Margins:
        """What `arrays` gave."""
        return cls(
            Spelling(groups, arrays["rarity"], sizes, word_weight),
            arrays["centre"],
            arrays["of_vector"],
            arrays["of_letters"].astype(np.float32),
            arrays["offset"],
        )

    @property
    def groups(self) -> list[str]:
        """The groups of letters and words known."""
        return self._spelling.groups


def confidences(margins: NDArray[np.float32], sharpness: float = SHARPNESS) -> NDArray[np.float32]:
    """Margins as numbers from 0 to 1 that sum to 1 (softmax)."""
    powers = np.exp(sharpness * (margins - margins.max()))
    shares: NDArray[np.float32] = powers / powers.sum()
    return shares


def centred(vectors: NDArray[np.float32], centre: Vector) -> NDArray[np.float32]:
    """Vectors seen from the middle of the training examples, of length one again."""
    moved = vectors - centre
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return moved / np.where(lengths == 0, 1.0, lengths)
