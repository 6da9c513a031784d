"""Adds the place of Peru that a message names (`bot.directory.gazetteer`)."""

from __future__ import annotations

from dataclasses import asdict

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.directory.gazetteer import gazetteer
from bot.nlu.component import ReadingComponent

PLACE = "place"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False
)
class PlaceExtractor(ReadingComponent):
    """Names the place, its candidates, a place abroad, or a guess."""

    def read(self, message: Message, text: str) -> None:
        """Add what the gazetteer reads."""
        message.set(PLACE, asdict(gazetteer().read(text)), add_to_output=True)
