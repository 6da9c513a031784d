"""The data folder and everything in it: the service user's alone (law 7).

Decides that the folder is refused where somebody else owns it or may write into it, that what an
older version left readable by others is closed at the start, and how little space is too little.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.stores.kinds import StoreError

PRIVATE_UMASK = 0o077
"""What is made from now on is its owner's only."""

LEAST_BYTES = 32 * 1024 * 1024
"""Free space without which nothing is started: the state store could not write its file anew."""

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check(data_dir: Path) -> None:
    """Refuse a data folder that is not ours alone to write.

    Raises:
        StoreError: It is no folder, belongs to somebody else, or others may write into it.
    """
    if not data_dir.is_dir():
        raise StoreError(f"CHASKI_DATA_DIR ({data_dir}) is no folder.")
    found = data_dir.stat()
    if found.st_uid != os.geteuid():
        raise StoreError(
            f"CHASKI_DATA_DIR ({data_dir}) belongs to {user(found.st_uid)}, and Chaski runs as "
            f"{user(os.geteuid())}: name a folder of its own, or change the owner (chown -R)."
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StoreError(
            f"CHASKI_DATA_DIR ({data_dir}) may be written by others, who could have put anything "
            f"into it. If nobody has: chmod -R go-rwx {data_dir}"
        )


def secure(data_dir: Path) -> list[str]:
    """Make the folder where there is none, check it, and close what others can read.

    Returns:
        What was mended, for the administrator.

    Raises:
        StoreError: It cannot be used, something in it belongs to somebody else, or the disk is
            full.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        check(data_dir)
        mended = _close(data_dir)
        free = shutil.disk_usage(data_dir).free
    except OSError as error:
        raise StoreError(
            f"CHASKI_DATA_DIR ({data_dir}) cannot be used: {error.strerror}."
        ) from None
    if free < LEAST_BYTES:
        raise StoreError(
            f"The disk of CHASKI_DATA_DIR ({data_dir}) is full: {free // 2**20} MiB are free, "
            f"{LEAST_BYTES // 2**20} are needed. Make room, or name a folder on another disk."
        )
    if not mended:
        return []
    said = [
        f"{len(mended)} files and folders in {data_dir} could be read by others; they are closed "
        "now."
    ]
    if data_dir / "secret" in mended:
        said.append(
            "The secret was among them. If others use this machine, delete "
            f"{data_dir / 'secret'} and start again: all conversations begin anew."
        )
    return said


def open_to_others(data_dir: Path) -> list[Path]:
    """What in the folder others can read or write, the folder itself included."""
    return [path for path, found in _everything(data_dir) if found.st_mode & OTHERS]


def of_others(data_dir: Path) -> list[Path]:
    """What in the folder belongs to somebody else."""
    return [path for path, found in _everything(data_dir) if found.st_uid != os.geteuid()]


def _close(data_dir: Path) -> list[Path]:
    foreign = of_others(data_dir)
    if foreign:
        raise StoreError(
            f"{foreign[0]} belongs to {user(foreign[0].lstat().st_uid)}, and Chaski runs as "
            f"{user(os.geteuid())} (was a command run as somebody else?). Change the owner: "
            f"chown -R {user(os.geteuid())} {data_dir}"
        )
    mended = open_to_others(data_dir)
    for path in mended:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
    return mended


def _everything(data_dir: Path) -> Iterator[tuple[Path, os.stat_result]]:
    yield data_dir, data_dir.stat()
    for path in sorted(data_dir.rglob("*")):
        try:
            found = path.lstat()
        except FileNotFoundError:  # a running store has just removed it
            continue
        if not stat.S_ISLNK(found.st_mode):
            yield path, found


def user(number: int) -> str:
    """A user's name, or the number where it has none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
