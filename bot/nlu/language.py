"""Which of the six languages a message is written in, and whether it is written in another.

Decides by letters: a linear classifier on n-grams of one to four letters, learnt from the
folders of `data/nlu/`. Measured on those examples (docs/adr/0003): py3langid restricted to the six
read 47 % of the Quechua and 75 % of the Creole messages right, people's spelling being far from the
books it knows; this one, cross-validated, 91 to 94 % of all, the rest being mostly names and words
that several languages share ("CEM", "FISTRAP Cusco"), on which nothing is decided.
"""

from __future__ import annotations

import itertools
import unicodedata

from langdetect import DetectorFactory, detect_langs
from langdetect.lang_detect_exception import LangDetectException

from bot.nlu.corpus import corpus
from bot.nlu.linear import Features, LinearModel
from bot.text.folding import words
from bot.text.languages import LANGUAGES, ORIGINAL

LENGTHS = range(1, 5)
"""Of the n-grams that tell a language."""

INVERSE_TEMPERATURE = 3.0
"""Of the languages' margins, so that the confidence is how often it is right."""

NO_LANGUAGE = frozenset({"give_place", "choose_language", "affirm", "deny"})
"""Intents whose examples show no language: names, "ok", a language's name."""

DOUBT = 0.8
"""Confidence below which another language is considered."""

FOREIGN_WORDS = 4
"""Words from which langdetect says something about a text."""

FOREIGN_SURE = 0.97
"""Confidence of langdetect from which it is believed."""

LONGEST_HEARD = 400
"""Letters by which another language is told."""

DetectorFactory.seed = 0  # else langdetect answers differently from call to call


def other_language(text: str, confidence: float) -> bool:
    """Whether a text is in none of the six languages.

    Args:
        text: The message.
        confidence: That it is in the likeliest of the six, 0 to 1.
    """
    letters = list(itertools.islice(filter(str.isalpha, text), LONGEST_HEARD))
    if not letters:
        return False
    latin = sum("LATIN" in unicodedata.name(sign, "") for sign in letters)
    if latin < 0.5 * len(letters):
        return True
    if confidence >= DOUBT or len(words(text)) < FOREIGN_WORDS:
        return False
    try:
        best = detect_langs(text[:LONGEST_HEARD])[0]
    except LangDetectException:
        return False
    return best.lang not in LANGUAGES and best.prob >= FOREIGN_SURE


def fit() -> LinearModel:
    """Fit the languages to the folders of the corpus."""
    shown = [example for example in corpus() if example.intent not in NO_LANGUAGE]
    features = Features.of([example.text for example in shown], None, LENGTHS, word_weight=0.0)
    languages = [example.language for example in shown]
    return LinearModel.fit(features, languages, balanced=True)


def identify(model: LinearModel, text: str) -> tuple[str, float]:
    """The language of a text and the confidence, 0 to 1; none for a text without words."""
    if not words(text):
        return ORIGINAL, 0.0
    return model.best(text, None, INVERSE_TEMPERATURE)
