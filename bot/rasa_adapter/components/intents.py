"""Adds the intent of a message, and the next likeliest ones (`bot.nlu.intents`)."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import intents
from bot.nlu.linear import LinearModel
from bot.rasa_adapter.component import VECTOR, LinearComponent

INTENT_RANKING = "intent_ranking"

DEFAULT_LENGTH = 5
"""Intents of the ranking where config.yml names no `ranking_length`."""


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class IntentClassifier(LinearComponent):
    """Names the intent and the next likeliest ones."""

    effort = 3

    @classmethod
    def fit(cls) -> LinearModel:
        """Fit the intents."""
        return intents.fit()

    def read(self, message: Message, text: str) -> None:
        """Add the intent and the ranking."""
        length = self._config.get("ranking_length", DEFAULT_LENGTH)
        ranking = [
            {"name": name, "confidence": confidence}
            for name, confidence in intents.ranking(self._model, text, message.get(VECTOR), length)
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING, ranking, add_to_output=True)
