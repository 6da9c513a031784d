"""Learning: what Rasa is given, and what comes back from the processes."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import follow_up
from bot.nlu.corpus import corpus
from bot.nlu.fitted import FitJob, Fitted
from bot.nlu.linear import Features, LinearModel
from bot.nlu.ngrams import NgramFeatures
from bot.nlu.urgency_examples import UrgencyExample, heard, read_examples
from bot.nlu.vectors import WINDOW
from bot.rasa_adapter import learning
from bot.rasa_adapter.components.urgency import UrgencyDetector
from bot.rasa_adapter.importer import CorpusImporter, FixedMessage
from bot.rasa_adapter.training import digest
from tests.conftest import ROOT


def counted() -> dict[str, Fitted]:
    return {"counted": ({"numbers": np.arange(3)}, {"first": "zero"})}


def broken() -> dict[str, Fitted]:
    raise ValueError("es.yml: no such level")


class Sound:
    effort = 1

    @classmethod
    def texts(cls) -> Iterable[str]:
        return ()

    @classmethod
    def fit_jobs(cls) -> Sequence[FitJob]:
        return [counted]


class Unsound(Sound):
    @classmethod
    def fit_jobs(cls) -> Sequence[FitJob]:
        return [counted, broken]


def test_each_component_gets_its_own_fit_jobs_and_an_error_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learning, "learners", lambda: [Sound, Unsound])
    monkeypatch.setattr(learning, "vectors_of_examples", lambda texts, progress: None)
    learning.begin()
    arrays, facts = learning.fitted(Sound)["counted"]
    assert arrays["numbers"].tolist() == [0, 1, 2]
    assert facts == {"first": "zero"}
    with pytest.raises(ValueError, match=r"es\.yml: no such level"):
        learning.fitted(Unsound)


def test_the_pipeline_says_who_learns() -> None:
    names = [learner.__qualname__ for learner in learning.learners()]
    assert names[0] == "LanguageIdentifier"
    assert {"IntentClassifier", "UrgencyDetector"} <= set(names)
    assert "SentenceEmbeddings" not in names


def test_rasa_is_given_every_example_once_and_the_rules() -> None:
    importer = CorpusImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), ["data"])
    given = importer.get_nlu_data()
    assert {(one.get("intent"), one.get("text")) for one in given.training_examples} == {
        (example.intent, example.text) for example in corpus()
    }
    assert importer.get_stories().story_steps


def test_a_copied_example_is_the_example() -> None:
    one = FixedMessage({"text": "dónde denuncio", "intent": "report_where"})
    other = FixedMessage({"text": "dónde denuncio", "intent": "report_fear"})
    assert copy.deepcopy(one) is one
    assert one != other


def test_of_a_long_plea_the_end_is_learnt_and_of_a_calm_one_both() -> None:
    polite = "Buenas tardes, espero que estén bien. " * 10
    plea = UrgencyExample("es", "urgent", polite + "me tienen encerrada")
    assert heard(plea) == [plea.text[-WINDOW:]]
    calm = UrgencyExample("es", "none", polite)
    assert heard(calm) == [polite, polite[-WINDOW:]]
    short = UrgencyExample("es", "urgent", "auxilio")
    assert heard(short) == ["auxilio"]


def test_a_kept_classifier_reads_as_the_one_that_learnt() -> None:
    texts = ["agua por favor", "quiero agua", "pan por favor", "quiero pan", "más pan"] * 2
    labels = ["water", "water", "bread", "bread", "bread"] * 2
    tags = [["wet"] if label == "water" else [] for label in labels]
    margins = LinearModel.fit(Features.of(texts, None, tags=tags), labels)
    again = LinearModel.restored(*margins.kept())
    for text in ("dame agua", "un pan", "", "¿?"):
        assert np.allclose(margins.of(text), again.of(text), atol=1e-2)
    assert margins.best("agua", None, 3.0)[0] == "water"
    wet, dry = margins.of("por favor", tags=["wet"]), margins.of("por favor")
    assert wet[margins.labels.index("water")] > dry[margins.labels.index("water")]


@given(st.lists(st.text("aeñ n'?", max_size=12), min_size=1, max_size=8))
@settings(deadline=None)
def test_an_example_is_learnt_as_it_would_be_read(texts: list[str]) -> None:
    tags = [["wet"] * (len(text) % 3) for text in texts]
    features, weighed = NgramFeatures.fit(texts, tags=tags)
    for row, text in enumerate(texts):
        columns, weights = features.weigh(text, tags[row])
        read = np.zeros(weighed.shape[1])
        np.add.at(read, columns, weights)
        assert np.allclose(weighed[row].toarray()[0], read, atol=1e-5)


def test_rasa_forgets_what_it_learnt_when_any_example_changes(tmp_path: Path) -> None:
    assert UrgencyDetector.fingerprint_addon({}) == digest()
    shutil.copytree(ROOT / "data" / "urgency", tmp_path / "data" / "urgency")
    shutil.copytree(ROOT / "data" / "follow_up", tmp_path / "data" / "follow_up")
    before = digest(tmp_path)
    for name in ("urgency/examples/qu.yml", "follow_up/ht.yml"):
        with (tmp_path / "data" / name).open("a", encoding="utf-8") as file:
            file.write("\n")
        before, now = digest(tmp_path), before
        assert before != now


@pytest.mark.parametrize(
    "content", ["nlu: [", "nlu:\n- examples: hola", "[]", "nlu: 3", "- text: hola"]
)
def test_a_file_of_examples_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "es").mkdir()
    for path in (tmp_path / "es" / "es.yml", tmp_path / "es.yml"):
        path.write_text(content, encoding="utf-8")
    for read in (corpus, read_examples, follow_up.read_examples):
        with pytest.raises(ValueError, match=r"es\.yml: "):
            read.__wrapped__(tmp_path)
