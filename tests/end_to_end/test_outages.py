"""Law 5: whatever fails, the person gets an answer; when it is back, all is well."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from bot.answers.tables import say
from bot.privacy.pseudonyms import conversation_id
from tests.conftest import App, new_number, running

PATIENCE = 5.0
"""Seconds within which somebody must be answered (issue: Redis hung)."""


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running(tmp_path_factory.mktemp("fragile") / "var") as app:
        yield app


def test_a_hung_store_leaves_nobody_in_silence_and_holds_nobody_up(fragile: App) -> None:
    session = fragile.web("fr")
    pid = fragile.store_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        answers: list[tuple[str, float]] = []

        def ask() -> None:
            began = time.monotonic()
            answer = session.say("je veux porter plainte pour traite, c'est où ?")
            answers.append((answer, time.monotonic() - began))

        people = [threading.Thread(target=ask) for _ in range(8)]
        for person in people:
            person.start()

        def is_unavailable(page: str) -> bool:
            found = requests.get(f"{fragile.url}/{page}", timeout=4)
            return (found.status_code, found.text) == (503, "unavailable")

        assert fragile.eventually(lambda: is_unavailable("healthz"), 5)
        assert is_unavailable("readyz")
        for person in people:
            person.join()
        assert len(answers) == 8
        for answer, seconds in answers:
            assert seconds < PATIENCE
            assert "FISTRAP" in answer
            assert say("without_store_place", "fr") in answer
        assert "FISTRAP" in fragile.whatsapp("donde denuncio")
        assert requests.post(f"{fragile.url}/webhooks/web/sessions", timeout=20).status_code == 201
    finally:
        os.kill(pid, signal.SIGCONT)
    time.sleep(1.5)
    assert session.say("où porter plainte sans donner mon nom ?")
    assert session.topic == "report_anonymously"


def test_what_could_not_be_erased_while_the_store_hung_is_erased_afterwards(fragile: App) -> None:
    session = fragile.web("es")
    session.say("estoy encerrada no me dejan salir")
    pid = fragile.store_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        leaving = requests.post(f"{fragile.url}/webhooks/web/erase", data=session.token, timeout=20)
        assert leaving.status_code == 503
        assert "borrar" in leaving.json()["error"]["message"]
    finally:
        os.kill(pid, signal.SIGCONT)
    secret = (fragile.data_dir / "secret").read_text()
    mine = conversation_id(secret, "web", session.token).encode()
    assert fragile.eventually(lambda: not any(mine in key for key in fragile.store.keys("*")), 15)


def test_a_store_that_dies_is_started_again_with_what_it_held(fragile: App) -> None:
    number = new_number()
    fragile.whatsapp("cem mas cercano", number)
    time.sleep(1.5)  # the store writes to disk every second
    os.kill(fragile.store_pid(), signal.SIGKILL)
    assert "FISTRAP" in fragile.whatsapp("donde denuncio")
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        time.sleep(0.5)
        answer = fragile.whatsapp("juliaca", number)
        if "CEM Regular Juliaca" in answer:
            return
        assert say("without_store_place", "es") in answer  # until then, what can be said
    raise AssertionError("the conversation did not go on")


def test_a_killed_app_starts_again_and_conversations_go_on(fragile: App) -> None:
    number = new_number()
    fragile.whatsapp("cem mas cercano", number)
    session = fragile.web("en")
    session.say("i am afraid to report")
    time.sleep(1.5)
    fragile.kill()
    fragile.start()
    assert "CEM Regular Juliaca" in fragile.whatsapp("juliaca", number)
    assert session.press("Free lawyer" if "Free lawyer" in session.titles else session.titles[0])


def test_a_second_app_in_the_same_folder_is_refused(fragile: App) -> None:
    second = App(fragile.data_dir.parent / "var")
    with pytest.raises(AssertionError, match="already runs"):
        second.start()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_service_manager_stop_everything_that_was_started(
    tmp_path_factory: pytest.TempPathFactory, how: signal.Signals
) -> None:
    with running(tmp_path_factory.mktemp("stopped") / "var") as app:
        pid = app.store_pid()
        app.stop(how)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert app.process
    assert app.process.returncode == 0
