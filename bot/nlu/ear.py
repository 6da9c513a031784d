"""Two classifiers that hear a message together: a linear one and a network.

Decides how they are added up: the linear one reads vector and spelling, the network bends where it
is straight (`bot.nlu.network`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.nlu.linear import Features, Margins, confidences
from bot.nlu.network import Network
from bot.nlu.vectors import Vector

PENALTY = 1.0
"""C of the linear classifier; best of 0.1, 0.3, 0.6, 1 in cross-validation."""

SHARPNESS = 3.0
"""Of the linear classifier's margins beside the network's shares."""

SMALLEST = 1e-6
"""Share below which the linear classifier tells nothing apart."""


def learn_margins(
    texts: Sequence[str], vectors: NDArray[np.float32], labels: Sequence[str]
) -> Margins:
    """Learn the linear one by itself."""
    return Margins.learn(Features.of(texts, vectors), labels, penalty=PENALTY, balanced=True)


@dataclass(frozen=True)
class Ear:
    """The two classifiers."""

    margins: Margins
    network: Network

    @classmethod
    def learn(
        cls, texts: Sequence[str], vectors: NDArray[np.float32], labels: Sequence[str]
    ) -> Ear:
        """Learn from examples."""
        return cls(learn_margins(texts, vectors, labels), Network.learn(vectors, labels))

    def scores(self, text: str, vector: Vector) -> NDArray[np.float32]:
        """A logarithmic score of each label, in the order of `margins.labels`."""
        linear = np.log(confidences(self.margins.of(text, vector), SHARPNESS) + SMALLEST)
        found: NDArray[np.float32] = linear + self.network.log_shares(vector)
        return found
