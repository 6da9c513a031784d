"""Fit how cues and classifiers weigh together (`data/urgency/fusion.yml`).

Run as `python -m bot.evaluation.fit_urgency`. Messages of `data/urgency/calibration/`, and some
calm ones of the topics, are scored by classifiers that have not learnt from them (`PARTS`, in
turn), fused with their cues; a multinomial logistic model is fitted to that. Where a level begins
follows from what a mistake costs: a plea that is missed `MISS` times as much as a false alarm. The
messages of `tests/data/` play no part.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from bot.nlu.corpus import corpus, ordinary_words, sampled
from bot.nlu.cues import Cues
from bot.nlu.ensemble import Ensemble
from bot.nlu.fusion import FEATURES, FUSION, features
from bot.nlu.typos import mutated
from bot.nlu.urgency_examples import (
    UrgencyExample,
    heard,
    is_calm,
    read_examples,
    training_examples,
)
from bot.nlu.vectors import WINDOW, vectors_of_examples
from bot.paths import ROOT
from bot.text.languages import LANGUAGES
from bot.turn import URGENCY_LEVELS

CALIBRATION = ROOT / "data" / "urgency" / "calibration"
PARTS = 4
CALM_EVERY = 5
"""Of so many calm messages of the topics one is scored too: most of what people write is calm."""

MISS = 1.7
"""What it costs to take danger now for less, when a false alarm costs one."""

MISS_ALL = 6.0
"""What it costs to see no danger at all where there is some."""

STRENGTH = 1.0
"""C of the logistic model: how far its weights may go."""


def calibration() -> list[UrgencyExample]:
    """The messages, and calm ones of the topics, as examples that are learnt from too."""
    chosen = {
        str(row["text"])
        for language in LANGUAGES
        for row in yaml.safe_load((CALIBRATION / f"{language}.yml").read_text(encoding="utf-8"))
    }
    curated = [example for example in read_examples() if example.text in chosen]
    return curated + [
        UrgencyExample(example.language, "none", example.text)
        for example in corpus()
        if is_calm(example) and len(example.text) <= WINDOW and sampled(example.text, CALM_EVERY)
    ]


def held_out_features(rows: list[UrgencyExample]) -> NDArray[np.float64]:
    """The features of each message, by classifiers that have not learnt from it."""
    texts, levels = training_examples()
    vectors = vectors_of_examples(texts)
    row_of = {text: number for number, text in enumerate(texts)}
    cues = Cues(known_words=ordinary_words())
    parts = np.random.default_rng(0).integers(0, PARTS, len(rows))
    found = np.zeros((len(rows), len(FEATURES)))
    for part in range(PARTS):
        held = {text for number in np.flatnonzero(parts == part) for text in heard(rows[number])}
        held |= {mutated(text, seed=1) for text in held}
        kept = [number for number, text in enumerate(texts) if text not in held]
        ensemble = Ensemble.fit(
            [texts[number] for number in kept], vectors[kept], [levels[number] for number in kept]
        )
        order = [ensemble.linear.labels.index(level) for level in URGENCY_LEVELS]
        for number in np.flatnonzero(parts == part):
            text = heard(rows[number])[-1]
            scores = ensemble.scores(text, vectors[row_of[text]])[order]
            found[number] = features(cues.read(text), scores)
        _say(f"part {part + 1} of {PARTS}")
    return found


def report(actual: NDArray[np.int64], read: NDArray[np.int64]) -> Iterable[str]:
    """The matrix, a line a level."""
    for level, name in enumerate(URGENCY_LEVELS):
        row = [int(((actual == level) & (read == other)).sum()) for other in range(3)]
        yield f"{name:8} {row}  {row[level] / max(sum(row), 1):.1%}"


def main() -> None:
    """Fit, print what cross-validation says, and write the file."""
    rows = calibration()
    measured = held_out_features(rows)
    actual = np.array([URGENCY_LEVELS.index(row.level) for row in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    parts = StratifiedKFold(10, shuffle=True, random_state=1)
    probabilities = cross_val_predict(model, measured, actual, cv=parts, method="predict_proba")
    urgent_from, high_from = 1 / (1 + MISS), 1 / (1 + MISS_ALL)
    read = np.where(
        probabilities[:, 2] >= urgent_from,
        2,
        np.where(probabilities[:, 1] + probabilities[:, 2] >= high_from, 1, 0),
    )
    for line in report(actual, read):
        _say(line)
    model.fit(measured, actual)
    row: dict[str, Any] = {
        "weights": {
            level: {
                name: round(float(weight), 3)
                for name, weight in zip(FEATURES, model.coef_[number], strict=True)
            }
            for number, level in enumerate(URGENCY_LEVELS)
        },
        "offsets": {
            level: round(float(model.intercept_[number]), 3)
            for number, level in enumerate(URGENCY_LEVELS)
        },
        "urgent_from": round(urgent_from, 3),
        "high_from": round(high_from, 3),
    }
    text = "# Written by bot/evaluation/fit_urgency.py from data/urgency/calibration/.\n"
    FUSION.write_text(text + yaml.safe_dump(row, sort_keys=False), encoding="utf-8")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
