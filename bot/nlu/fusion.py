"""How the cues of a message and what the classifiers hear weigh together: its level.

Decides what is weighed and where each level begins: a multinomial logistic model, fitted by
`bot/evaluation/fit_urgency.py` to messages that the classifiers had not learnt (docs/adr/0007).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.cues import LAUGHTER, Reading
from bot.paths import ROOT
from bot.turn import URGENCY_LEVELS, Urgency

FUSION = ROOT / "data" / "urgency" / "fusion.yml"

CALMING = frozenset({"information", "past", "resolved"})
"""Contexts of a message that make a cue in it less likely to be danger now."""

FEATURES = (
    "urgent_over_none high_over_none urgent_cue several_urgent_cues high_cue negated_cue "
    "information past resolved story idiom laughter urgent_cue_in_calm_context"
).split()
"""What the fusion weighs, in this order."""


@dataclass(frozen=True)
class Fusion:
    """A multinomial logistic model of the level on `FEATURES`, and where each level begins.

    Attributes:
        weights: For each level of `URGENCY_LEVELS`, a weight for each feature.
        offsets: For each level.
        urgent_from: Share of "urgent" from which the level is urgent.
        high_from: Share of "high" and "urgent" together from which it is at least high.
    """

    weights: tuple[tuple[float, ...], ...]
    offsets: tuple[float, ...]
    urgent_from: float
    high_from: float

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Fusion:
        """From a mapping, as the file has it."""
        weights = row["weights"]
        return cls(
            tuple(tuple(weights[level][name] for name in FEATURES) for level in URGENCY_LEVELS),
            tuple(row["offsets"][level] for level in URGENCY_LEVELS),
            row["urgent_from"],
            row["high_from"],
        )


def features(reading: Reading, scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """The numbers that the fusion weighs.

    Args:
        reading: The cues and contexts of the whole message.
        scores: The classifiers' logarithmic scores of none, high and urgent.
    """
    urgent, high = reading.active("urgent"), reading.active("high")
    calm = bool(CALMING & reading.contexts)
    return np.array(
        [
            scores[2] - scores[0],
            scores[1] - scores[0],
            bool(urgent),
            len({cue.category for cue in urgent}) > 1,
            bool(high),
            any(cue.negated for cue in reading.cues),
            "information" in reading.contexts,
            "past" in reading.contexts,
            "resolved" in reading.contexts,
            "story" in reading.contexts,
            "idiom" in reading.contexts,
            LAUGHTER in reading.contexts,
            bool(urgent) and calm,
        ],
        dtype=float,
    )


def fuse(reading: Reading, scores: NDArray[np.float32], fusion: Fusion) -> NDArray[np.float64]:
    """The share of each level, in the order of `URGENCY_LEVELS`."""
    sums = np.array(fusion.weights) @ features(reading, scores) + np.array(fusion.offsets)
    powers = np.exp(sums - sums.max())
    found: NDArray[np.float64] = powers / powers.sum()
    return found


def decide(reading: Reading, probabilities: NDArray[np.float64], fusion: Fusion) -> Urgency:
    """The level: the higher in doubt, and a cue without a calming context is never nothing.

    (A topic asked in the same breath, "me pega, ¿dónde hay una comisaría?", sounds calm.)
    """
    if probabilities[2] >= fusion.urgent_from:
        return "urgent"
    calm = bool(CALMING & reading.contexts)
    if probabilities[1] + probabilities[2] >= fusion.high_from or (
        reading.active("urgent") and not calm
    ):
        return "high"
    return "none"
