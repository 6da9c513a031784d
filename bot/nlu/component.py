"""What our Rasa graph components have in common: how they are created and kept.

Decides that a trained component is a set of numpy arrays and one JSON file (Rasa's own pickled
scikit-learn models take five seconds to load), and that a component works on one message's text.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

Arrays: TypeAlias = dict[str, NDArray[Any]]

VECTOR = "sentence_vector"
"""Property of a message: its vector; never an output."""


class ReadingComponent(GraphComponent):  # type: ignore[misc]
    """A component that reads a message and adds what it found to it; nothing to train."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ReadingComponent:
        """Rasa's factory."""
        del model_storage, resource, execution_context
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message."""
        for message in messages:
            self.read(message, message.get(TEXT) or "")
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: our components learn from texts alone."""
        return training_data

    @abstractmethod
    def read(self, message: Message, text: str) -> None:
        """Add to `message` what `text` says."""


class TrainedComponent(ReadingComponent):
    """A component that learns from examples; what it learnt is arrays and plain facts."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(config)
        self._storage, self._resource = model_storage, resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TrainedComponent:
        """Rasa's factory, before training."""
        del execution_context
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TrainedComponent:
        """Rasa's factory, from a trained model."""
        del kwargs, execution_context
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
            with np.load(folder / "arrays.npz") as stored:
                component.restore(dict(stored), facts)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and keep what was learnt."""
        arrays, facts = self.learn(training_data)
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "arrays.npz", **arrays)
            (folder / "facts.json").write_text(
                json.dumps(facts, ensure_ascii=False), encoding="utf-8"
            )
        self.restore(arrays, facts)
        return self._resource

    @abstractmethod
    def learn(self, training_data: TrainingData) -> tuple[Arrays, dict[str, Any]]:
        """What the examples teach."""

    @abstractmethod
    def restore(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Become what `learn` returned."""


def examples(training_data: TrainingData) -> Iterator[tuple[str, str]]:
    """The text and intent of each training example."""
    for message in training_data.intent_examples:
        if message.get(TEXT):
            yield message.get(TEXT), message.get(INTENT)
