"""Which topic a message is about.

Decides the intent and the next likeliest ones, from the vector and the letters (`bot.nlu.linear`).
Measured by cross-validation on the training examples (docs/evaluation.md): letters alone 74 %
right, in the directions that are learnt the vector alone 69 %, both 80 %, with words 81 %.
"""

from __future__ import annotations

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import VECTOR, LinearComponent
from bot.nlu.corpus import corpus
from bot.nlu.linear import Features, Margins, confidences
from bot.nlu.vectors import vectors_of_examples

INTENT_RANKING = "intent_ranking"

PENALTY = 0.5
"""C of the classifier; best of 0.3, 0.5, 0.7 in cross-validation."""


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class IntentClassifier(LinearComponent):
    """Names the intent and the next likeliest ones."""

    effort = 3

    @classmethod
    def learn(cls) -> Margins:
        """Learn the intents from the examples."""
        texts = [example.text for example in corpus()]
        features = Features.of(texts, vectors_of_examples(texts))
        intents = [example.intent for example in corpus()]
        return Margins.learn(features, intents, penalty=PENALTY)

    def read(self, message: Message, text: str) -> None:
        """Add the intent and the ranking."""
        shares = confidences(self._margins.of(text, message.get(VECTOR)))
        order = np.argsort(-shares)[: self._config.get("ranking_length", 5)]
        ranking = [
            {"name": self._margins.labels[index], "confidence": float(shares[index])}
            for index in order
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING, ranking, add_to_output=True)
