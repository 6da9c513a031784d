"""With the state store stopped people still get the right number, and the topic they asked for."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.answers.tables import say
from bot.text.languages import LANGUAGES
from tests.conftest import App, new_number, running
from tests.end_to_end.bystander import PLEAS
from tests.end_to_end.desk import until

WITHIN_SECONDS = 5.0
OTHERS = (
    ("me quiero matar", "113"),
    ("i want to kill myself", "113"),
    ("mi amiga no respira, necesita ambulancia", "106"),
    ("ele está sangrando muito, preciso de ambulância", "106"),
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running(tmp_path_factory.mktemp("storeless") / "var") as found:
        yield found


@contextmanager
def stopped_store(app: App) -> Iterator[None]:
    """The state store hangs: it takes connections and answers nothing."""
    pid = app.store_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def storeless(app: App) -> Iterator[App]:
    with stopped_store(app):
        yield app


def in_time(app: App, text: str, **more: str) -> str:
    began = time.monotonic()
    answer = app.whatsapp(text, new_number(), **more)
    assert time.monotonic() - began < WITHIN_SECONDS
    return answer


def beginning(phrase: str, language: str) -> str:
    return say(phrase, language, examples="|").partition("|")[0]


def test_danger_gets_its_number_first_in_its_language(storeless: App) -> None:
    for language, (plea, number) in PLEAS.items():
        answer = in_time(storeless, plea)
        assert answer.startswith(number), language
        assert answer.startswith(say("urgent_danger", language)[:60])
        assert beginning("without_store", language) in answer
        assert say("handoff_called", language) not in answer
    for plea, number in OTHERS:
        assert number in in_time(storeless, plea).splitlines()[0], plea


def test_questions_get_their_topic_and_nothing_that_cannot_be_taken_up(storeless: App) -> None:
    for question, topic in (
        ("como pido asilo en el peru", "asylum_how_to_apply"),
        ("where do i report human trafficking", "report_where"),
        ("où porter plainte sans donner mon nom", "report_anonymously"),
    ):
        session = storeless.web("es")
        session.send(text=question)
        assert session.topic == topic
        assert session.titles == []
        assert session.last["handoff"] == "none"
    assert "CEM Regular Juliaca" in in_time(storeless, "cem juliaca")


def test_a_place_alone_a_number_and_an_unclear_word_are_told_what_to_write(storeless: App) -> None:
    for text in ("2", "cem mas cercano", "asdf qwer"):
        answer = in_time(storeless, text)
        assert answer.startswith("105")
        assert say("without_store_place", "es") in answer
        assert "Responde con un número" not in answer


def test_what_is_named_as_an_example_is_answered(storeless: App) -> None:
    answer = in_time(storeless, "2")
    examples = answer.rsplit(": ", 1)[1].rstrip(".").split(" · ")
    assert len(examples) > 2
    for example in examples:
        assert "Algo falló" not in in_time(storeless, example), example


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_for_erasing_is_told_that_it_is_not_done(storeless: App, language: str) -> None:
    session = storeless.web(language)
    words = {"es": "borrar", "en": "delete", "pt": "apagar", "fr": "effacer", "ht": "efase"}
    text = session.say(words.get(language, "borrar"))
    assert any(say("not_erased", code) in text for code in LANGUAGES)
    assert all(say("delete_my_data", code) not in text for code in LANGUAGES)


def test_afterwards_conversations_go_on(app: App) -> None:
    number = new_number()
    app.whatsapp("cem mas cercano", number)
    with stopped_store(app):
        assert app.whatsapp("estoy encerrada", number).startswith("105")
    until(lambda: "CEM Regular Juliaca" in app.whatsapp("juliaca", number), 5)


def test_a_store_that_is_killed_again_and_again_leaves_nobody_without_a_number(app: App) -> None:
    for plea, number in PLEAS.values():
        os.kill(app.store_pid(), signal.SIGKILL)
        assert in_time(app, plea).startswith(number)
        until(lambda: _answers(app), 15)


def _answers(app: App) -> bool:
    try:
        return bool(app.store.ping())
    except Exception:
        return False
