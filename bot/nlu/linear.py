"""A linear classifier on a sentence vector and on the spelling, kept as arrays.

Decides the features that intents, language, urgency and accounts are read from: the vector
(meaning, across languages) beside weights of the groups of letters, of the words and of their pairs
in the folded text (spelling, where the vector knows little: Quechua, Creole, typos). Learnt by
scikit-learn, whose pickles take seconds to load; kept as numpy arrays.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from bot.folding import words
from bot.nlu.learning import Arrays, Learnt
from bot.nlu.vectors import Vector

GROUPS = range(3, 6)
"""Lengths of the groups of letters; with those of two no better in cross-validation."""

LONGEST_READ = 600
"""Characters whose letters are counted; a topic is named early."""

VECTOR_WEIGHT = 1.6
"""Of the vector beside the letters; best of 1, 1.6, 2, 4 in cross-validation."""

WORD_WEIGHT = 0.7
"""Of words and pairs of words beside the letters; best of 0, 0.5, 0.7, 1 in cross-validation."""

TAG_WEIGHT = 0.6
"""Of what else is known of a text; as good as any from 0.3 to 1 in cross-validation."""

PENALTY = 0.3
"""C of the support vector classifier, where nothing else is said; best of 0.1, 0.3, 1."""

SHARPNESS = 4.0
"""Turns margins into confidences that mean what they say; fitted in cross-validation."""

SEEN_AT_LEAST = 3
"""Examples that a group of letters must occur in; with 2 no better in cross-validation."""

DIRECTIONS = 128
"""Of the vector's 384 directions those that examples differ most in, to learn from: in
cross-validation as good as all, in half the time. What is kept reads the whole vector."""

TOLERANCE = 0.01
"""Of the learning: a hundredth of scikit-learn's care moves no margin by more than 0.002 and takes
half the time where one mistake counts much."""


def letters_of(word: str, sizes: range) -> list[str]:
    """The groups of letters of a word, fenced by spaces."""
    fenced = f" {word} "
    groups = []
    for size in sizes:
        if size >= len(fenced):
            groups.append(fenced)
            break
        groups += [fenced[start : start + size] for start in range(len(fenced) - size + 1)]
    return groups


def pairs_of(found: Sequence[str]) -> list[str]:
    """Each word and each pair of neighbours, marked as such."""
    single = [f"={word}" for word in found]
    return single + [f"={one} {other}" for one, other in itertools.pairwise(found)]


def marked(tags: Sequence[str]) -> list[str]:
    """Tags as they stand beside words."""
    return [f"#{tag}" for tag in tags]


class Spelling:
    """Weights of groups of letters, of words and of tags: term frequency, dampened, by rarity.

    Args:
        groups: The known groups of letters, words and tags.
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
        self.sizes = sizes
        self.word_weight = word_weight

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        sizes: range = GROUPS,
        word_weight: float = WORD_WEIGHT,
        tags: Sequence[Sequence[str]] | None = None,
    ) -> tuple[Spelling, csr_matrix]:
        """Find the groups that occur in at least `SEEN_AT_LEAST` examples.

        Args:
            texts: The examples.
            sizes: Lengths of the groups of letters.
            word_weight: Of the words beside the letters.
            tags: What else is known of each example.

        Returns:
            What was learnt, and the weights of the texts themselves, one a row.
        """
        found = [words(text[:LONGEST_READ]) for text in texts]
        vocabulary, words_of_texts = _counted(found)
        letters, letters_of_words = _counted([letters_of(word, sizes) for word in vocabulary])
        parts = [(letters, words_of_texts @ letters_of_words, 1.0)]
        if word_weight:
            parts.append((*_counted([pairs_of(one) for one in found]), word_weight))
        if tags is not None:
            parts.append((*_counted([marked(one) for one in tags]), TAG_WEIGHT))
        groups: list[str] = []
        rarities, weights = [], []
        for names, counts, weight in parts:
            kept, rarity, weighed = _weighed(counts, weight)
            groups += [names[column] for column in kept]
            rarities.append(rarity)
            weights.append(weighed)
        spelling = cls(groups, np.concatenate(rarities), sizes, word_weight)
        return spelling, hstack(weights).tocsr()

    @property
    def groups(self) -> list[str]:
        """The known groups, in the order of the columns."""
        return list(self._column)

    @property
    def rarity(self) -> NDArray[np.float32]:
        """Inverse document frequency of each group."""
        return self._rarity

    def weigh(
        self, text: str, tags: Sequence[str] = ()
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Columns and weights of one text; those of the letters have length one together."""
        found = words(text[:LONGEST_READ])
        pairs = pairs_of(found) if self.word_weight else []
        parts = [
            (1.0, [group for word in found for group in letters_of(word, self.sizes)]),
            (self.word_weight, pairs),
            (TAG_WEIGHT, marked(tags)),
        ]
        weighed = [(weight, *self._weigh(Counter(groups))) for weight, groups in parts]
        return (
            np.concatenate([columns for _, columns, _ in weighed]),
            np.concatenate([np.float32(weight) * weights for weight, _, weights in weighed]),
        )

    def _weigh(self, groups: Counter[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        known = [
            (column, count)
            for column, count in zip(map(self._column.get, groups), groups.values(), strict=True)
            if column is not None
        ]
        pairs = np.array(known, dtype=np.int64).reshape(-1, 2)
        weights = (1 + np.log(pairs[:, 1])) * self._rarity[pairs[:, 0]]
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
    """What `Spelling.weigh` gives, for all examples at once.

    Returns:
        The columns that occur often enough, the rarity of each, and the examples' weights in them.
    """
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = np.flatnonzero(seen >= SEEN_AT_LEAST)
    rarity = (np.log((1 + counts.shape[0]) / (1 + seen[kept])) + 1).astype(np.float32)
    found = counts[:, kept]
    found.data = (1 + np.log(found.data)) * rarity[found.indices]
    lengths = np.sqrt(found.multiply(found).sum(axis=1)).A1
    return kept, rarity, diags(weight / np.where(lengths == 0, 1.0, lengths)) @ found


@dataclass(frozen=True)
class Features:
    """Examples as a classifier learns from them.

    Attributes:
        spelling: What was learnt of their spelling.
        centre: The middle of their vectors.
        directions: Of the vectors, those that they are learnt from, one a column.
        matrix: One example a row: first the vector, then the weights of the letters and words.
    """

    spelling: Spelling
    centre: Vector
    directions: NDArray[np.float32]
    matrix: csr_matrix

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        vectors: NDArray[np.float32] | None,
        sizes: range = GROUPS,
        word_weight: float = WORD_WEIGHT,
        tags: Sequence[Sequence[str]] | None = None,
    ) -> Features:
        """The features of examples.

        Args:
            texts: The examples.
            vectors: Their vectors, one a row; None to learn from letters alone.
            sizes: Lengths of the groups of letters.
            word_weight: Of the words beside the letters; 0 to read letters only.
            tags: What else is known of each example.
        """
        spelling, spelt = Spelling.learn(texts, sizes, word_weight, tags)
        if vectors is None:
            vectors = np.zeros((len(texts), 0), dtype=np.float32)
        centre = vectors.mean(axis=0).astype(np.float32)
        moved = centred(vectors, centre)
        directions = widest(moved)
        turned = csr_matrix(VECTOR_WEIGHT * (moved @ directions))
        return cls(spelling, centre, directions, hstack([turned, spelt]).tocsr())


class Margins:
    """A linear classifier on a vector and the spelling: arrays only.

    Attributes:
        labels: What a text can be, in the order of the margins.
    """

    def __init__(
        self,
        labels: Sequence[str],
        spelling: Spelling,
        centre: Vector,
        of_vector: NDArray[np.float32],
        of_letters: NDArray[np.float32],
        offset: NDArray[np.float32],
    ) -> None:
        self.labels = list(labels)
        self._spelling = spelling
        self._centre = centre
        self._of_vector = of_vector
        self._of_letters = of_letters
        self._offset = offset

    @classmethod
    def learn(
        cls,
        features: Features,
        labels: Sequence[str],
        *,
        penalty: float = PENALTY,
        balanced: bool = False,
    ) -> Margins:
        """Learn one margin a label.

        Args:
            features: The examples.
            labels: What each example is an example of.
            penalty: C of the classifier: how much a mistake on an example counts.
            balanced: Whether rare labels weigh as much as frequent ones.
        """
        from sklearn.svm import LinearSVC

        model = LinearSVC(
            C=penalty,
            tol=TOLERANCE,
            random_state=0,
            class_weight="balanced" if balanced else None,
        ).fit(features.matrix, list(labels))
        weights_of = model.coef_.astype(np.float32)
        offset = model.intercept_.astype(np.float32)
        if len(model.classes_) == 2:  # scikit-learn gives one margin for two labels
            weights_of, offset = np.vstack([-weights_of, weights_of]), np.hstack([-offset, offset])
        width = features.directions.shape[1]
        return cls(
            [str(label) for label in model.classes_],
            features.spelling,
            features.centre,
            weights_of[:, :width] @ features.directions.T,
            np.ascontiguousarray(weights_of[:, width:].T),
            offset,
        )

    def of(
        self, text: str, vector: Vector | None = None, tags: Sequence[str] = ()
    ) -> NDArray[np.float32]:
        """The margin of each label for one text."""
        columns, weights = self._spelling.weigh(text, tags)
        margins: NDArray[np.float32] = weights @ self._of_letters[columns] + self._offset
        if vector is not None:
            moved = centred(vector[None, :], self._centre)[0]
            margins = margins + self._of_vector @ (VECTOR_WEIGHT * moved)
        return margins

    def best(
        self, text: str, vector: Vector | None, sharpness: float, tags: Sequence[str] = ()
    ) -> tuple[str, float]:
        """The likeliest label for one text, and its confidence, 0 to 1."""
        shares = confidences(self.of(text, vector, tags), sharpness)
        best = int(np.argmax(shares))
        return self.labels[best], float(shares[best])

    def kept(self) -> Learnt:
        """What is kept; `restored` takes it back."""
        spelling = self._spelling
        arrays = {
            "centre": self._centre,
            "of_vector": self._of_vector,
            "of_letters": self._of_letters.astype(np.float16),
            "offset": self._offset,
            "rarity": spelling.rarity,
        }
        return arrays, {
            "labels": self.labels,
            "groups": spelling.groups,
            "sizes": [spelling.sizes.start, spelling.sizes.stop],
            "word_weight": spelling.word_weight,
        }

    @classmethod
    def restored(cls, arrays: Arrays, facts: dict[str, Any]) -> Margins:
        """What `kept` gave."""
        return cls(
            facts["labels"],
            Spelling(
                facts["groups"], arrays["rarity"], range(*facts["sizes"]), facts["word_weight"]
            ),
            arrays["centre"],
            arrays["of_vector"],
            arrays["of_letters"].astype(np.float32),
            arrays["offset"],
        )


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


def widest(moved: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions in which centred vectors differ most, one a column, at most `DIRECTIONS`."""
    _, directions = np.linalg.eigh(moved.T @ moved)  # the narrowest comes first
    return np.ascontiguousarray(directions[:, ::-1][:, :DIRECTIONS])
