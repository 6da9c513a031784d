"""How urgent a message is: cues (`bot.nlu.cues`) joined with a classifier on its vector.

Decides the level of CONTENT.md "Urgency" (SOP 2.5, Annex 2, Annex 4). Cues read the whole message
and explain themselves; the classifier hears what no list foresees (understatement, half
sentences) and lets a calm question that names a danger stay calm. It never depends on the intent.
In doubt between levels, the higher (SOP 1.4).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.folding import words
from bot.languages import LANGUAGES
from bot.nlu.component import VECTOR, Arrays, TrainedComponent
from bot.nlu.corpus import corpus
from bot.nlu.cues import Cues, Reading
from bot.nlu.linear import Margins, confidences
from bot.nlu.vectors import WINDOW, Vector, vectors_of_examples
from bot.nlu.vectors import vector as vector_of
from bot.settings import ROOT
from bot.turn import URGENCY_LEVELS, Urgency

EXAMPLES = ROOT / "data" / "urgency" / "examples"

URGENCY = "urgency"
SHARPNESS = 2.0

CALM_INTENTS = frozenset(
    (
        "line_1818_info line_100_info line_1884_info line_1810_info line_113_info "
        "report_online what_is_trafficking trafficking_vs_smuggling victim_rights "
        "international_protection_what asylum_how_to_apply asylum_rights unhcr_contact "
        "regularise_status humanitarian_permit work_permission interpreter free_lawyer "
        "find_cem find_fistrap find_upe give_place talk_to_human greet goodbye thank menu "
        "choose_language privacy delete_my_data bot_challenge affirm deny ask_source opt_out "
        "out_of_scope report_where report_anonymously report_without_documents "
        "report_what_happens_next"
    ).split()
)
"""Intents whose training examples are calm: they teach the classifier what "none" sounds like."""

MORE_DANGEROUS_FIRST = (
    "kidnapping confinement violence threats self_harm medical injuries drugged child "
    "being_moved_or_sold sexual_exploitation pursuit forced_begging_or_crime surveillance "
    "help_plea documents_held debt no_pay no_rest someone_else_speaks deceit_in_offer "
    "homelessness"
).split()
"""The order in which categories are told."""


@dataclass(frozen=True)
class Thresholds:
    """Confidences of the classifier, 0 to 1, at which it decides beside or against the cues."""

    urgent_alone: float = 0.45
    urgent_with_cue: float = 0.08
    urgent_with_cue_in_context: float = 0.5
    high_alone: float = 0.55
    high_with_cue_when_settled: float = 0.2


@dataclass(frozen=True)
class Level:
    """The level, the categories of the cues, and the classifier's share of each level."""

    level: Urgency
    categories: tuple[str, ...]
    shares: dict[str, float]


def decide(
    reading: Reading, shares: dict[str, float], thresholds: Thresholds = Thresholds()
) -> Urgency:
    """Join the cues and the classifier.

    Args:
        reading: The cues and the context of the whole message.
        shares: The classifier's confidence by level.
        thresholds: When each side decides.

    Returns:
        The level.
    """
    urgent, high = reading.active("urgent"), reading.active("high")
    settled = "past" in reading.contexts or "resolved" in reading.contexts
    general = "information" in reading.contexts
    at_least_high = shares["high"] + shares["urgent"]
    if urgent:
        needed = (
            thresholds.urgent_with_cue_in_context
            if general or settled
            else thresholds.urgent_with_cue / len({cue.category for cue in urgent})
        )
        if shares["urgent"] >= needed:
            return "urgent"
    elif shares["urgent"] >= (0.75 if general or settled else thresholds.urgent_alone):
        return "urgent"
    if at_least_high >= thresholds.high_alone:
        return "high"
    # A topic asked in the same breath ("me pega, ¿dónde hay una comisaría?") sounds calm to the
    # classifier: a cue without a calming context is never nothing
    lasts = not settled or at_least_high >= thresholds.high_with_cue_when_settled
    return "high" if (urgent or high) and not general and lasts else "none"


def read_examples(folder: Path = EXAMPLES) -> list[tuple[str, str, str]]:
    """The curated examples: language, level and text of each."""
    found: list[tuple[str, str, str]] = []
    for language in LANGUAGES:
        path = folder / f"{language}.yml"
        if not path.exists():
            continue
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for level in URGENCY_LEVELS:
            found.extend((language, level, str(text)) for text in content.get(level, []))
    return found


def known_words() -> list[str]:
    """Words that messages are known to contain, so that they are not taken for typos."""
    counts = Counter(word for example in corpus() for word in set(words(example.text)))
    return sorted(word for word, count in counts.items() if count >= 3)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class UrgencyDetector(TrainedComponent):
    """Names the level and the categories."""

    _margins: Margins
    _labels: list[str]
    _cues: Cues

    def learn(self, training_data: TrainingData) -> tuple[Arrays, dict[str, Any]]:
        """Learn the levels from the curated examples and from calm messages of the corpus."""
        del training_data  # Rasa's loader forgets the languages; the corpus keeps them
        texts, levels = training_examples()
        margins, names = Margins.learn(texts, vectors_of_examples(texts), levels, balanced=True)
        return margins.arrays(), {
            "labels": names,
            "groups": margins.groups,
            "known_words": known_words(),
        }

    def restore(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Take what was learnt."""
        self._margins = Margins.from_arrays(arrays, facts["groups"])
        self._labels = facts["labels"]
        self._cues = Cues(known_words=facts["known_words"])

    def level(self, text: str, vector: Vector) -> Level:
        """The level of a message."""
        reading = self._cues.read(text)
        shares = self._shares(text, vector)
        if len(text) > WINDOW:  # one sentence at the end must not be averaged away
            end = text[-WINDOW:]
            shares = max(shares, self._shares(end, vector_of(end)), key=_danger)
        level = decide(reading, shares)
        counted = {cue.category for cue in reading.cues if not cue.negated}
        categories = tuple(name for name in MORE_DANGEROUS_FIRST if name in counted)
        return Level(level, categories if level != "none" else (), shares)

    def _shares(self, text: str, vector: Vector) -> dict[str, float]:
        found = confidences(self._margins.of(text, vector), SHARPNESS)
        return {label: float(share) for label, share in zip(self._labels, found, strict=True)}

    def read(self, message: Message, text: str) -> None:
        """Add the level."""
        message.set(URGENCY, asdict(self.level(text, message.get(VECTOR))), add_to_output=True)


def _danger(shares: dict[str, float]) -> tuple[float, float]:
    return shares["urgent"], shares["high"]


def training_examples() -> tuple[list[str], list[str]]:
    """What the classifier learns from: texts and their levels."""
    curated = read_examples()
    texts = [text for _, _, text in curated]
    levels = [level for _, level, _ in curated]
    calm = [example.text for example in corpus() if example.intent in CALM_INTENTS]
    return texts + calm, levels + ["none"] * len(calm)
