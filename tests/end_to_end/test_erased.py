"""Law 7: erased is erased on the medium too, and files under the data folder are ours alone."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.privacy.pseudonyms import conversation_id
from tests.conftest import App, new_number, running
from tests.end_to_end.desk import Caller, add_operator, until
from tests.forked import command

JULIACA = b"211101"
TOPICS = (b"report_anonymously", b"find_office")
LEFTOVERS = ("temp-rewriteaof-bg-77.aof", "temp-77.rdb", "appendonlydir/temp-x.aof.incr")

SECONDS = 20.0
"""Within which it is gone; the machine of the tests may be busy."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("erased") / "var"
    documents = folder.parent / "documents"
    documents.mkdir()
    (documents / "protocolo.txt").write_text("Turno de noche: llame a la comisaría.")
    with running(folder, CHASKI_DOCUMENTS_DIR=str(documents)) as found:
        yield found


def _pseudonym(app: App, channel: str, sender: str) -> bytes:
    secret = (app.data_dir / "secret").read_text().strip()
    return conversation_id(secret, channel, sender).encode()


def _standing(app: App, *codes: bytes) -> list[str]:
    """Where one of the codes stands, in the files of the data folder."""
    found = []
    for path in app.data_dir.rglob("*"):
        try:
            content = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:  # the store has just written its file anew
            continue
        found += [f"{code!r} in {path.name}" for code in codes if code in content]
    return found


def _tell(app: App, number: str) -> bytes:
    """A conversation on WhatsApp that leaves topics and a district; its pseudonym."""
    app.whatsapp("donde puedo denunciar sin dar mi nombre", number)
    app.whatsapp("cem en juliaca", number)
    pseudonym = _pseudonym(app, "whatsapp", number)
    until(lambda: _standing(app, pseudonym) and _standing(app, JULIACA))
    return pseudonym


def test_who_is_erased_on_whatsapp_stands_in_no_file(app: App) -> None:
    number = new_number()
    pseudonym = _tell(app, number)
    form = app.form("borrar mis datos", number)
    first = app.post_form(form).text
    until(lambda: not _standing(app, pseudonym, JULIACA, *TOPICS), SECONDS)
    assert app.post_form(form).text == first  # delivered again: the same answer, and no trace
    until(lambda: not _standing(app, pseudonym), SECONDS)


def test_who_is_erased_on_the_web_stands_in_no_file_and_the_token_is_no_longer_good(
    app: App,
) -> None:
    session = app.web("es")
    session.say("donde puedo denunciar sin dar mi nombre")
    session.say("cem en juliaca")
    pseudonym = _pseudonym(app, "web", session.token)
    until(lambda: _standing(app, pseudonym) and _standing(app, JULIACA))
    app.end(session.token)
    until(lambda: not _standing(app, pseudonym, JULIACA, *TOPICS), SECONDS)
    assert session.post(text="hola").status_code == 401
    until(lambda: not _standing(app, pseudonym), SECONDS)


def test_who_is_erased_while_a_case_waits_stands_in_no_file(app: App) -> None:
    add_operator(app, "lucia")
    Caller(app, "lucia").sign_in()
    session = app.web("es")
    session.say("cem en juliaca")
    session.say("estoy encerrada no me dejan salir")
    until(lambda: bool(app.store.zcard("desk:queue")))
    pseudonym = _pseudonym(app, "web", session.token)
    until(lambda: _standing(app, pseudonym) and _standing(app, b"confinement"))
    app.end(session.token)
    until(lambda: not _standing(app, pseudonym, JULIACA, b"confinement"), SECONDS)
    assert app.store.zcard("desk:queue") == 0


def test_who_is_erased_while_the_file_is_being_rewritten_stands_in_no_file(app: App) -> None:
    number = new_number()
    pseudonym = _tell(app, number)
    app.store.config_set("rdb-key-save-delay", "3000")  # microseconds a key: it takes its time
    try:
        for filler in range(1000):
            app.store.set(f"throttle:filler{filler}", "1", ex=60)
        app.store.bgrewriteaof()
        app.whatsapp("borrar mis datos", number)
        assert app.store.info("persistence")["aof_rewrite_in_progress"] == 1
    finally:
        app.store.config_set("rdb-key-save-delay", "0")
    until(lambda: not _standing(app, pseudonym), SECONDS)


def test_a_hung_store_is_rewritten_when_it_is_back(app: App) -> None:
    number = new_number()
    pseudonym = _tell(app, number)
    app.whatsapp("borrar mis datos", number)
    pid = app.store_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: "rewritten: tried again" in app.log.read_text(), SECONDS)
        assert _standing(app, pseudonym)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: not _standing(app, pseudonym), SECONDS)


def test_the_doctor_finds_no_problem_in_a_running_app_and_shows_no_secret(app: App) -> None:
    done = command("doctor", CHASKI_DATA_DIR=str(app.data_dir))
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("rewritten after each erasing", "two servers", "model: current, and loads"):
        assert said in done.stdout
    assert (app.data_dir / "secret").read_text() not in done.stdout + done.stderr


def test_everything_under_the_data_folder_is_its_owners_only(app: App) -> None:
    until(lambda: (app.data_dir / "documents.npz").exists(), SECONDS)
    assert (app.data_dir / "widget").is_dir()
    _all_private(app.data_dir)


@dataclass
class Restarted:
    """What one stop and one start made of what was there before them."""

    expired: bytes
    erased: bytes
    erased_after_stop: list[str]
    said: str


@pytest.fixture(scope="module")
def restarted(app: App) -> Restarted:
    """An app that was stopped in the middle of an erasing, and starts in an old, untidy folder."""
    expired, number = uuid.uuid4().hex.encode(), new_number()
    erased = _tell(app, number)
    app.whatsapp("borrar mis datos", number)
    app.store.set(f"conversation:{expired.decode()}", "{}", px=1)
    app.stop(signal.SIGTERM)
    after_stop = _standing(app, erased, JULIACA)
    state = app.data_dir / "state"
    for name in LEFTOVERS:
        (state / name).write_bytes(b"$32 " + erased)
    app.data_dir.chmod(0o755)
    for path in app.data_dir.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    begin = len(app.log.read_text())
    app.start()
    return Restarted(expired, erased, after_stop, app.log.read_text()[begin:])


def test_who_is_erased_just_before_a_stop_stands_in_no_file(restarted: Restarted) -> None:
    assert restarted.erased_after_stop == []


def test_what_has_expired_goes_at_a_start(app: App, restarted: Restarted) -> None:
    until(lambda: not _standing(app, restarted.expired), SECONDS)


def test_what_a_killed_rewriting_left_goes_at_a_start(app: App, restarted: Restarted) -> None:
    # By name: a rewriting that the start itself began may have its own file there just now.
    assert not [name for name in LEFTOVERS if (app.data_dir / "state" / name).exists()]
    assert _standing(app, restarted.erased) == []


def test_what_an_older_version_left_open_is_closed_at_a_start_and_told(
    app: App, restarted: Restarted
) -> None:
    _all_private(app.data_dir)
    assert restarted.said.count("could be read by others") == 1
    assert str(app.data_dir / "secret") in restarted.said


def _all_private(data_dir: Path) -> None:
    looked_at = [data_dir, *data_dir.rglob("*")]
    assert len(looked_at) > 10
    assert not [path for path in looked_at if path.lstat().st_mode & 0o077]
