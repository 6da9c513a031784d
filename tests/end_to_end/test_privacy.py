"""Laws 1 and 2: after a conversation, no word and no identity of the person rests anywhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bot.stores.keys import RECORDS, RETENTION
from tests.conftest import ROOT, App, running

CANARIES = [f"canariozq{number}xkv" for number in range(8)]
PAUSE_SECONDS = 3
NUMBER = "51987123987"
EXTERNAL = "PE.externo55canario"
LATITUDE, LONGITUDE = "-3.566913579", "-80.451524680"

ACCOUNT = (
    "le cuento lo que me paso {0}. llegue en marzo con una señora que me ofrecio trabajo {1}, "
    "cuando llegamos me quito el dni y me dijo que le debia el pasaje. trabaje tres meses sin que "
    "me pagaran {2} y despues me llevo a otro local hasta que logre salir por una ventana"
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app to which canaries were told through every channel and every kind of message."""
    with running(tmp_path_factory.mktemp("told") / "var") as app:
        first, second, third, *rest = CANARIES
        account = ACCOUNT.format(first, second, third)
        app.whatsapp(account, f"whatsapp:+{NUMBER}", ProfileName=rest[0])
        app.whatsapp(f"estoy encerrada {rest[1]} ayuda", ExternalUserId=EXTERNAL)
        app.whatsapp(f"/{rest[1]} {first}", f"+{NUMBER}")
        app.whatsapp("", f"whatsapp:+{NUMBER}", NumMedia="1", MediaUrl0=f"https://x/{rest[2]}")
        app.whatsapp("", f"whatsapp:+{NUMBER}", Latitude=LATITUDE, Longitude=LONGITUDE)
        app.post_form(app.form(f"{rest[3]}"), signature="wrong")
        session = app.web("es")
        session.send(text=account)
        session.send(text=f"{rest[1]} cem en {rest[2]}")
        session.post(choice=f"{rest[3]}")
        session.post(location={"lat": rest[4], "lon": 1})
        requests.post(f"{app.url}/webhooks/web/messages", data=rest[4], timeout=20)
        requests.post(f"{app.url}/{rest[4]}?q={rest[4]}", timeout=20)
        # and once more while the store is gone, when everything fails
        app.store.execute_command("CLIENT", "PAUSE", str(PAUSE_SECONDS * 1000))
        session.post(text=f"{account} {rest[4]}")
        time.sleep(PAUSE_SECONDS)
        yield app


def _everything(app: App) -> dict[str, bytes]:
    """Everything that the store holds and every file that the app wrote."""
    found: dict[str, bytes] = {}
    store = app.store
    for key in store.keys("*"):
        found[f"redis {key.decode()}"] = key + (store.dump(key) or b"") + _plain(app, key)
    for path in [*app.data_dir.rglob("*"), app.log, *(ROOT / "models").glob("*")]:
        if path.is_file():
            found[str(path)] = path.read_bytes()
    return found


def _plain(app: App, key: bytes) -> bytes:
    kind = app.store.type(key)
    return app.store.get(key) or b"" if kind == b"string" else b""


@pytest.mark.parametrize(
    "secret",
    [*CANARIES, NUMBER, NUMBER[-9:], EXTERNAL, LATITUDE, LONGITUDE, "me quito el dni", "señora"],
)
def test_no_word_and_no_identity_rests_anywhere(told: App, secret: str) -> None:
    for place, content in _everything(told).items():
        if place.startswith(str(ROOT)):
            continue  # the model: see the next test
        assert secret.encode() not in content, place
        assert secret.encode("utf-16-le") not in content, place


def test_no_canary_reaches_the_model_folder(told: App) -> None:
    for place, content in _everything(told).items():
        for canary in CANARIES:
            assert canary.encode() not in content, place


def test_the_search_would_find_a_word_that_is_kept(told: App) -> None:
    told.store.set("planted", CANARIES[0])
    try:
        assert any(CANARIES[0].encode() in content for content in _everything(told).values())
    finally:
        told.store.delete("planted")
        told.store.execute_command("BGREWRITEAOF")


def test_the_log_at_debug_holds_no_message_of_any_library(told: App) -> None:
    text = told.log.read_text()
    assert "debug" in text  # it was at DEBUG
    for name in ("processor.message.parse", "Received user message", "share_account'", "Body="):
        assert name not in text


def test_every_key_dies_by_itself(told: App) -> None:
    store = told.store
    for key in store.keys("*"):
        prefix = key.decode().partition(":")[0]
        longest = RETENTION[prefix] if prefix in RECORDS else 24 * 3600
        assert 0 < store.ttl(key) <= longest, key


def test_the_secret_is_its_owners_only(told: App) -> None:
    assert Path(told.data_dir / "secret").stat().st_mode & 0o077 == 0
