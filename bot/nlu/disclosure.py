"""Whether a person has begun to tell what happened to them (`is_account`).

Decides by form and by meaning: a narrative has some length, and sounds like the examples of the
intent `share_account` (first person, past, several sentences). Such a message is met with the
`share_account` answer (SOP 1.4, 3.3.1: "En ningún caso se debe realizar una entrevista de fondo").
"""

from __future__ import annotations

from bot.nlu.corpus import corpus, sampled
from bot.nlu.linear import Features, LinearModel, confidences
from bot.nlu.vectors import Vector, vectors_of_examples
from bot.text.folding import words

SHARE_ACCOUNT = "share_account"

SHORTEST = 12
"""Words; below, only the intent itself says that somebody begins to tell."""

LONG = 45
"""Words; from here on a message is rather a story than a question."""

EVERY = 2
"""Of so many other examples one is learnt from."""

YES, NO = "yes", "no"

SURE_OF_DISCLOSURE = 0.5
"""Confidence from which a message is one."""

SURE_OF_A_LONG_ONE = 0.25
"""Confidence from which a message of `LONG` words and more is one."""

INVERSE_TEMPERATURE = 2.0
"""Of the two margins, so that the confidence is how often it is right."""


def fit() -> LinearModel:
    """Fit disclosure to the examples of `share_account` against all others."""
    learnt_from = [
        example
        for example in corpus()
        if example.intent == SHARE_ACCOUNT or sampled(example.text, EVERY)
    ]
    texts = [example.text for example in learnt_from]
    labels = [YES if example.intent == SHARE_ACCOUNT else NO for example in learnt_from]
    features = Features.of(texts, vectors_of_examples(texts))
    return LinearModel.fit(features, labels, balanced=True)


def is_disclosure(model: LinearModel, text: str, vector: Vector) -> bool:
    """Whether a message begins to tell what happened.

    Args:
        model: What `fit` gave.
        text: The message.
        vector: Of its head.
    """
    probabilities = confidences(model.of(text, vector), INVERSE_TEMPERATURE)
    probability = float(probabilities[model.labels.index(YES)])
    length = len(words(text))
    enough = SURE_OF_A_LONG_ONE if length >= LONG else SURE_OF_DISCLOSURE
    return length >= SHORTEST and probability >= enough
