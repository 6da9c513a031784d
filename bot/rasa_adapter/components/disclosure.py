"""Adds whether a person has begun to tell what happened to them (`bot.nlu.disclosure`)."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import disclosure
from bot.nlu.linear import LinearModel
from bot.rasa_adapter.component import VECTOR, LinearComponent

IS_ACCOUNT = "is_account"
"""As the contract of `python -m bot parse` names it."""


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class DisclosureDetector(LinearComponent):
    """Says whether a message begins to tell."""

    @classmethod
    def fit(cls) -> LinearModel:
        """Fit disclosure."""
        return disclosure.fit()

    def read(self, message: Message, text: str) -> None:
        """Add whether it does."""
        found = disclosure.is_disclosure(self._model, text, message.get(VECTOR))
        message.set(IS_ACCOUNT, found, add_to_output=True)
