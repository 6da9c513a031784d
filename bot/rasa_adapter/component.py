"""What our Rasa graph components have in common: how they are created and kept.

Decides that a trained component is a set of numpy arrays and one JSON file (Rasa's own pickled
scikit-learn models take five seconds to load), and that a component works on one message's text.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.corpus import corpus
from bot.nlu.fitted import Arrays, FitJob, Fitted
from bot.nlu.linear import LinearModel
from bot.rasa_adapter import learning
from bot.rasa_adapter.training import digest
from bot.work import current

VECTOR = "sentence_vector"
"""Property of a message: its vector; never an output."""

LINEAR = "linear"
"""Name under which a linear component keeps its model."""


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
        """A component as its configuration has it; Rasa calls this."""
        del model_storage, resource, execution_context
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message, as long as somebody waits for it."""
        for message in messages:
            current().check()
            self.read(message, message.get(TEXT) or "")
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: our components learn from texts alone."""
        return training_data

    @abstractmethod
    def read(self, message: Message, text: str) -> None:
        """Add to `message` what `text` says."""


class TrainedComponent(ReadingComponent):
    """A component that learns from examples; what it keeps is arrays and plain facts.

    Attributes:
        effort: Of its fit jobs beside those of others: the longest begin first.
    """

    effort: ClassVar[int] = 1

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
        """A component that has nothing learnt yet; Rasa calls this before training."""
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
        """A component with what it has learnt; Rasa calls this when it loads a model."""
        del kwargs, execution_context
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
            with np.load(folder / "arrays.npz") as stored:
                arrays = dict(stored)
        component.restore({name: (_own(arrays, name), kept) for name, kept in facts.items()})
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Keep what the examples teach."""
        del training_data  # the corpus, which knows the languages too, is learnt from
        fitted = learning.fitted(type(self))
        arrays = {
            f"{name}/{key}": value
            for name, (own, _) in fitted.items()
            for key, value in own.items()
        }
        facts = {name: kept for name, (_, kept) in fitted.items()}
        with self._storage.write_to(self._resource) as folder:
            # Compressed here, in one second; left to the model's archive, it takes six
            np.savez_compressed(folder / "arrays.npz", **arrays)
            (folder / "facts.json").write_text(
                json.dumps(facts, ensure_ascii=False), encoding="utf-8"
            )
        self.restore(fitted)
        return self._resource

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What Rasa's cache cannot see: all data that it learns from."""
        del config
        return digest()

    @classmethod
    def texts(cls) -> Iterable[str]:
        """The examples whose vectors it learns from; for most components, all topics'."""
        return (example.text for example in corpus())

    @classmethod
    @abstractmethod
    def fit_jobs(cls) -> Sequence[FitJob]:
        """What it learns, in parts that need nothing of each other."""

    @abstractmethod
    def restore(self, fitted: dict[str, Fitted]) -> None:
        """Become what was fitted."""


class LinearComponent(TrainedComponent):
    """A component that fits one linear model."""

    _model: LinearModel

    @classmethod
    def fit_jobs(cls) -> Sequence[FitJob]:
        """One job, since there is one model."""
        return [cls.fit_job]

    @classmethod
    def fit_job(cls) -> dict[str, Fitted]:
        """Fit the model, in the form that is kept."""
        return {LINEAR: cls.fit().kept()}

    @classmethod
    @abstractmethod
    def fit(cls) -> LinearModel:
        """Fit the model to the examples."""

    def restore(self, fitted: dict[str, Fitted]) -> None:
        """Take the model."""
        self._model = LinearModel.restored(*fitted[LINEAR])


def _own(arrays: Arrays, name: str) -> Arrays:
    """The arrays that a fit job gave under a name."""
    start = f"{name}/"
    return {
        key.removeprefix(start): value for key, value in arrays.items() if key.startswith(start)
    }
