"""A linear classifier on a sentence vector and on the spelling, kept as arrays.

Decides the features that topics, language, urgency and disclosure are read from: the vector
(meaning, across languages) beside n-grams of letters, words and their pairs in the
folded text (spelling, where the vector knows little: Quechua, Creole, typos). Fitted by
scikit-learn, whose pickles take seconds to load; kept as numpy arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bot.nlu.fitted import Arrays, Fitted
from bot.nlu.ngrams import LENGTHS, WORD_WEIGHT, NgramFeatures
from bot.nlu.vectors import Vector

VECTOR_WEIGHT = 1.6
"""Of the vector beside the letters; best of 1, 1.6, 2, 4 in cross-validation."""

PENALTY = 0.3
"""C of the support vector classifier, where nothing else is said; best of 0.1, 0.3, 1."""

INVERSE_TEMPERATURE = 4.0
"""Turns margins into confidences that mean what they say; fitted in cross-validation."""

DIRECTIONS = 128
"""Of the vector's 384 directions those that examples differ most in, to learn from: in
cross-validation as good as all, in half the time. What is kept reads the whole vector."""

TOLERANCE = 0.01
"""Of the learning: a hundredth of scikit-learn's care moves no margin by more than 0.002 and takes
half the time where one mistake counts much."""


@dataclass(frozen=True)
class Features:
    """Examples as a classifier learns from them.

    Attributes:
        spelling: How their spelling is weighed.
        centre: The middle of their vectors.
        directions: Of the vectors, those that they are learnt from, one a column.
        matrix: One example a row: first the vector, then the weights of the letters and words.
    """

    spelling: NgramFeatures
    centre: Vector
    directions: NDArray[np.float32]
    matrix: csr_matrix

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        vectors: NDArray[np.float32] | None,
        lengths: range = LENGTHS,
        word_weight: float = WORD_WEIGHT,
        tags: Sequence[Sequence[str]] | None = None,
    ) -> Features:
        """The features of examples.

        Args:
            texts: The examples.
            vectors: Their vectors, one a row; None to learn from letters alone.
            lengths: Of the n-grams of letters.
            word_weight: Of the words beside the letters; 0 to read letters only.
            tags: What else is known of each example.
        """
        spelling, spelt = NgramFeatures.fit(texts, lengths, word_weight, tags)
        if vectors is None:
            vectors = np.zeros((len(texts), 0), dtype=np.float32)
        centre = vectors.mean(axis=0).astype(np.float32)
        moved = centred(vectors, centre)
        directions = principal_components(moved)
        turned = csr_matrix(VECTOR_WEIGHT * (moved @ directions))
        return cls(spelling, centre, directions, hstack([turned, spelt]).tocsr())


class LinearModel:
    """A linear classifier on a vector and the spelling: arrays only.

    Attributes:
        labels: What a text can be, in the order of the margins.
    """

    def __init__(
        self,
        labels: Sequence[str],
        spelling: NgramFeatures,
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
    def fit(
        cls,
        features: Features,
        labels: Sequence[str],
        *,
        penalty: float = PENALTY,
        balanced: bool = False,
    ) -> LinearModel:
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
        self, text: str, vector: Vector | None, inverse_temperature: float, tags: Sequence[str] = ()
    ) -> tuple[str, float]:
        """The likeliest label for one text, and its confidence, 0 to 1."""
        probabilities = confidences(self.of(text, vector, tags), inverse_temperature)
        best = int(np.argmax(probabilities))
        return self.labels[best], float(probabilities[best])

    def kept(self) -> Fitted:
        """What is kept; `restored` takes it back."""
        spelling = self._spelling
        arrays = {
            "centre": self._centre,
            "of_vector": self._of_vector,
            "of_letters": self._of_letters.astype(np.float16),
            "offset": self._offset,
            "idf": spelling.idf,
        }
        return arrays, {
            "labels": self.labels,
            "ngrams": spelling.ngrams,
            "lengths": [spelling.lengths.start, spelling.lengths.stop],
            "word_weight": spelling.word_weight,
        }

    @classmethod
    def restored(cls, arrays: Arrays, facts: dict[str, Any]) -> LinearModel:
        """What `kept` gave."""
        return cls(
            facts["labels"],
            NgramFeatures(
                facts["ngrams"], arrays["idf"], range(*facts["lengths"]), facts["word_weight"]
            ),
            arrays["centre"],
            arrays["of_vector"],
            arrays["of_letters"].astype(np.float32),
            arrays["offset"],
        )


def confidences(
    margins: NDArray[np.float32], inverse_temperature: float = INVERSE_TEMPERATURE
) -> NDArray[np.float32]:
    """Margins as numbers from 0 to 1 that sum to 1 (softmax)."""
    powers = np.exp(inverse_temperature * (margins - margins.max()))
    probabilities: NDArray[np.float32] = powers / powers.sum()
    return probabilities


def centred(vectors: NDArray[np.float32], centre: Vector) -> NDArray[np.float32]:
    """Vectors seen from the middle of the training examples, of length one again."""
    moved = vectors - centre
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return moved / np.where(lengths == 0, 1.0, lengths)


def principal_components(moved: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions in which centred vectors differ most, one a column, at most `DIRECTIONS`."""
    _, directions = np.linalg.eigh(moved.T @ moved)  # the narrowest comes first
    return np.ascontiguousarray(directions[:, ::-1][:, :DIRECTIONS])
