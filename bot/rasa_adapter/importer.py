"""How Rasa gets the training examples and the rules: read once, as the corpus has them.

Decides that an example is never changed once it is read. Rasa's own importer reads each file three
times, validates it with a pure Python YAML reader, and copies and hashes 24,000 messages for every
one of its layers: half a minute of a training that takes as long without it.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.corpus import corpus
from bot.paths import ROOT

RULES = ROOT / "data" / "rules"


class FixedMessage(Message):  # type: ignore[misc]
    """A training example that is nobody's to change: a copy of it is itself."""

    def __deepcopy__(self, memo: dict[int, Any]) -> FixedMessage:
        """The same object: nobody changes it, so nobody needs another."""
        return self

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(f"{self.get(INTENT)}\0{self.get(TEXT)}".encode()).hexdigest()[:32]

    def fingerprint(self) -> str:
        """What tells examples apart: their intents and texts."""
        return self._digest


class CorpusImporter(RasaFileImporter):  # type: ignore[misc]
    """Rasa's file importer, with the examples from `bot.nlu.corpus` and the rules' folder.

    Args:
        config_file: Path of config.yml.
        domain_path: Path of domain.yml.
        training_data_paths: What Rasa's command line was told; the project's folders are read.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        del training_data_paths
        super().__init__(config_file, domain_path, [str(RULES)])

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of all languages: one assistant answers in six."""
        del language
        return self._examples

    @cached_property
    def _examples(self) -> TrainingData:
        return TrainingData(
            [FixedMessage({TEXT: one.text, INTENT: one.intent}) for one in corpus()]
        )
