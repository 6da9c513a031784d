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

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.folding import words
from bot.languages import LANGUAGES
from bot.nlu import follow_up
from bot.nlu.component import VECTOR, Arrays, TrainedComponent
from bot.nlu.corpus import corpus, sampled
from bot.nlu.cues import LAUGHTER, Cues, Found, Reading
from bot.nlu.follow_up import KINDS
from bot.nlu.linear import Margins, confidences
from bot.nlu.mutation import mutated
from bot.nlu.network import Network
from bot.nlu.vectors import WINDOW, Vector, vectors_of_examples
from bot.nlu.vectors import vector as vector_of
from bot.settings import ROOT
from bot.turn import URGENCY_LEVELS, Emergency, Urgency, Who

EXAMPLES = ROOT / "data" / "urgency" / "examples"
JOINING = ROOT / "data" / "urgency" / "joining.yml"
"""How cues and classifiers weigh together; fitted by `benchmarks/fit_urgency.py`."""

URGENCY = "urgency"

PENALTY = 1.0
"""C of the linear classifier; best of 0.1, 0.3, 0.6, 1 in cross-validation."""

SHARPNESS = 3.0
"""Of the linear classifier's margins beside the network's shares."""

LEAST_DOUBT = 0.01
"""Share of "urgent" from which the sentences of a message are also read one by one."""

SURE_OF_A_HEAD = 0.9
"""Share of "urgent" from which the polite beginning of a long message decides by itself: among the
examples it often stands before danger, among people's messages it rarely does."""

SURE_WITHOUT_TYPOS = 0.75
"""Share of "urgent" from which a message is believed as it reads without its typos: correcting
takes an unknown word for one of danger now and then."""

MOST_SENTENCES = 4
SHORTEST_SENTENCE = 3
"""Words."""

_SENTENCE = re.compile(r"[.?!;\n…]+")

KIND_SHARPNESS = 3.0

SURE_WHO = 0.5
"""Confidence of who is in danger below which a cue about a child decides."""

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


CALM_EVERY = 3
"""Of so many calm messages of the corpus one is learnt from."""

MUTATED_EVERY = 2
"""Of so many curated examples one is also learnt from with a letter wrong in each word."""

CALMING = frozenset({"information", "past", "resolved"})
"""Contexts of a message that make a cue in it less likely to be danger now."""

FEATURES = (
    "urgent_over_none high_over_none urgent_cue several_urgent_cues high_cue negated_cue "
    "information past resolved story idiom laughter urgent_cue_in_calm_context"
).split()
"""What the joining weighs, in this order."""

CUE_SCORES: Mapping[Urgency, float] = {"urgent": 1.0, "high": 0.6, "none": 0.0}
NEGATED_SCORE = 0.2
"""How much a found cue says of its category, 0 to 1."""


@dataclass(frozen=True)
class Joining:
    """A multinomial logistic model of the level on `FEATURES`, and where each level begins.

    Attributes:
        weights: For each level of `URGENCY_LEVELS`, a weight for each feature.
        offsets: For each level.
        urgent_from: Share of "urgent" from which the level is urgent.
        high_from: Share of "high" and "urgent" together from which it is at least high.
    """

    weights: tuple[tuple[float, ...], ...]
    offsets: tuple[float, ...]
    urgent_from: float
    high_from: float

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Joining:
        """From a mapping, as the file has it."""
        weights = row["weights"]
        return cls(
            tuple(tuple(weights[level][name] for name in FEATURES) for level in URGENCY_LEVELS),
            tuple(row["offsets"][level] for level in URGENCY_LEVELS),
            row["urgent_from"],
            row["high_from"],
        )


