"""Adds the place of Peru that a message names (`bot.directory.gazetteer`).

Decides which words are never taken for a misspelt place: those that people's messages are known to
contain ("cercano" is not Cercado).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.directory.gazetteer import gazetteer
from bot.folding import words
from bot.nlu.component import Arrays, TrainedComponent, examples

PLACE = "place"

OFTEN = 3
"""Examples that a word must occur in to be an ordinary one."""


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class PlaceExtractor(TrainedComponent):
    """Names the place, its candidates, a place abroad, or a guess."""

    _ordinary: frozenset[str] = frozenset()

    def learn(self, training_data: TrainingData) -> tuple[Arrays, dict[str, Any]]:
        """Learn the ordinary words from the examples that are about something else."""
        counts = Counter(
            word
            for text, intent in examples(training_data)
            if intent != "give_place"
            for word in set(words(text))
        )
        return {}, {"ordinary": sorted(word for word, n in counts.items() if n >= OFTEN)}

    def restore(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Take what was learnt."""
        del arrays
        self._ordinary = frozenset(facts["ordinary"])

    def read(self, message: Message, text: str) -> None:
        """Add what the gazetteer reads."""
        message.set(PLACE, asdict(gazetteer().read(text, self._ordinary)), add_to_output=True)
