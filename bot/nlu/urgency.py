"""How urgent a message is: cues (`bot.nlu.cues`) joined with classifiers on vector and spelling.

Decides the level of CONTENT.md "Urgency" (SOP 2.5, Annex 2, Annex 4), which kind of emergency it is
(it tells the number that fits) and who is in danger. Cues read the whole message and explain
themselves; the classifiers hear what no list foresees (understatement, half sentences) and let a
calm question that names a danger stay calm. Of a long message they read the head, the end and a
window around the strongest cue, and of a short one in doubt each sentence, and the whole
without its typos, so that nothing is averaged away. Never depends on the
intent. In doubt between levels, the higher (SOP 1.4).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.nlu.corpus import ordinary_words
from bot.nlu.cues import Cues, Found, Reading
from bot.nlu.ensemble import PENALTY, Ensemble, fit_linear
from bot.nlu.fitted import FitJob, Fitted
from bot.nlu.fusion import FUSION, Fusion, decide, fuse
from bot.nlu.hearing import vector_of
from bot.nlu.linear import Features, LinearModel, confidences
from bot.nlu.mlp import Mlp
from bot.nlu.parts import clauses, sentences, windows
from bot.nlu.urgency_examples import training_examples, urgent_examples
from bot.nlu.vectors import WINDOW, Vector, vectors_of_examples
from bot.turn import NUMBER_OF, URGENCY_LEVELS, Emergency, Urgency, Who

LEAST_DOUBT = 0.01
"""Share of "urgent" from which the sentences of a message are also read one by one."""

SURE_OF_A_HEAD = 0.9
"""Share of "urgent" from which the polite beginning of a long message decides by itself: among the
examples it often stands before danger, among people's messages it rarely does."""

SURE_WITHOUT_TYPOS = 0.65
"""Share of "urgent" from which a message is believed as it reads without its typos: correcting
takes an unknown word for one of danger now and then."""


SURE_OF_A_CLAUSE = 0.6
"""Share of "urgent" from which a clause of a message that is none by itself may be a plea."""


NAME_INVERSE_TEMPERATURE = 3.0

DANGER_FIRST = 0.2
"""Margin by which danger goes before other kinds: it is more frequent among people's pleas than
among the examples."""

ALSO_FROM = 0.1
"""Share from which a second kind of emergency is told too."""

MAYBE_URGENT = 0.1
"""Share of "urgent" from which a message of level high gets a number before its answer."""

SURE_OF_WHO = 0.5
"""Confidence of who is in danger below which a cue about a child decides."""


CUE_SCORES: Mapping[Urgency, float] = {"urgent": 1.0, "high": 0.6, "none": 0.0}
NEGATED_SCORE = 0.2
"""How much a found cue says of its category, 0 to 1."""


@dataclass(frozen=True)
class Level:
    """What a message says of danger.

    Attributes:
        level: Of `URGENCY_LEVELS`.
        categories: Of the cues that count, most dangerous first; empty for "none".
        scores: Each category to how much its cues say, 0 to 1.
        kind: The kind of emergency, which tells the number that fits; empty unless urgent.
        also: Another kind that may be meant, with a number of its own, which is told too; where the
            level is high, the kind of emergency that it may be. Mostly empty.
        who: Who is in danger; empty for "none".
        who_score: How sure that is, 0 to 1.
        probabilities: Each level to its share after fusion, 0 to 1.
        cues: The cues found, for explaining.
        contexts: What calms the message, for explaining.
    """

    level: Urgency
    categories: tuple[str, ...]
    scores: dict[str, float]
    kind: Emergency | None
    who: Who | None
    who_score: float
    probabilities: dict[str, float]
    also: Emergency | None = None
    cues: tuple[Found, ...] = ()
    contexts: tuple[str, ...] = ()


LEVEL, MLP, KIND, WHO, WORDS = "level", "mlp", "kind", "who", "words"
"""What is learnt: how urgent (by two classifiers), which kind of emergency, who is in danger; and
which words are ordinary."""


