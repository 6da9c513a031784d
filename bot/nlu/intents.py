"""Which topic a message is about.

Decides the intent and the next likeliest ones, from the vector and the letters (`bot.nlu.linear`).
Measured by cross-validation on the training examples (docs/evaluation.md): letters alone 70 %
right, vector alone 78 %, both 81 %.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import VECTOR, Arrays, TrainedComponent, examples
from bot.nlu.linear import Margins, confidences
from bot.nlu.vectors import vectors_of_examples

INTENT_RANKING = "intent_ranking"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class IntentClassifier(TrainedComponent):
    """Names the intent and the next likeliest ones."""

    _margins: Margins
    _labels: list[str]

    def learn(self, training_data: TrainingData) -> tuple[Arrays, dict[str, Any]]:
        """Learn the intents from the examples."""
        texts, labels = zip(*examples(training_data), strict=True)
        margins, names = Margins.learn(texts, vectors_of_examples(texts), labels)
        return margins.arrays(), {"labels": names, "groups": margins.groups}

    def restore(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Take what was learnt."""
        self._margins = Margins.from_arrays(arrays, facts["groups"])
        self._labels = facts["labels"]

    def read(self, message: Message, text: str) -> None:
        """Add the intent and the ranking."""
        shares = confidences(self._margins.of(text, message.get(VECTOR)))
        order = np.argsort(-shares)[: self._config.get("ranking_length", 5)]
        ranking = [
            {"name": self._labels[index], "confidence": float(shares[index])} for index in order
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING, ranking, add_to_output=True)
