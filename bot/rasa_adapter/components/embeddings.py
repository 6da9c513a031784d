"""Adds a message's sentence vector, for the components after it."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.vectors import vector
from bot.rasa_adapter.component import VECTOR, ReadingComponent


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class SentenceEmbeddings(ReadingComponent):
    """The vector of a message's head."""

    def read(self, message: Message, text: str) -> None:
        """Add the vector."""
        message.set(VECTOR, vector(text))