def fit_level() -> dict[str, Fitted]:
    """Fit job: the linear classifier of the level."""
    texts, levels = training_examples()
    return {LEVEL: fit_linear(texts, vectors_of_examples(texts), levels).kept()}


def fit_mlp() -> dict[str, Fitted]:
    """Fit job: the multilayer perceptron of the level."""
    texts, levels = training_examples()
    return {MLP: Mlp.fit(vectors_of_examples(texts), levels).kept()}


def fit_names() -> dict[str, Fitted]:
    """Fit job: which kind of emergency, and who is in danger; the cues found are told as tags."""
    urgent = urgent_examples()
    texts = [example.text for example in urgent]
    cues = Cues(known_words=ordinary_words())
    tags = [tags_of(cues.read(text)) for text in texts]
    features = Features.of(texts, vectors_of_examples(texts), tags=tags)
    return {
        name: LinearModel.fit(features, labels, penalty=PENALTY).kept()
        for name, labels in (
            (KIND, [str(example.kind) for example in urgent]),
            (WHO, [str(example.who) for example in urgent]),
        )
    }


def fit_rest() -> dict[str, Fitted]:
    """Fit job: the words that are no typos, and how everything is joined."""
    fusion = yaml.safe_load(FUSION.read_text(encoding="utf-8"))
    return {WORDS: ({}, {"known": ordinary_words(), "fusion": fusion})}


def tags_of(reading: Reading) -> list[str]:
    """The categories of the cues that count."""
    return sorted({cue.category for cue in reading.cues if not cue.negated})


def example_texts() -> Iterable[str]:
    """The examples of levels, and those of kinds."""
    return itertools.chain(training_examples()[0], (one.text for one in urgent_examples()))


FIT_JOBS: tuple[FitJob, ...] = (fit_level, fit_names, fit_mlp, fit_rest)
"""Level, kinds and people, the rest: in parts that need nothing of each other."""


