"""Cues of danger: how they are written, and what counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.cues import Cue, CueError, Cues, Reading, expand
from bot.nlu.urgency import decide

CUES = """
cues:
  confinement:
    urgent:
      - estoy encerrad(o|a)
      - no (me|nos) deja(n|) ... salir
  debt:
    high:
      - (les|le) debo (mucha |)plata
context:
  idiom:
    - encerrada en el trafico
  past:
    - hace muchos anos
  negation:
    - "no"
    - ya no
"""


@pytest.fixture(scope="module")
def cues(tmp_path_factory: pytest.TempPathFactory) -> Cues:
    folder = tmp_path_factory.mktemp("cues")
    (folder / "es.yml").write_text(CUES, encoding="utf-8")
    return Cues(folder)


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
        Cue("x", "urgent", cue).units()


def test_a_cue_that_is_all_optional_is_refused() -> None:
    with pytest.raises(CueError):
        Cue("x", "urgent", "(a|) (b|)").units()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "es.yml").write_text("cues: {x: {loud: [a b]}}", encoding="utf-8")
    with pytest.raises(CueError, match=r"es\.yml"):
        Cues(tmp_path)


@given(st.lists(st.sampled_from(["estoy", "encerrada", "no", "salir", ".", "x"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_sequence_of_words_breaks_the_matcher(tokens: list[str]) -> None:
    reading = _shared().read(" ".join(tokens))
    assert all(0 <= cue.start < cue.end <= reading.words for cue in reading.cues)


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


def test_a_cue_without_a_calming_context_is_never_nothing(cues: Cues) -> None:
    calm = {"none": 0.98, "high": 0.01, "urgent": 0.01}
    assert decide(cues.read("estoy encerrada, ¿a quién denuncio?"), calm) == "high"
    assert decide(cues.read("hace muchos anos, estoy encerrada"), calm) == "none"


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_danger_heard_never_lowers_the_level(urgent: float, more: float) -> None:
    order = ["none", "high", "urgent"]
    low, high = sorted((urgent, more))
    calm = Reading()

    def level(share: float) -> int:
        return order.index(decide(calm, {"urgent": share, "high": (1 - share) / 2, "none": 0}))

    assert level(low) <= level(high)
