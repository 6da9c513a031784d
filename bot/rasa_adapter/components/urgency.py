"""Adds how urgent a message is (`bot.nlu.urgency`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import urgency
from bot.nlu.fitted import FitJob, Fitted
from bot.nlu.urgency import UrgencyReader
from bot.rasa_adapter.component import VECTOR, TrainedComponent

URGENCY = "urgency"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class UrgencyDetector(TrainedComponent):
    """Names the level, the categories, the kind of emergency and who is in danger."""

    effort = 2

    _reader: UrgencyReader

    @classmethod
    def texts(cls) -> Iterable[str]:
        """The examples of levels, and those of kinds."""
        return urgency.example_texts()

    @classmethod
    def fit_jobs(cls) -> Sequence[FitJob]:
        """Level, kinds and people, the rest."""
        return urgency.FIT_JOBS

    def restore(self, fitted: dict[str, Fitted]) -> None:
        """Take what was fitted."""
        self._reader = UrgencyReader(fitted)

    def read(self, message: Message, text: str) -> None:
        """Add the level."""
        level = self._reader.level(text, message.get(VECTOR))
        message.set(URGENCY, asdict(level), add_to_output=True)