@dataclass(frozen=True)
class Level:
    """What a message says of danger.

    Attributes:
        level: Of `URGENCY_LEVELS`.
        categories: Of the cues that count, most dangerous first; empty for "none".
        scores: Each category to how much its cues say, 0 to 1.
        kind: The kind of emergency, which tells the number that fits; empty unless urgent.
        who: Who is in danger; empty for "none".
        who_score: How sure that is, 0 to 1.
        shares: Each level to its share after joining, 0 to 1.
        cues: The cues found, for explaining.
        contexts: What calms the message, for explaining.
    """

    level: Urgency
    categories: tuple[str, ...]
    scores: dict[str, float]
    kind: Emergency | None
    who: Who | None
    who_score: float
    shares: dict[str, float]
    cues: tuple[Found, ...] = ()
    contexts: tuple[str, ...] = ()


def features(reading: Reading, scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """The numbers that the joining weighs.

    Args:
        reading: The cues and contexts of the whole message.
        scores: The classifiers' logarithmic scores of none, high and urgent.
    """
    urgent, high = reading.active("urgent"), reading.active("high")
    calm = bool(CALMING & reading.contexts)
    return np.array(
        [
            scores[2] - scores[0],
            scores[1] - scores[0],
            bool(urgent),
            len({cue.category for cue in urgent}) > 1,
            bool(high),
            any(cue.negated for cue in reading.cues),
            "information" in reading.contexts,
            "past" in reading.contexts,
            "resolved" in reading.contexts,
            "story" in reading.contexts,
            "idiom" in reading.contexts,
            LAUGHTER in reading.contexts,
            bool(urgent) and calm,
        ],
        dtype=float,
    )


def join(reading: Reading, scores: NDArray[np.float32], joining: Joining) -> NDArray[np.float64]:
    """The share of each level, in the order of `URGENCY_LEVELS`."""
    sums = np.array(joining.weights) @ features(reading, scores) + np.array(joining.offsets)
    powers = np.exp(sums - sums.max())
    found: NDArray[np.float64] = powers / powers.sum()
    return found


def decide(reading: Reading, shares: NDArray[np.float64], joining: Joining) -> Urgency:
    """The level: the higher in doubt, and a cue without a calming context is never nothing.

    (A topic asked in the same breath, "me pega, ¿dónde hay una comisaría?", sounds calm.)
    """
    if shares[2] >= joining.urgent_from:
        return "urgent"
    calm = bool(CALMING & reading.contexts)
    if shares[1] + shares[2] >= joining.high_from or (reading.active("urgent") and not calm):
        return "high"
    return "none"


@dataclass(frozen=True)
class UrgencyExample:
    """A curated example; kind and who only where it is urgent."""

    language: str
    level: Urgency
    text: str
    kind: Emergency | None = None
    who: Who | None = None


@lru_cache(maxsize=1)
def read_examples(folder: Path = EXAMPLES) -> tuple[UrgencyExample, ...]:
    """The curated examples; of urgent ones also the kind of emergency and who is in danger."""
    found: dict[str, UrgencyExample] = {}
    for language in LANGUAGES:
        content = yaml.load(
            (folder / f"{language}.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
        )
        for kind, by_person in content["urgent"].items():
            for who, texts in by_person.items():
                for text in map(str, texts):
                    found[text] = UrgencyExample(language, "urgent", text, kind, who)
        for level in ("high", "none"):
            for text in map(str, content[level]):
                found[text] = UrgencyExample(language, level, text)  # type: ignore[arg-type]
    return tuple(found.values())


def training_examples() -> tuple[list[str], list[str]]:
    """What the levels are learnt from: texts and their levels.

    Beside the curated examples: half of them as they are typed in fear, some calm messages of the
    corpus, and the follow-ups.
    """
    levels: dict[str, str] = {
        example.text: "none"
        for example in corpus()
        if example.intent in CALM_INTENTS and sampled(example.text, CALM_EVERY)
    }
    levels |= {text: "none" for _, kind, text in follow_up.read_examples() if kind in KINDS}
    for example in read_examples():
        levels[example.text] = example.level
        if sampled(example.text, MUTATED_EVERY):
            levels[mutated(example.text, seed=1)] = example.level
    return list(levels), list(levels.values())


def known_words() -> list[str]:
    """Words that messages are known to contain, so that they are not taken for typos."""
    counts = Counter(word for example in corpus() for word in set(words(example.text)))
    return sorted(word for word, count in counts.items() if count >= 3)


@dataclass
class Ear:
    """The classifiers of the level: a linear one on vector and spelling, a network on the vector.

    Attributes:
        order: Positions of none, high, urgent among the classifiers' labels.
    """

    margins: Margins
    network: Network
    order: list[int] = field(default_factory=list)

    @classmethod
    def learn(cls, texts: list[str], vectors: NDArray[np.float32], levels: list[str]) -> Ear:
        """Learn from examples."""
        margins, labels = Margins.learn(texts, vectors, levels, penalty=PENALTY, balanced=True)
        return cls(
            margins, Network.learn(vectors, levels), [labels.index(n) for n in URGENCY_LEVELS]
        )

    def scores(self, text: str, vector: Vector) -> NDArray[np.float32]:
        """Logarithmic scores of none, high and urgent."""
        linear = np.log(confidences(self.margins.of(text, vector), SHARPNESS) + 1e-6)
        found: NDArray[np.float32] = (linear + self.network.log_shares(vector))[self.order]
        return found


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class UrgencyDetector(TrainedComponent):
    """Names the level, the categories, the kind of emergency and who is in danger."""

    _ear: Ear
    _cues: Cues
    _joining: Joining
    _kinds: tuple[Margins, list[str]]
    _people: tuple[Margins, list[str]]

    def learn(self, training_data: TrainingData) -> tuple[Arrays, dict[str, Any]]:
        """Learn from the curated examples and from calm messages of the corpus."""
        del training_data  # Rasa's loader forgets the languages; the corpus keeps them
        texts, levels = training_examples()
        ear = Ear.learn(texts, vectors_of_examples(texts), levels)
        urgent = [example for example in read_examples() if example.level == "urgent"]
        urgent_texts = [example.text for example in urgent]
        vectors = vectors_of_examples(urgent_texts)
        kinds = Margins.learn(urgent_texts, vectors, [str(one.kind) for one in urgent])
        people = Margins.learn(urgent_texts, vectors, [str(one.who) for one in urgent])
        arrays = {**ear.network.arrays()}
        facts: dict[str, Any] = {
            "order": ear.order,
            "known_words": known_words(),
            "joining": yaml.safe_load(JOINING.read_text(encoding="utf-8")),
        }
        for name, margins, labels in (
            ("level", ear.margins, list(URGENCY_LEVELS)),
            ("kind", *kinds),
            ("who", *people),
        ):
            arrays |= {f"{name}_{key}": value for key, value in margins.arrays().items()}
            facts[name] = {"labels": labels, "groups": margins.groups}
        return arrays, facts

    def restore(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Take what was learnt."""

        def margins(name: str) -> Margins:
            own = {
                key.removeprefix(f"{name}_"): value
                for key, value in arrays.items()
                if key.startswith(f"{name}_")
            }
            return Margins.from_arrays(own, facts[name]["groups"])

        self._ear = Ear(margins("level"), Network(arrays), facts["order"])
        self._kinds = margins("kind"), facts["kind"]["labels"]
        self._people = margins("who"), facts["who"]["labels"]
        self._cues = Cues(known_words=facts["known_words"])
        self._joining = Joining.of(facts["joining"])

    def level(self, text: str, vector: Vector) -> Level:
        """What a message says of danger.

        Args:
            text: The whole message.
            vector: Of its head.
        """
        reading = self._cues.read(text)
        best, heard, heard_vector = (
            join(reading, self._ear.scores(text, vector), self._joining),
            text,
            vector,
        )
        if len(text) > WINDOW and not reading.active("urgent") and best[2] < SURE_OF_A_HEAD:
            best = np.array([1.0, 0.0, 0.0])  # its windows are heard below
        for window in self._more_to_hear(text, reading, best):
            found = vector_of(window)
            shares = join(reading, self._ear.scores(window, found), self._joining)
            if (shares[2], shares[1]) > (best[2], best[1]):
                best, heard, heard_vector = shares, window, found
        best = self._without_typos(reading, best)
        level = decide(reading, best, self._joining)
        scores = category_scores(reading) if level != "none" else {}
        who, who_score = self._named(self._people, heard, heard_vector)
        if who_score < SURE_WHO and self._cues.about_children & set(scores):
            who = "child"
        return Level(
            level=level,
            categories=tuple(scores),
            scores=scores,
            kind=self._named(self._kinds, heard, heard_vector)[0] if level == "urgent" else None,  # type: ignore[arg-type]
            who=who if level != "none" else None,  # type: ignore[arg-type]
            who_score=who_score if level != "none" else 0.0,
            shares=dict(zip(URGENCY_LEVELS, map(float, best), strict=True)),
            cues=tuple(reading.cues),
            contexts=tuple(sorted(reading.contexts)),
        )

    def _without_typos(self, reading: Reading, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The shares of the message without its typos, where it is a plea beyond doubt."""
        if not reading.corrected or not LEAST_DOUBT <= shares[2] < self._joining.urgent_from:
            return shares
        vector = vector_of(reading.corrected[:WINDOW])
        found = join(reading, self._ear.scores(reading.corrected, vector), self._joining)
        return found if found[2] >= SURE_WITHOUT_TYPOS else shares

    def _more_to_hear(self, text: str, reading: Reading, shares: NDArray[np.float64]) -> list[str]:
        """Parts of a message that are read by themselves, since the whole may drown them."""
        if len(text) > WINDOW:
            return windows(text, reading)
        if not LEAST_DOUBT <= shares[2] < self._joining.urgent_from:
            return []
        return sentences(text)

    def _named(
        self, learnt: tuple[Margins, list[str]], text: str, vector: Vector
    ) -> tuple[str, float]:
        margins, labels = learnt
        shares = confidences(margins.of(text, vector), KIND_SHARPNESS)
        best = int(np.argmax(shares))
        return labels[best], float(shares[best])

    def read(self, message: Message, text: str) -> None:
        """Add the level."""
        message.set(URGENCY, asdict(self.level(text, message.get(VECTOR))), add_to_output=True)


def category_scores(reading: Reading) -> dict[str, float]:
    """Each category to what its strongest cue says, most dangerous category first."""
    scores: dict[str, float] = {}
    for cue in reading.cues:
        score = NEGATED_SCORE if cue.negated else CUE_SCORES[cue.level]
        scores[cue.category] = max(score, scores.get(cue.category, 0.0))
    return {
        name: scores[name] for name in MORE_DANGEROUS_FIRST if scores.get(name, 0.0) > NEGATED_SCORE
    }


def sentences(text: str) -> list[str]:
    """The sentences of a message that has several: "¿Qué hace un CEM? Es que me quiere matar."

    Returns:
        At most `MOST_SENTENCES`, those of `SHORTEST_SENTENCE` words and more; nothing where there
        are fewer than two.
    """
    found = [part for part in _SENTENCE.split(text) if len(words(part)) >= SHORTEST_SENTENCE]
    return found[-MOST_SENTENCES:] if len(found) > 1 else []


def _last_sentence(text: str) -> str:
    """What stands at the end by itself, at most a window."""
    parts = [part.strip() for part in _SENTENCE.split(text[-WINDOW:]) if part.strip()]
    return parts[-1] if parts else text[-WINDOW:]


def windows(text: str, reading: Reading) -> list[str]:
    """What of a long message is read beside its head: its end, and around the strongest cue.

    Returns:
        Nothing where the head is the whole message.
    """
    if len(text) <= WINDOW:
        return []
    found = [text[-WINDOW:], _last_sentence(text)]
    active = reading.active("urgent") or reading.active("high")
    if active:
        strongest = min(active, key=lambda cue: MORE_DANGEROUS_FIRST.index(cue.category))
        middle = reading.starts[min(strongest.start, len(reading.starts) - 1)]
        start = max(0, middle - WINDOW // 3)
        if start > WINDOW // 3 and start + WINDOW < len(text):
            found.append(text[start : start + WINDOW])
    return found