class UrgencyReader:
    """Names the level, the categories, the kind of emergency and who is in danger.

    Args:
        fitted: What `FIT_JOBS` gave, by name.
    """

    def __init__(self, fitted: dict[str, Fitted]) -> None:
        self._ensemble = Ensemble(LinearModel.restored(*fitted[LEVEL]), Mlp(fitted[MLP][0]))
        self._order = [self._ensemble.linear.labels.index(level) for level in URGENCY_LEVELS]
        self._kinds = LinearModel.restored(*fitted[KIND])
        self._people = LinearModel.restored(*fitted[WHO])
        facts = fitted[WORDS][1]
        self._cues = Cues(known_words=facts["known"])
        self._fusion = Fusion.of(facts["fusion"])

    def level(self, text: str, vector: Vector) -> Level:
        """What a message says of danger.

        Args:
            text: The whole message.
            vector: Of its head.
        """
        reading = self._cues.read(text)
        tags = tags_of(reading)
        best, heard, heard_vector = self._probabilities(reading, text, vector), text, vector
        if len(text) > WINDOW and not reading.active("urgent") and best[2] < SURE_OF_A_HEAD:
            best = np.array([1.0, 0.0, 0.0])  # its windows are heard below
        for window in self._more_to_hear(text, reading, best):
            found = vector_of(window)
            probabilities = self._probabilities(reading, window, found)
            if (probabilities[2], probabilities[1]) > (best[2], best[1]):
                best, heard, heard_vector = probabilities, window, found
        best = self._without_typos(reading, best)
        level = decide(reading, best, self._fusion)
        plea = self._plea_in_a_clause(text, reading, best) if level != "urgent" else None
        if plea:
            level, heard, heard_vector = "high", *plea
        scores = category_scores(reading) if level != "none" else {}
        kind, also = self._likely_kinds(heard, heard_vector, tags)
        if level == "high":
            also = kind if plea or best[2] >= MAYBE_URGENT else None
        who, who_score = self._people.best(heard, heard_vector, NAME_INVERSE_TEMPERATURE, tags)
        if who_score < SURE_OF_WHO and self._cues.about_children & set(scores):
            who = "child"
        return Level(
            level=level,
            categories=tuple(scores),
            scores=scores,
            kind=kind if level == "urgent" else None,  # type: ignore[arg-type]
            who=who if level != "none" else None,  # type: ignore[arg-type]
            who_score=who_score if level != "none" else 0.0,
            probabilities=dict(zip(URGENCY_LEVELS, map(float, best), strict=True)),
            also=also if level != "none" else None,
            cues=tuple(reading.cues),
            contexts=tuple(sorted(reading.contexts)),
        )

    def _likely_kinds(
        self, text: str, vector: Vector, tags: Sequence[str]
    ) -> tuple[Emergency, Emergency | None]:
        """The kind of emergency, and another that has a number of its own and is not unlikely."""
        margins = self._kinds.of(text, vector, tags)
        margins[self._kinds.labels.index("danger")] += DANGER_FIRST
        probabilities = confidences(margins, NAME_INVERSE_TEMPERATURE)
        first, second = np.argsort(-probabilities)[:2]
        kinds: tuple[Emergency, Emergency] = (
            self._kinds.labels[first],  # type: ignore[assignment]
            self._kinds.labels[second],
        )
        apart = probabilities[second] >= ALSO_FROM and NUMBER_OF[kinds[0]] != NUMBER_OF[kinds[1]]
        return kinds[0], kinds[1] if apart else None

    def _without_typos(
        self, reading: Reading, probabilities: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The probabilities of the message without its typos, where it is a plea beyond doubt."""
        if not reading.corrected or not LEAST_DOUBT <= probabilities[2] < self._fusion.urgent_from:
            return probabilities
        vector = vector_of(reading.corrected[:WINDOW])
        found = self._probabilities(reading, reading.corrected, vector)
        return found if found[2] >= SURE_WITHOUT_TYPOS else probabilities

    def _plea_in_a_clause(
        self, text: str, reading: Reading, probabilities: NDArray[np.float64]
    ) -> tuple[str, Vector] | None:
        """The clause of a message that is a plea by itself, with its vector; None if there is none.

        ("¿Cómo consigo un abogado?, mañana me llevan a la fuerza" sounds as calm as its question.
        A clause taken out of a calm sentence may sound like a plea too: therefore only "high".)
        """
        if len(text) > WINDOW or probabilities[2] < LEAST_DOUBT:
            return None
        for clause in clauses(text):
            vector = vector_of(clause)
            if self._probabilities(reading, clause, vector)[2] >= SURE_OF_A_CLAUSE:
                return clause, vector
        return None

    def _more_to_hear(
        self, text: str, reading: Reading, probabilities: NDArray[np.float64]
    ) -> list[str]:
        """Parts of a message that are read by themselves, since the whole may drown them."""
        if len(text) > WINDOW:
            return windows(text, reading)
        if not LEAST_DOUBT <= probabilities[2] < self._fusion.urgent_from:
            return []
        return sentences(text)

    def _probabilities(self, reading: Reading, text: str, vector: Vector) -> NDArray[np.float64]:
        scores = self._ensemble.scores(text, vector)[self._order]
        return fuse(reading, scores, self._fusion)


def category_scores(reading: Reading) -> dict[str, float]:
    """Each category to what its strongest cue says, most dangerous category first."""
    scores: dict[str, float] = {}
    for cue in sorted(reading.cues, key=lambda one: one.rank):
        score = NEGATED_SCORE if cue.negated else CUE_SCORES[cue.level]
        scores[cue.category] = max(score, scores.get(cue.category, 0.0))
    return {name: score for name, score in scores.items() if score > NEGATED_SCORE}
