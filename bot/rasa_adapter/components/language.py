"""Adds the language of a message, and whether it is in none of the six (`bot.nlu.language`)."""

from __future__ import annotations

from collections.abc import Iterable

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import language
from bot.nlu.linear import LinearModel
from bot.rasa_adapter.component import LinearComponent

LANGUAGE = "language"
OTHER_LANGUAGE = "other_language"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class LanguageIdentifier(LinearComponent):
    """Names the language and how sure that is."""

    @classmethod
    def texts(cls) -> Iterable[str]:
        """None: languages are told by their letters."""
        return ()

    @classmethod
    def fit(cls) -> LinearModel:
        """Fit the languages."""
        return language.fit()

    def identify(self, text: str) -> tuple[str, float]:
        """The language of a text and the confidence, 0 to 1; none for a text without words."""
        return language.identify(self._model, text)

    def read(self, message: Message, text: str) -> None:
        """Add the language."""
        name, confidence = self.identify(text)
        message.set(LANGUAGE, {"name": name, "confidence": confidence}, add_to_output=True)
        other = language.other_language(text, confidence)
        message.set(OTHER_LANGUAGE, other, add_to_output=True)
