"""However a message is written, reading it takes a bounded number of operations (no clock)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz import process
from rapidfuzz.distance import OSA

from benchmarks.hostile_reading import cue_phrases, cue_words, fill, hostile_messages
from bot.directory.gazetteer import gazetteer
from bot.directory.tables import tables
from bot.nlu import hearing
from bot.nlu.corpus import ordinary_words
from bot.nlu.corrections import TWO_TYPOS_FROM, Spellings
from bot.nlu.cues import Cues
from bot.nlu.hearing import vector_of
from bot.nlu.parts import MOST_SENTENCES, clauses, sentences, windows
from bot.nlu.vectors import WINDOW
from bot.text.cleaning import LONGEST, MOST_MARKS, clean
from bot.text.folding import GROWTH, LEAST_KEPT, fold
from bot.work import MOST, Abandoned, Work, doing

HOSTILE = dict(hostile_messages())

CUE_WORDS = cue_words()
PLACES = sorted({fold(place.district) for place in tables().places})


@pytest.fixture(scope="module")
def cues() -> Cues:
    return Cues(known_words=ordinary_words())


def work_of(*calls: Callable[[], object]) -> Work:
    with doing(Work()) as work:
        for call in calls:
            call()
    return work


def is_bounded(work: Work) -> bool:
    return all(work.done[kind] <= most for kind, most in MOST.items())


@pytest.mark.parametrize("name", HOSTILE)
def test_no_message_takes_more_operations_than_are_allowed(cues: Cues, name: str) -> None:
    text = clean(HOSTILE[name])
    work = work_of(lambda: cues.read(text), lambda: gazetteer().read(text))
    assert is_bounded(work), work.done


words_of_all_kinds = st.one_of(
    st.sampled_from(CUE_WORDS),
    st.sampled_from(PLACES),
    st.sampled_from(["no", "a", "me", "si", "de", ".", ",", "lima", "san juan"]),
    st.text(alphabet="abcdeiou", min_size=1, max_size=16),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(words_of_all_kinds, min_size=1, max_size=40))
def test_no_mixture_takes_more_operations_than_are_allowed(cues: Cues, mixture: list[str]) -> None:
    text = fill(" ".join(mixture) + " ")
    work = work_of(lambda: cues.read(text), lambda: gazetteer().read(text))
    assert is_bounded(work), work.done


@pytest.mark.parametrize("name", HOSTILE)
def test_no_message_is_heard_in_more_parts_than_are_allowed(cues: Cues, name: str) -> None:
    text = clean(HOSTILE[name])
    reading = cues.read(text)
    assert len(windows(text, reading)) + 1 <= MOST["vectors"]  # one more without its typos
    short = text[:WINDOW]
    assert len(sentences(short)) + 1 + len(clauses(short)) <= 2 * MOST_SENTENCES + 1
    assert MOST["vectors"] >= 2 * MOST_SENTENCES + 1


def test_a_part_that_stands_twice_is_heard_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "vector", lambda text: np.full(3, len(text)))
    work = work_of(lambda: vector_of("ayuda"), lambda: vector_of("ayuda"), lambda: vector_of("no"))
    assert work.done["vectors"] == 2


@pytest.mark.parametrize("reads", ["cues", "places", "vectors"])
def test_a_reading_that_nobody_waits_for_ends(
    cues: Cues, reads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "vector", lambda text: np.zeros(3))
    calls: dict[str, Callable[[], object]] = {
        "cues": lambda: cues.read(HOSTILE["all cues"]),
        "places": lambda: gazetteer().read(HOSTILE["ambiguous places"]),
        "vectors": lambda: vector_of("ayuda"),
    }
    whole = work_of(calls[reads])
    with doing(Work()) as work:
        work.abandon()
        with pytest.raises(Abandoned):
            calls[reads]()
    assert sum(work.done.values()) <= 0.1 * sum(whole.done.values()) + 1


def test_what_is_abandoned_is_no_failure_to_any_library() -> None:
    assert not issubclass(Abandoned, Exception)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from([*cue_phrases(), *CUE_WORDS, "no", ".", ","]), max_size=30))
def test_cues_are_found_where_their_patterns_match(cues: Cues, parts: list[str]) -> None:
    tokens, _ = cues._tokens(" ".join(parts))
    line = " ".join(tokens)
    expected = {
        (number, line.count(" ", 0, match.start()), match.group())
        for number in {number for word in set(tokens) for number in cues._under.get(word, ())}
        for match in cues._cues[number].pattern.finditer(line)
    }
    found = {(number, one.start, one.end - one.start) for number, one in cues._find(tokens)}
    assert found == {(number, start, text.count(" ") + 1) for number, start, text in expected}


def reference(word: str, known: list[str]) -> str | None:
    """The nearest known word, by comparing all of them."""
    typos = 2 if len(word) >= TWO_TYPOS_FROM else 1
    near = [one for one in known if abs(len(one) - len(word)) <= typos]
    hit = process.extractOne(word, sorted(near, key=len), scorer=OSA.distance, score_cutoff=typos)
    return hit[0] if hit else None


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_typo_means_the_nearest_known_word(data: st.DataObject) -> None:
    short = st.text(alphabet="abcd", min_size=3, max_size=7)
    long = st.text(alphabet="abcd", min_size=10, max_size=14)
    known = sorted(data.draw(st.sets(st.one_of(short, long), max_size=30)))
    unknown = data.draw(st.sets(st.one_of(short, long), max_size=20)) - set(known)
    expected = {word: reference(word, known) for word in unknown if len(word) >= 4}
    meant = Spellings(known).nearest({word for word in unknown if len(word) >= 4})
    assert meant == {word: found for word, found in expected.items() if found}


def test_a_name_is_compared_with_so_many_others_only() -> None:
    works = [
        work_of(lambda text=text: gazetteer().read(text))  # type: ignore[misc]
        for text in ("san juan " * 100, "san juan " * 1000)
    ]
    assert works[0].done["places"] == works[1].done["places"]


def test_words_that_no_name_has_are_not_kept() -> None:
    places = gazetteer()
    places.read("zzqxq estoy en miraflores qqxzz")
    assert {"zzqxq", "qqxzz"}.isdisjoint(places._vocabulary.strings)


def test_cues_keep_no_word_of_a_message(cues: Cues) -> None:
    before = len(cues._known)
    cues.read("zzqxq me tienen encerrada qqxzz")
    assert len(cues._known) == before
    assert not any(hasattr(value, "cache_info") for value in vars(cues).values())


def test_marks_piled_upon_a_letter_are_cut() -> None:
    piled = clean("e" + "\u0301\u0323" * 5000 + " ayuda")
    marks = re.search(r"[\u0300-\u036f]*", piled[1:])
    assert marks
    assert len(marks.group()) <= MOST_MARKS
    assert piled.endswith(" ayuda")


@pytest.mark.parametrize("text", ["Añoñó ñandú", "déjame", "wichʼay", "ệ", "Ǹ"])
def test_marks_of_a_spelling_stay(text: str) -> None:
    assert fold(clean(text)) == fold(text)


def test_no_sign_grows_without_bound() -> None:
    assert len(fold("\ufdfa" * 5000)) <= GROWTH * 5000
    assert len(fold("\ufdfa")) == 18 <= LEAST_KEPT


def test_the_messages_are_as_long_as_they_may_be() -> None:
    assert all(len(text) == LONGEST for text in HOSTILE.values())
    assert all(one != other for one, other in pairwise(HOSTILE.values()))
