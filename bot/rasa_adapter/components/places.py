"""Adds the place of Peru that a message names (`bot.nlu.places`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import places
from bot.nlu.fitted import FitJob, Fitted
from bot.rasa_adapter.component import TrainedComponent

PLACE = "place"
ORDINARY = "ordinary"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class PlaceExtractor(TrainedComponent):
    """Names the place, its candidates, a place abroad, or a guess."""

    _ordinary: frozenset[str] = frozenset()

    @classmethod
    def texts(cls) -> Iterable[str]:
        """None: places are read letter by letter."""
        return ()

    @classmethod
    def fit_jobs(cls) -> Sequence[FitJob]:
        """Which words are ordinary."""
        return [cls.fit_job]

    @classmethod
    def fit_job(cls) -> dict[str, Fitted]:
        """The ordinary words."""
        return {ORDINARY: ({}, {"words": places.fit()})}

    def restore(self, fitted: dict[str, Fitted]) -> None:
        """Take the ordinary words."""
        self._ordinary = frozenset(fitted[ORDINARY][1]["words"])

    def read(self, message: Message, text: str) -> None:
        """Add what the gazetteer reads."""
        message.set(PLACE, asdict(places.read(text, self._ordinary)), add_to_output=True)
