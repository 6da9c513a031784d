"""A multilayer perceptron on a sentence vector: it bends where a linear classifier is straight.

Decides its size and how it is learnt: one hidden layer, the average of a few that differ only in
where they began. Beside the linear classifier it tells danger from talk about danger (measured by
cross-validation on the examples: at the same share of false alarms 88 % of the urgent messages
instead of 78 %); for topics it adds nothing and is not used. Fitted by scikit-learn, kept as
arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.nlu.fitted import Arrays, Fitted
from bot.nlu.linear import centred, principal_components
from bot.nlu.vectors import Vector

HIDDEN = 512
MEMBERS = 2
ROUNDS = 12
PENALTY = 0.03
SCALE = 4.0
"""Of the vector, which has length one: it is fitted faster on larger numbers."""

SMALLEST = 1e-6
"""Probability below which nothing is told apart."""


class Mlp:
    """Probabilities of labels from a vector; several perceptrons, averaged."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays

    @classmethod
    def fit(cls, vectors: NDArray[np.float32], labels: Sequence[str]) -> Mlp:
        """Fit to examples; the labels' order is the alphabet's, as scikit-learn has it."""
        from sklearn.neural_network import MLPClassifier

        centre = vectors.mean(axis=0)
        moved = centred(vectors, centre)
        directions = principal_components(moved)
        features = SCALE * (moved @ directions)
        learnt = [
            MLPClassifier((HIDDEN,), alpha=PENALTY, max_iter=ROUNDS, random_state=number).fit(
                features, list(labels)
            )
            for number in range(MEMBERS)
        ]
        return cls(
            {
                "centre": centre.astype(np.float32),
                "first": np.stack([directions @ one.coefs_[0] for one in learnt]).astype(
                    np.float32
                ),
                "first_offset": np.stack([one.intercepts_[0] for one in learnt]).astype(np.float32),
                "second": np.stack([one.coefs_[1] for one in learnt]).astype(np.float32),
                "second_offset": np.stack([one.intercepts_[1] for one in learnt]).astype(
                    np.float32
                ),
            }
        )

    def kept(self) -> Fitted:
        """What is kept; `Mlp` of the arrays is the model again."""
        return self._arrays, {}

    def log_probabilities(self, vector: Vector) -> NDArray[np.float32]:
        """Logarithm of each label's probability for one vector."""
        kept = self._arrays
        features = SCALE * centred(vector[None, :], kept["centre"])[0]
        hidden = np.maximum(
            np.einsum("i,nij->nj", features, kept["first"]) + kept["first_offset"],
            0.0,
        )
        scores = np.einsum("nj,njk->nk", hidden, kept["second"]) + kept["second_offset"]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities = (powers / powers.sum(axis=1, keepdims=True)).mean(axis=0)
        found: NDArray[np.float32] = np.log(probabilities + SMALLEST).astype(np.float32)
        return found
