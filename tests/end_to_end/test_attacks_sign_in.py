"""Somebody guesses passwords, or the desk's store is down: the operators keep their desk."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bot.console.attempts import FREE
from tests.conftest import App, running
from tests.end_to_end.bystander import bystander, from_address
from tests.end_to_end.desk import PASSWORD, Caller, add_operator, until
from tests.forked import command

GUESSES = 20
WRONG = "no es esta clave"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One app for all tests of this module."""
    with running(tmp_path_factory.mktemp("sign_in") / "data") as found:
        yield found


def guess(app: App, name: str, http: requests.Session, password: str = WRONG) -> requests.Response:
    return http.post(
        f"{app.url}/console/login",
        data={"name": name, "password": password},
        timeout=20,
        allow_redirects=False,
    )


def trail(app: App) -> list[dict[bytes, bytes]]:
    return [row for _, row in app.store.xrange("audit:trail")]


def guess_at_once(app: App, name: str) -> list[int]:
    def once(number: int) -> int:
        return guess(app, name, from_address(f"127.0.1.{number + 1}")).status_code

    with ThreadPoolExecutor(GUESSES) as pool:
        return list(pool.map(once, range(GUESSES)))


def test_guesses_sent_at_once_are_counted_one_by_one(app: App) -> None:
    add_operator(app, "marta")
    found = guess_at_once(app, "marta")
    looked_at = [status for status in found if status != 429]
    assert 0 < len(looked_at) <= FREE, found


@pytest.mark.alone
def test_an_attacker_does_not_lock_out_a_device_that_is_known(app: App) -> None:
    add_operator(app, "rocio")
    hers = Caller(app, "rocio").sign_in().http
    hers.cookies.clear("127.0.0.1", "/console", "chaski_desk")
    with bystander(app) as others:
        while guess(app, "rocio", from_address("127.0.0.66")).status_code != 429:
            pass
        assert guess(app, "rocio", from_address("127.0.0.67"), PASSWORD).status_code == 429
        assert guess(app, "rocio", hers, PASSWORD).status_code == 303
        while len(others.waits) < 10:
            others.plead("es")
    others.was_served()


def test_a_device_is_known_for_the_name_that_signed_in_there_only(app: App) -> None:
    add_operator(app, "julia")
    add_operator(app, "ana")
    http = Caller(app, "julia").sign_in().http
    guess_at_once(app, "ana")
    assert guess(app, "ana", http, PASSWORD).status_code == 429


def test_an_administrator_ends_the_wait(app: App) -> None:
    add_operator(app, "elena")
    guess_at_once(app, "elena")
    assert guess(app, "elena", from_address("127.0.0.70"), PASSWORD).status_code == 429
    done = command(
        *("operators", "unlock", "elena"),
        **{"CHASKI_DATA_DIR": str(app.data_dir), **app.settings},
    )
    assert done.returncode == 0, done.stderr
    assert guess(app, "elena", from_address("127.0.0.70"), PASSWORD).status_code == 303
    assert any(row[b"what"] == b"account_unlock" for row in trail(app))


def test_a_failure_is_in_the_audit_trail_without_a_name_that_nobody_has(app: App) -> None:
    add_operator(app, "sonia")
    guess(app, "sonia", from_address("127.0.0.71"))
    guess(app, "secreto-tecleado", from_address("127.0.0.72"))
    failures = [row for row in trail(app) if row[b"what"] == b"sign_in_failed"]
    assert [row[b"who"] for row in failures[-2:]] == [b"sonia", b""]
    written = b" ".join(value for row in failures for value in row.values())
    assert b"127.0.0" not in written
    assert b"secreto" not in written + app.log.read_bytes()


def test_a_damaged_session_is_signed_out_and_a_damaged_account_refused(app: App) -> None:
    add_operator(app, "dora")
    operator = Caller(app, "dora").sign_in()
    app.store.hset("account:dora", "version", b"\xff")
    assert operator.call("heartbeat", available=True).status_code == 401
    assert guess(app, "dora", requests.Session(), PASSWORD).status_code == 403
    for session in app.store.scan_iter("session:*"):
        app.store.delete(session)
        app.store.set(session, "damaged")
    page = operator.http.get(f"{app.url}/console/", timeout=20, allow_redirects=False)
    assert page.status_code == 303


def test_with_the_store_down_the_desk_says_so_in_plain_words(app: App) -> None:
    add_operator(app, "flor")
    operator = Caller(app, "flor").sign_in()
    pid = app.store_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        for path in ("/console/", "/console/login", "/console/supervisor", "/console/audit"):
            page = operator.http.get(f"{app.url}{path}", timeout=20, allow_redirects=False)
            assert page.status_code == 503, path
            assert "memoria de la mesa no responde" in page.text
            assert "105" in page.text
            assert 'http-equiv="refresh"' in page.text
        assert guess(app, "flor", requests.Session(), PASSWORD).status_code == 503
        answer = operator.call("heartbeat", available=True)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store_down")
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: operator.call("heartbeat", available=True).status_code == 204)
