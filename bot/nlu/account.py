"""Whether a person has begun to tell what happened to them (`is_account`).

Decides by form and by meaning: a narrative has some length, and sounds like the examples of the
intent `share_account` (first person, past, several sentences). Such a message is met with the
`share_account` answer (SOP 1.4, 3.3.1: "En ningún caso se debe realizar una entrevista de fondo").
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.folding import words
from bot.nlu.component import VECTOR, LinearComponent
from bot.nlu.corpus import corpus, sampled
from bot.nlu.linear import Features, Margins, confidences
from bot.nlu.vectors import vectors_of_examples

ACCOUNT = "is_account"
SHARE_ACCOUNT = "share_account"

SHORTEST = 12
"""Words; below, only the intent itself says that somebody begins to tell."""

LONG = 45
"""Words; from here on a message is rather a story than a question."""

EVERY = 2
"""Of so many other examples one is learnt from."""

YES, NO = "yes", "no"

SURE = 0.5
LIKELY = 0.25
SHARPNESS = 2.0


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class AccountDetector(LinearComponent):
    """Says whether a message is an account."""

    @classmethod
    def learn(cls) -> Margins:
        """Learn accounts from the examples of `share_account` against all others."""
        learnt_from = [
            example
            for example in corpus()
            if example.intent == SHARE_ACCOUNT or sampled(example.text, EVERY)
        ]
        texts = [example.text for example in learnt_from]
        labels = [YES if example.intent == SHARE_ACCOUNT else NO for example in learnt_from]
        features = Features.of(texts, vectors_of_examples(texts))
        return Margins.learn(features, labels, balanced=True)

    def read(self, message: Message, text: str) -> None:
        """Add whether it is an account."""
        shares = confidences(self._margins.of(text, message.get(VECTOR)), SHARPNESS)
        share = float(shares[self._margins.labels.index(YES)])
        length = len(words(text))
        account = length >= SHORTEST and share >= (LIKELY if length >= LONG else SURE)
        message.set(ACCOUNT, account, add_to_output=True)
