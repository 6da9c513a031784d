"""Adds whether a message only makes sense after an answer (`bot.nlu.follow_up`)."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import follow_up
from bot.nlu.linear import LinearModel
from bot.rasa_adapter.component import VECTOR, LinearComponent

FOLLOW_UP = "follow_up"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class FollowUpDetector(LinearComponent):
    """Names the kind of follow-up, if it is one."""

    @classmethod
    def texts(cls) -> list[str]:
        """The follow-ups, and what is none."""
        return follow_up.example_texts()

    @classmethod
    def fit(cls) -> LinearModel:
        """Fit the kinds of follow-ups."""
        return follow_up.fit()

    def read(self, message: Message, text: str) -> None:
        """Add the kind; empty where the message stands by itself."""
        kind, confidence = follow_up.kind_of(self._model, text, message.get(VECTOR))
        message.set(FOLLOW_UP, {"kind": kind, "confidence": confidence}, add_to_output=True)
