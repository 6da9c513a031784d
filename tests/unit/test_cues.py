"""Cues of danger: how they are written, and what counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import categories
from bot.nlu.cue import Cue, CueError, expand
from bot.nlu.cues import Cues, Reading
from bot.nlu.fusion import FEATURES, Fusion, decide, fuse
from bot.nlu.fusion import FUSION as FUSION_FILE
from bot.nlu.parts import clauses, sentences, windows
from bot.nlu.urgency import category_scores
from bot.turn import URGENCY_LEVELS

CONFINEMENT = """
note: "test"
who: any
rank: 10
label: {es: encierro, en: confinement}
es:
  urgent:
    - estoy encerrad(o|a)
    - no (me|nos) deja(n|) ... salir
"""
DEBT = """
note: "test"
who: any
rank: 20
label: {es: deuda, en: debt}
es:
  high:
    - (les|le) debo (mucha |)plata
"""
RANKED = "rank: 20, label: {es: deuda, en: debt}"
CONTEXTS = """
idiom: {es: [encerrada en el trafico]}
past: {es: [hace muchos anos]}
negation: {es: ["no", ya no]}
laughter: {pattern: "(?:j[aeiou]){2,}|k{3,}"}
"""


def written(folder: Path, **files: str) -> Path:
    (folder / "cues").mkdir()
    (folder / "contexts.yml").write_text(CONTEXTS, encoding="utf-8")
    for name, content in files.items():
        (folder / "cues" / f"{name}.yml").write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cues(tmp_path_factory: pytest.TempPathFactory) -> Cues:
    return Cues(written(tmp_path_factory.mktemp("urgency"), confinement=CONFINEMENT, debt=DEBT))


def levels(reading: Reading) -> list[str]:
    return [cue.level for cue in reading.cues if not cue.negated]


@pytest.mark.parametrize(
    "text",
    [
        "estoy encerrada",
        "ESTOY ENCERRADO!!",
        "hola estoy encerada por favor",  # a typo
        "no me dejan salir",
        "no me dejan ni un momento salir de aqui",  # the gap
        "no nos deja salir",
        "estoy encerradaaaa",
    ],
)
def test_a_cue_is_found_however_it_is_spelt(cues: Cues, text: str) -> None:
    assert "urgent" in levels(cues.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "no estoy encerrada",
        "ya no estoy encerrada",
        "estoy encerrada en el trafico",
        "no me dejan uno dos tres cuatro cinco salir",
        "me dejan salir",
        "",
    ],
)
def test_negation_idiom_and_distance_take_a_cue_away(cues: Cues, text: str) -> None:
    assert "urgent" not in levels(cues.read(text))


def test_a_negation_in_another_clause_takes_nothing_away(cues: Cues) -> None:
    assert levels(cues.read("no, estoy encerrada")) == ["urgent"]


def test_a_cue_at_the_end_of_a_long_message_is_found(cues: Cues) -> None:
    assert levels(cues.read("palabra " * 2000 + "estoy encerrada")) == ["urgent"]


def test_an_optional_part_may_be_missing(cues: Cues) -> None:
    assert (
        levels(cues.read("le debo plata")) == levels(cues.read("les debo mucha plata")) == ["high"]
    )


@pytest.mark.parametrize("cue", ["(a|b", "a)", "((a))", "|"])
def test_broken_brackets_are_refused(cue: str) -> None:
    with pytest.raises(CueError):
        assert Cue("x", "urgent", cue).units


def test_a_cue_that_is_all_optional_is_refused() -> None:
    with pytest.raises(CueError):
        assert Cue("x", "urgent", "(a|) (b|)").units


@pytest.mark.parametrize(
    "content",
    [
        f"{{note: x, who: any, {RANKED}, es: {{loud: [a b]}}}}",
        f"{{note: x, who: nobody, {RANKED}, es: {{high: [a b]}}}}",
        f"{{note: x, {RANKED}, es: {{high: [a b]}}}}",
        "{note: x, who: any, label: {es: deuda, en: debt}, es: {high: [a b]}}",  # no rank
        "{note: x, who: any, rank: first, label: {es: d, en: d}, es: {high: [a b]}}",
        "{note: x, who: any, rank: 10, label: {es: d, en: d}, es: {high: [a b]}}",  # taken
        "{note: x, who: any, rank: 20, label: {es: deuda}, es: {high: [a b]}}",
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    with pytest.raises(CueError, match=r"debt\.yml"):
        Cues(written(tmp_path, confinement=CONFINEMENT, debt=content))


def test_the_most_dangerous_category_comes_first(cues: Cues) -> None:
    found = cues.read("le debo plata y estoy encerrada")
    assert list(category_scores(found)) == ["confinement", "debt"]


def test_a_new_category_is_one_file(tmp_path: Path) -> None:
    new = DEBT.replace("rank: 20", "rank: 15").replace("(les|le) debo", "(les|le) temo")
    folder = written(tmp_path, confinement=CONFINEMENT, debt=DEBT, fear=new)
    text = "hola " * 100 + "les temo mucha plata " + "y eso " * 100
    assert list(category_scores(Cues(folder).read(text))) == ["fear"]
    assert windows(text, Cues(folder).read(text))
    assert categories.problems(folder) == []


@given(st.lists(st.sampled_from(["estoy", "encerrada", "no", "salir", ".", "x"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_sequence_of_words_breaks_the_matcher(tokens: list[str]) -> None:
    reading = _shared().read(" ".join(tokens))
    assert all(0 <= cue.start < cue.end <= len(reading.starts) for cue in reading.cues)


_CUES: list[Cues] = []


def _shared() -> Cues:
    if not _CUES:
        _CUES.append(Cues())
    return _CUES[0]


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_matcher(text: str) -> None:
    _shared().read(text)


@given(st.text(alphabet="ab|", max_size=12))
def test_every_reading_of_a_unit_is_made_of_its_own_letters(inner: str) -> None:
    for reading in expand(f"({inner})"):
        assert set("".join(reading)) <= set("ab")


FUSION = Fusion(
    weights=((0.0,) * len(FEATURES), (0.0,) * len(FEATURES), (0.0,) * len(FEATURES)),
    offsets=(0.0, 0.0, 0.0),
    urgent_from=0.4,
    high_from=0.3,
)


def test_a_cue_without_a_calming_context_is_never_nothing(cues: Cues) -> None:
    calm = np.array([0.98, 0.01, 0.01])
    assert decide(cues.read("estoy encerrada, ¿a quién denuncio?"), calm, FUSION) == "high"
    assert decide(cues.read("hace muchos anos, estoy encerrada"), calm, FUSION) == "none"


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_danger_heard_never_lowers_the_level(urgent: float, more: float) -> None:
    low, high = sorted((urgent, more))

    def level(share: float) -> int:
        probabilities = np.array([(1 - share) / 2, (1 - share) / 2, share])
        return URGENCY_LEVELS.index(decide(Reading(), probabilities, FUSION))

    assert level(low) <= level(high)


def test_laughter_is_heard(cues: Cues) -> None:
    assert "laughter" in cues.read("estoy encerrada jajaja").contexts
    assert "laughter" in cues.read("socorro KKKK").contexts
    assert "laughter" not in cues.read("k hago, estoy encerrada").contexts


def test_the_shares_of_the_levels_sum_to_one(cues: Cues) -> None:
    fitted = Fusion.of(yaml.safe_load(FUSION_FILE.read_text(encoding="utf-8")))
    for text in ("estoy encerrada", "le debo plata", "hola"):
        probabilities = fuse(
            cues.read(text), np.array([-1.0, -2.0, -3.0], dtype=np.float32), fitted
        )
        assert probabilities.sum() == pytest.approx(1.0)


def test_a_long_message_is_also_read_at_its_end_and_around_its_strongest_cue(cues: Cues) -> None:
    text = "palabra " * 60 + "estoy encerrada " + "palabra " * 60
    found = windows(text, cues.read(text))
    assert len(found) == 3
    assert text.endswith(found[0])
    assert "estoy encerrada" in found[-1]
    assert windows("estoy encerrada", cues.read("estoy encerrada")) == []


def test_a_short_message_in_doubt_is_read_sentence_by_sentence() -> None:
    assert sentences("¿Qué hace un CEM? Es que mi esposo afila el machete. Hoy.") == [
        "¿Qué hace un CEM",
        " Es que mi esposo afila el machete",
    ]
    assert sentences("me tienen encerrada. ayuda") == []


def test_clauses_are_parted_by_commas_and_reasons() -> None:
    assert clauses("como pido un abogado, mañana me llevan de aqui") == [
        "como pido un abogado",
        " mañana me llevan de aqui",
    ]
    assert clauses("can i do it online bcs they guard the door") == [
        "can i do it online ",
        " they guard the door",
    ]
    assert clauses("solo una pregunta sin comas") == []
    assert clauses(",,, ,") == []
