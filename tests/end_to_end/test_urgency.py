"""Danger: what is read, what is said first, and that nothing a person types breaks it."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bot.answers.tables import say
from bot.directory.tables import tables
from bot.evaluation.measure import DATA, read_all, read_yaml
from bot.nlu.typos import mutated
from bot.rasa_adapter.assistant import Assistant, newest_model
from bot.settings import Settings
from bot.text.cleaning import clean
from bot.text.languages import LANGUAGES
from bot.turn import NUMBER_OF, URGENCY_LEVELS, Understanding
from tests.conftest import ROOT, App
from tests.forked import command

FIRST_NUMBERS = {
    "danger": {"105"},
    "medical": {"106", "116", "113"},
    "self_harm": {"113"},
}
"""What `NUMBER_OF` tells apart, and the numbers of which the first reply may begin with one."""


def urgent_messages(language: str) -> list[dict[str, Any]]:
    rows = read_yaml(DATA / "urgency" / f"{language}.yml")
    return [row for row in rows if row["level"] == "urgent"]


@lru_cache(maxsize=1)
def assistant() -> Assistant:
    return Assistant(newest_model(Settings.from_environment().model_dir), None)


def read(texts: list[str]) -> list[Understanding]:
    return read_all(assistant(), texts)


@cache
def seen_as_urgent(language: str) -> tuple[str, ...]:
    """The pleas of a language that are read as such; `make eval` counts and prints the others."""
    texts = [row["text"] for row in urgent_messages(language)]
    found = zip(texts, read(texts), strict=True)
    return tuple(text for text, one in found if one.urgency == "urgent")


def parsed(texts: list[str]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = command("parse", "--jsonl", "--explain", text=lines)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("kind", NUMBER_OF)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_urgent_answer_begins_with_a_number_that_fits(kind: str, language: str) -> None:
    first = say(f"urgent_{kind}", language).split()[0].strip(".,:;")
    assert first in FIRST_NUMBERS[NUMBER_OF[kind]]
    text = say(f"urgent_{kind}", language)
    assert "1818" in text
    assert tables().contacts["100"].display in text
    assert "?" not in text


@pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.proof)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_reply_to_a_plea_begins_with_a_number_that_fits_it(
    app: App, language: str, every: int
) -> None:
    wrong, unheard, mixed, messages = [], [], 0, urgent_messages(language)[::every]
    for row in messages:
        session = app.web(language)
        answer = session.send(text=row["text"])
        mixed += answer["language"] != language  # some mix two languages in one breath
        first_line = answer["replies"][0]["text"].split("\n")[0]
        first = first_line.split()[0].strip(".,:;")
        allowed = set().union(*(FIRST_NUMBERS[NUMBER_OF[kind]] for kind in row["fits"].split()))
        if not first.isdigit():
            unheard.append(row["text"])
        elif not allowed & set(re.findall(r"\d+", first_line)):
            wrong.append((row["text"], row["fits"], first_line))
        if answer["urgency"] == "urgent":
            assert first.isdigit(), (row, answer)
            assert sum("?" in reply["text"] for reply in answer["replies"]) <= 1
        assert answer["replies"][-1]["choices"]
    few = max(1, 0.05 * len(messages))  # how many are heard at all is measured by `make eval`
    assert len(unheard) <= few, unheard
    assert len(wrong) <= few, wrong
    assert mixed <= few


POLITE = {
    "es": "Buenas tardes, espero que se encuentren muy bien. Les escribo porque una amiga me pasó "
    "este número y me dijo que aquí orientan con los papeles. Vivo en Lima desde hace un tiempo, "
    "mi prima está en Arequipa y quiere saber cómo se saca la cita para el carné. También quería "
    "preguntar si los sábados atienden y qué documentos hay que llevar. ",
    "en": "Good afternoon, I hope you are all well. A friend gave me this number and told me that "
    "you help people with their papers. I have been living in Lima for some time and my cousin in "
    "Arequipa wants to know how to get an appointment for the card. I also wanted to ask whether "
    "you are open on Saturdays and which documents one has to bring. ",
    "fr": "Bonjour, j'espère que vous allez bien. Une amie m'a donné ce numéro et m'a dit que vous "
    "renseignez sur les papiers. Je vis à Lima depuis quelque temps et mon cousin à Arequipa veut "
    "savoir comment prendre rendez-vous pour la carte. Je voulais aussi demander si vous êtes "
    "ouverts le samedi et quels documents il faut apporter. ",
}


@pytest.mark.proof
@pytest.mark.parametrize("language", POLITE)
def test_danger_in_the_last_sentence_of_a_long_message_is_found_as_in_a_short_one(
    language: str,
) -> None:
    short = [text for text in seen_as_urgent(language)[::2] if len(text) < 200]
    after = read([POLITE[language] * 2 + text for text in short])
    lost = [text for text, one in zip(short, after, strict=True) if one.urgency == "none"]
    lowered = [text for text, one in zip(short, after, strict=True) if one.urgency != "urgent"]
    assert not lost
    assert len(lowered) <= 0.1 * len(short), lowered


def test_the_polite_message_alone_is_calm() -> None:
    assert {one.urgency for one in read(list(POLITE.values()))} == {"none"}


def test_the_level_is_explained() -> None:
    row = parsed(["me tienen encerrada en un cuarto"])[0]
    assert row["urgency"] == "urgent"
    assert row["kind"] == "danger"
    assert row["who"] == "self"
    assert "confinement" in row["cues"]
    why = row["why"]
    assert set(why["probabilities"]) == set(URGENCY_LEVELS)
    assert why["scores"]["confinement"] == 1.0
    assert any(cue["category"] == "confinement" and not cue["negated"] for cue in why["cues"])


def test_a_reading_is_the_same_each_time() -> None:
    texts = [row["text"] for row in urgent_messages("es")[:20]]
    assert read(texts) == read(texts)


@lru_cache(maxsize=1)
def pleas() -> tuple[str, ...]:
    return tuple(row["text"] for language in LANGUAGES for row in urgent_messages(language))


anything = st.one_of(
    st.text(max_size=60),
    st.builds(
        lambda number, seed: mutated(pleas()[number % len(pleas())], seed)[:80],
        st.integers(0, 10_000),
        st.integers(0, 1_000),
    ),
    st.lists(
        st.sampled_from("ayuda help 105 ! ? ñ 😀 / \u200d no\n me".split(" ")), max_size=12
    ).map(" ".join),
)


def breaks_nothing(texts: list[str]) -> None:
    for one in read([clean(text) for text in texts]):
        assert one.urgency in URGENCY_LEVELS
        assert (one.kind in NUMBER_OF) == (one.urgency == "urgent")
        assert not one.also or one.urgency != "none"
        assert 0 <= one.confidence <= 1


@seed(2026)
@given(st.lists(anything, min_size=10, max_size=10))
@settings(
    max_examples=30,  # of ten messages
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_nothing_that_is_typed_breaks_the_reading(texts: list[str]) -> None:
    breaks_nothing(texts)


@pytest.mark.proof
@given(st.lists(anything, min_size=10, max_size=10))
@settings(
    max_examples=1_000,  # of ten messages
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_nothing_among_ten_thousand_messages_breaks_the_reading(texts: list[str]) -> None:
    breaks_nothing(texts)


def test_the_files_of_cues_say_what_they_are() -> None:
    for path in sorted((ROOT / "data" / "urgency" / "cues").glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert "SOP" in content["note"], path
        known = {"note", "who", "rank", "label", "referral", *LANGUAGES}
        assert set(content) <= known, path
