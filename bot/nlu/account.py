"""Whether a person has begun to tell what happened to them (`is_account`).

Decides by form and by meaning: a narrative has some length, and sounds like the examples of the
intent `share_account` (first person, past, several sentences). Such a message is met with the
`share_account` answer (SOP 1.4, 3.3.1: "En ningún caso se debe realizar una entrevista de fondo").
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.folding import words
from bot.nlu.component import VECTOR, Arrays, TrainedComponent, examples
from bot.nlu.corpus import sampled
from bot.nlu.linear import Margins, confidences
from bot.nlu.vectors import vectors_of_examples

ACCOUNT = "is_account"
SHARE_ACCOUNT = "share_account"

SHORTEST = 12
"""Words; below, only the intent itself says that somebody begins to tell."""

LONG = 45
"""Words; from here on a message is rather a story than a question."""

EVERY = 2
"""Of so many other examples one is learnt from."""

SURE = 0.5
LIKELY = 0.25
SHARPNESS = 2.0


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class AccountDetector(TrainedComponent):
    """Says whether a message is an account."""

    _margins: Margins
    _labels: list[str]

    def learn(self, training_data: TrainingData) -> tuple[Arrays, dict[str, Any]]:
        """Learn accounts from the examples of `share_account` against all others."""
        rows = [
            (text, intent == SHARE_ACCOUNT)
            for text, intent in examples(training_data)
            if intent == SHARE_ACCOUNT or sampled(text, EVERY)
        ]
        texts, labels = [text for text, _ in rows], ["yes" if one else "no" for _, one in rows]
        margins, names = Margins.learn(texts, vectors_of_examples(texts), labels, balanced=True)
        return margins.arrays(), {"labels": names, "groups": margins.groups}

    def restore(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Take what was learnt."""
        self._margins = Margins.from_arrays(arrays, facts["groups"])
        self._labels = facts["labels"]

    def read(self, message: Message, text: str) -> None:
        """Add whether it is an account."""
        shares = confidences(self._margins.of(text, message.get(VECTOR)), SHARPNESS)
        share = float(shares[self._labels.index("yes")])
        length = len(words(text))
        account = length >= SHORTEST and share >= (LIKELY if length >= LONG else SURE)
        message.set(ACCOUNT, account, add_to_output=True)
