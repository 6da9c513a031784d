"""Whether a short message only makes sense after an answer: "and where is that?", "how much?".

Decides the kinds of follow-ups and that they are read beside the topic, not instead of it: which
of the two is answered depends on what was said before, and that the dialogue knows
(`actions/follow_up.py`). Fitted from `data/follow_up/`, against the short messages of the corpus,
which name a topic of their own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.nlu.corpus import corpus, parsed, sampled
from bot.nlu.linear import Features, LinearModel
from bot.nlu.vectors import Vector, vectors_of_examples
from bot.paths import ROOT
from bot.text.folding import words
from bot.text.languages import LANGUAGES

FOLDER = ROOT / "data" / "follow_up"

NONE = "none"
KINDS = ("where", "cost", "hours", "children", "repeat", "shorter", "more", "safe_now")
"""Where is it, what does it cost, when is it open, and for children, say it again, shorter,
go on, the danger is over."""

LONGEST = 12
"""Words; a longer message stands by itself."""

SURE_OF_FOLLOW_UP = 0.5
"""Confidence from which a follow-up is believed."""

EVERY = 2
"""Of so many examples of topics one is learnt from: they are many, and enough say what is none."""

INVERSE_TEMPERATURE = 2.5
"""Of the kinds' margins, so that the confidence is how often it is right."""


def example_texts() -> list[str]:
    """The follow-ups, and what is none."""
    return [text for text, _ in training_examples()]


def fit() -> LinearModel:
    """Fit the kinds against everything else that is short."""
    texts = example_texts()
    features = Features.of(texts, vectors_of_examples(texts))
    kinds = [kind for _, kind in training_examples()]
    return LinearModel.fit(features, kinds, balanced=True)


def kind_of(model: LinearModel, text: str, vector: Vector) -> tuple[str, float]:
    """The kind of follow-up and its confidence; empty and 0 where a message stands by itself.

    Args:
        model: What `fit` gave.
        text: The message.
        vector: Of its head.
    """
    if 1 <= len(words(text)) <= LONGEST:
        kind, probability = model.best(text, vector, INVERSE_TEMPERATURE)
        if kind != NONE and probability >= SURE_OF_FOLLOW_UP:
            return kind, probability
    return "", 0.0


@lru_cache(maxsize=1)
def read_examples(folder: Path = FOLDER) -> tuple[tuple[str, str, str], ...]:
    """The examples of follow-ups: language, kind and text of each.

    Raises:
        ValueError: A file is in another format, or names a kind that is none.
    """
    found = []
    for language in LANGUAGES:
        path = folder / f"{language}.yml"
        for kind, text in parsed(path, _by_kind):
            if kind not in (*KINDS, NONE):
                raise ValueError(f"{path}: {kind!r} is no kind of follow-up")
            found.append((language, kind, text))
    return tuple(found)


def _by_kind(content: Any) -> list[tuple[str, str]]:
    return [(kind, str(text)) for kind, texts in content.items() for text in texts]


@lru_cache(maxsize=1)
def training_examples() -> tuple[tuple[str, str], ...]:
    """Texts and kinds that the detector learns from."""
    rows = [(text, kind) for _, kind, text in read_examples()]
    known = {tuple(words(text)) for text, _ in rows}
    rows += [
        (example.text, NONE)
        for example in corpus()
        if sampled(example.text, EVERY)
        and len(words(example.text)) <= LONGEST
        and tuple(words(example.text)) not in known
    ]
    return tuple(rows)
