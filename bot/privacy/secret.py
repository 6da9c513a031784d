"""The installation's secret: the key of the pseudonyms, the session tokens and sealed addresses.

Decides when one is strong enough, and that the one which is made here is made once, whole or not
at all, and is its owner's only. A damaged one is never replaced by itself: a new secret ends every
conversation.
"""

from __future__ import annotations

import math
import os
import re
import secrets
from collections import Counter
from pathlib import Path

LEAST_CHARACTERS = 32

LEAST_BITS = 80
"""Of what is left without well-known words, from how often each character occurs in it; 32 random
hexadecimal digits have about 115, and one draw in a thousand less than 96."""

WELL_KNOWN = re.compile(
    "changeme|change|please|secret|secreto|password|passwort|contraseña|clave|default|example|"
    "ejemplo|chaski|admin|test|token|hotline|twilio|qwertyuiop|qwerty|asdfghjkl|asdf|zxcvbnm|"
    "abcdefghijklmnopqrstuvwxyz|abcdefgh|abcdef|1234567890|0123456789|123456789|12345678|123456",
    re.IGNORECASE,
)

MAKE_ONE = "make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"


class SecretError(ValueError):
    """The secret cannot be used; the message holds nothing of it."""


def weakness(secret: str) -> str:
    """What is wrong with a secret; empty where nothing is."""
    if len(secret) < LEAST_CHARACTERS:
        return f"has {len(secret)} characters; it needs {LEAST_CHARACTERS}"
    if secret in (secret + secret)[1:-1]:
        return "repeats itself"
    left = WELL_KNOWN.sub("", secret)
    counts = Counter(left)
    bits = -sum(count * math.log2(count / len(left)) for count in counts.values())
    if bits < LEAST_BITS:
        return "is easily guessed (well-known words, or the same few characters again)"
    return ""


def kept(data_dir: Path, *, make: bool = True) -> str:
    """The secret that is kept in the data folder, made where there is none.

    Args:
        data_dir: The data folder.
        make: Whether one is made; else it is empty where there is none.

    Raises:
        SecretError: It is damaged.
        OSError: The folder cannot be used.
    """
    path = data_dir / "secret"
    if not path.exists():
        if not make:
            return ""
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
    found = path.read_bytes().strip()
    if not found.isascii() or weakness(found.decode("ascii")):
        raise SecretError(
            f"{path} is damaged. Bring it back from a copy; or delete it, and the next start makes "
            "a new one, which ends all conversations."
        )
    return found.decode("ascii")


def _make(path: Path) -> None:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:  # another process was first
        return
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # a full disk: half a secret is none
        path.unlink(missing_ok=True)
        raise
