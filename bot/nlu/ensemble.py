"""Two classifiers that read a message together: a linear one and a multilayer perceptron.

Decides how they are added up: the linear one reads vector and spelling, the perceptron bends where
it is straight (`bot.nlu.mlp`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.nlu.linear import Features, LinearModel, confidences
from bot.nlu.mlp import Mlp
from bot.nlu.vectors import Vector

PENALTY = 1.0
"""C of the linear classifier; best of 0.1, 0.3, 0.6, 1 in cross-validation."""

INVERSE_TEMPERATURE = 3.0
"""Of the linear classifier's margins beside the perceptron's logarithmic probabilities."""

SMALLEST = 1e-6
"""Probability below which the linear classifier tells nothing apart."""


def fit_linear(
    texts: Sequence[str], vectors: NDArray[np.float32], labels: Sequence[str]
) -> LinearModel:
    """Fit the linear one by itself."""
    return LinearModel.fit(Features.of(texts, vectors), labels, penalty=PENALTY, balanced=True)


@dataclass(frozen=True)
class Ensemble:
    """The two classifiers."""

    linear: LinearModel
    mlp: Mlp

    @classmethod
    def fit(
        cls, texts: Sequence[str], vectors: NDArray[np.float32], labels: Sequence[str]
    ) -> Ensemble:
        """Fit both to examples."""
        return cls(fit_linear(texts, vectors, labels), Mlp.fit(vectors, labels))

    def scores(self, text: str, vector: Vector) -> NDArray[np.float32]:
        """A logarithmic score of each label, in the order of `linear.labels`."""
        linear = np.log(confidences(self.linear.of(text, vector), INVERSE_TEMPERATURE) + SMALLEST)
        found: NDArray[np.float32] = linear + self.mlp.log_probabilities(vector)
        return found
