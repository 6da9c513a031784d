"""Law 8: connections cost who opens them; others are answered, with no proxy in front."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from tests.conftest import App
from tests.end_to_end.bystander import bystander, from_address

FEW_FILES = 1024
"""The hard limit under which the app is started: what many systems grant."""

HEAD = b"GET /healthz HTTP/1.1\r\nHost: chaski.example.org\r\n"


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = App(tmp_path_factory.mktemp("narrow") / "var", limits=(FEW_FILES, FEW_FILES))
    app.start()
    try:
        yield app
    finally:
        app.stop()


def _connect(app: App, stack: ExitStack, sent: bytes = b"") -> socket.socket:
    made = stack.enter_context(
        socket.create_connection(("127.0.0.1", app.port), 5, source_address=("127.0.0.66", 0))
    )
    if sent:
        made.sendall(sent)
    return made


def test_a_start_with_few_files_says_so(narrow: App) -> None:
    assert f"Only {FEW_FILES} files may be open" in narrow.log.read_text()


@pytest.mark.alone
def test_idle_and_slow_connections_silence_nobody(narrow: App) -> None:
    with ExitStack() as stack, bystander(narrow) as person:
        for _ in range(600):
            _connect(narrow, stack)
        for _ in range(600):
            _connect(narrow, stack, HEAD)
        ended = time.monotonic() + 8
        while len(person.waits) < 12 and time.monotonic() < ended:
            time.sleep(0.1)
    person.was_served()


def test_a_head_that_is_not_finished_in_time_is_ended(narrow: App) -> None:
    with ExitStack() as stack:
        slow = _connect(narrow, stack, HEAD)
        slow.settimeout(15)
        answer = slow.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"105" in answer


@pytest.mark.parametrize("header", [b"X: " + b"x" * 100_000, b"X: x\r\n" * 10_000])
def test_a_huge_head_is_refused_and_not_kept(narrow: App, header: bytes) -> None:
    with ExitStack() as stack:
        large = _connect(narrow, stack)
        try:
            large.sendall(HEAD + header)
            answer = large.recv(4096)
        except ConnectionError:
            answer = b"HTTP/1.1 431"  # ended while we were still sending
    assert answer.startswith(b"HTTP/1.1 431")


def test_a_connection_may_be_used_again_and_again(narrow: App) -> None:
    with requests.Session() as session:
        for _ in range(60):
            answer = session.post(f"{narrow.url}/webhooks/whatsapp", data="x" * 4000, timeout=5)
            assert answer.status_code in (403, 429)


@pytest.mark.alone
def test_the_streams_of_one_token_are_few_and_the_newest_stays(narrow: App) -> None:
    token = narrow.web("es").token
    attacker = from_address("127.0.0.66")
    with ExitStack() as stack, bystander(narrow) as person:
        opened = [
            stack.enter_context(
                attacker.get(
                    f"{narrow.url}/webhooks/web/events",
                    headers={"Authorization": f"Bearer {token}"},
                    stream=True,
                    timeout=20,
                )
            )
            for _ in range(119)
        ]
        for old in opened[:-4]:
            for _ in old.iter_content(4096):
                pass  # it has an end
        first = next(opened[-1].iter_content(4096))
        ended = time.monotonic() + 8
        while len(person.waits) < 12 and time.monotonic() < ended:
            time.sleep(0.1)
    assert b"retry:" in first
    person.was_served()


def test_an_error_page_carries_the_numbers_in_the_language_asked_for(narrow: App) -> None:
    found = requests.get(
        f"{narrow.url}/nothing-here",
        headers={"Accept": "text/html", "Accept-Language": "fr"},
        timeout=5,
    )
    assert found.status_code == 404
    assert '<html lang="fr">' in found.text
    assert all(f'lang="{language}"' in found.text for language in ("es", "en", "pt", "ht", "qu"))
    assert all(number in found.text for number in ("105", "1818", "100"))
    assert "<script" not in found.text
    program = requests.get(f"{narrow.url}/nothing-here", timeout=5)
    assert program.json()["error"]["code"] == "not_found"


def test_no_core_is_ever_dumped(narrow: App) -> None:
    for pid in (narrow.process.pid if narrow.process else 0, narrow.store_pid()):
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)


def test_health_tells_the_truth(narrow: App) -> None:
    for page in ("healthz", "readyz"):
        found = requests.get(f"{narrow.url}/{page}", timeout=5)
        assert (found.status_code, found.text) == (200, "ok")


@pytest.mark.alone
def test_who_takes_nothing_of_what_is_sent_holds_no_place(narrow: App) -> None:
    asked = b"GET /widget.js HTTP/1.1\r\nHost: chaski.example.org\r\n\r\n" * 4
    with ExitStack() as stack, bystander(narrow) as person:
        for _ in range(800):
            taking_nothing = stack.enter_context(socket.socket())
            taking_nothing.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            taking_nothing.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
            taking_nothing.bind(("127.0.0.69", 0))
            taking_nothing.settimeout(5)
            taking_nothing.connect(("127.0.0.1", narrow.port))
            taking_nothing.sendall(asked)
        ended = time.monotonic() + 8
        while len(person.waits) < 12 and time.monotonic() < ended:
            time.sleep(0.1)
    person.was_served()


def test_a_body_says_its_length_before(narrow: App) -> None:
    head = b"POST /webhooks/web/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with ExitStack() as stack:
        answer = _connect(narrow, stack, head + b"1\r\n{\r\n").recv(4096)
    assert answer.startswith(b"HTTP/1.1 411")
    assert b"105" in answer


def test_few_requests_wait_behind_another(narrow: App) -> None:
    with ExitStack() as stack:
        many = _connect(narrow, stack, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        many.settimeout(5)
        received = b""
        while part := many.recv(65536):
            received += part
    assert received.count(b"HTTP/1.1 ") < 10
    assert b"503 Service Unavailable" in received
