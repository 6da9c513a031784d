"""Adds a message's sentence vector, for the components after it."""

from __future__ import annotations

import sys

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import VECTOR, ReadingComponent, examples
from bot.nlu.vectors import vector, vectors_of_examples


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class SentenceEmbeddings(ReadingComponent):
    """The vector of a message's head."""

    def read(self, message: Message, text: str) -> None:
        """Add the vector."""
        message.set(VECTOR, vector(text))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Make the vectors of all examples, with progress, before anything learns from them."""
        vectors_of_examples([text for text, _ in examples(training_data)], progress=_print)
        return training_data


def _print(done: int, total: int) -> None:
    sys.stderr.write(f"\rReading training examples: {done} of {total}")
    sys.stderr.write("\n" if done == total else "")
    sys.stderr.flush()
