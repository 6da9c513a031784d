"""Adds the place of Peru that a message names (`bot.directory.gazetteer`).

Decides which words are never taken for a misspelt place: those that people's messages are known to
contain ("cercano" is not Cercado).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.directory.gazetteer import gazetteer
from bot.nlu.component import TrainedComponent
from bot.nlu.corpus import ordinary_words
from bot.nlu.learning import Learnt, Lesson

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
    def lessons(cls) -> Sequence[Lesson]:
        """Which words are ordinary."""
        return [cls.lesson]

    @classmethod
    def lesson(cls) -> dict[str, Learnt]:
        """The ordinary words of the examples that are about something else."""
        return {ORDINARY: ({}, {"words": ordinary_words(without="give_place")})}

    def restore(self, learnt: dict[str, Learnt]) -> None:
        """Take what was learnt."""
        self._ordinary = frozenset(learnt[ORDINARY][1]["words"])

    def read(self, message: Message, text: str) -> None:
        """Add what the gazetteer reads."""
        message.set(PLACE, asdict(gazetteer().read(text, self._ordinary)), add_to_output=True)
