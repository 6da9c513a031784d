"""Whether a short message only makes sense after an answer: "and where is that?", "how much?".

Decides the kinds of follow-ups and that they are read beside the topic, not instead of it: which
of the two is answered depends on what was said before, and that the dialogue knows
(`actions/follow_up.py`). Learnt from `data/follow_up/`, against the short messages of the corpus,
which name a topic of their own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.folding import words
from bot.languages import LANGUAGES
from bot.nlu.component import VECTOR, LinearComponent
from bot.nlu.corpus import corpus, parsed, sampled
from bot.nlu.linear import Features, Margins
from bot.nlu.vectors import vectors_of_examples
from bot.settings import ROOT

FOLDER = ROOT / "data" / "follow_up"

FOLLOW_UP = "follow_up"

NONE = "none"
KINDS = ("where", "cost", "hours", "children", "repeat", "shorter", "more", "safe_now")
"""Where is it, what does it cost, when is it open, and for children, say it again, shorter,
go on, the danger is over."""

LONGEST = 12
"""Words; a longer message stands by itself."""

SURE = 0.5
"""Confidence from which a follow-up is believed."""

EVERY = 2
"""Of so many examples of topics one is learnt from: they are many, and enough say what is none."""

SHARPNESS = 2.5


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class FollowUpDetector(LinearComponent):
    """Names the kind of follow-up, if it is one."""

    @classmethod
    def texts(cls) -> list[str]:
        """The follow-ups, and what is none."""
        return [text for text, _ in training_examples()]

    @classmethod
    def learn(cls) -> Margins:
        """Learn the kinds against everything else that is short."""
        features = Features.of(cls.texts(), vectors_of_examples(cls.texts()))
        kinds = [kind for _, kind in training_examples()]
        return Margins.learn(features, kinds, balanced=True)

    def read(self, message: Message, text: str) -> None:
        """Add the kind; empty where the message stands by itself."""
        found, confidence = "", 0.0
        if 1 <= len(words(text)) <= LONGEST:
            kind, share = self._margins.best(text, message.get(VECTOR), SHARPNESS)
            if kind != NONE and share >= SURE:
                found, confidence = kind, share
        message.set(FOLLOW_UP, {"kind": found, "confidence": confidence}, add_to_output=True)


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
