"""Who may sign in: operators and supervisors, their passwords as Argon2 hashes.

Decides what a name and a password must be; that a disabled account and a changed password end
every session at once (`version`); and that passwords are looked at by a thread of their own with a
short line before it, since Argon2 is slow on purpose and nobody else must wait for it. Accounts
live in the state store until an administrator removes them; they are made on the command line only
(`python -m bot operators …`).
"""

from __future__ import annotations

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.stores import records
from bot.stores.keys import key
from bot.stores.store import Row, Store

Role = Literal["operator", "supervisor"]

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256

_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_NOBODY = _hasher.hash("no password of anybody")
"""Checked where there is no account, so that a wrong name takes as long as a wrong password."""


LONGEST_LINE = 8
"""Passwords that wait to be looked at; each takes some 0.1 s, so that nobody waits a second."""


@dataclass
class _Line:
    """Passwords that wait for one thread."""

    checking: ThreadPoolExecutor
    waiting: int = 0


_strangers = _Line(ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2"))
_known = _Line(ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2 known"))


class Busy(Exception):
    """So many passwords wait to be looked at that another one is not taken."""


class AccountError(ValueError):
    """Something is wrong with an account; the message is for the administrator."""


@dataclass(frozen=True)
class Account:
    """One who may sign in.

    Attributes:
        name: As one signs in; colleagues and the audit trail see it, the person never does.
        role: Supervisors also see figures and the audit trail.
        password: Argon2 hash.
        version: Changes when sessions must end.
        disabled: Whether signing in is refused.
        made: Seconds since 1970.
    """

    name: str
    role: Role
    password: str
    version: int = 1
    disabled: bool = False
    made: float = 0.0


async def add(redis: Store, name: str, password: str, role: Role = "operator") -> Account:
    """Make an account.

    Raises:
        AccountError: The name or password will not do, or the name is taken.
    """
    if not NAME.fullmatch(name):
        raise AccountError(
            "A name is 2 to 32 small letters, digits, dots, hyphens or underscores, and begins "
            "with a letter or digit."
        )
    account = Account(name, role, hashed(password), made=time.time())
    if await load(redis, name) is not None:
        raise AccountError(f"{name} exists already.")
    await _save(redis, account)
    return account


async def change_password(redis: Store, name: str, password: str) -> None:
    """Set a new password, enable the account, and end its sessions.

    Raises:
        AccountError: There is no such account, or the password will not do.
    """
    account = await _existing(redis, name)
    changed = replace(account, password=hashed(password), disabled=False)
    await _save(redis, replace(changed, version=account.version + 1))


async def disable(redis: Store, name: str) -> None:
    """Refuse an account from now on, and end its sessions.

    Raises:
        AccountError: There is no such account.
    """
    account = await _existing(redis, name)
    await _save(redis, replace(account, disabled=True, version=account.version + 1))


async def load(redis: Store, name: str) -> Account | None:
    """An account by its name; None where there is none, or it cannot be read."""
    stored = key("account", name)
    return await records.read(redis, stored, redis.hgetall(stored), _account, None, keep=True)


def _account(row: Row) -> Account | None:
    if not row:
        return None
    text = records.fields(row)
    return Account(
        name=text["name"],
        role="supervisor" if text["role"] == "supervisor" else "operator",
        password=text["password"],
        version=int(text["version"]),
        disabled=text["disabled"] == "True",
        made=float(text["made"]),
    )


async def everybody(redis: Store) -> list[Account]:
    """All accounts, by name."""
    found = []
    async for name in redis.scan_iter(match=key("account", "*"), count=500):
        account = await load(redis, name.decode().partition(":")[2])
        if account is not None:
            found.append(account)
    return sorted(found, key=lambda account: account.name)


async def opens(account: Account | None, password: str, *, device: bool = False) -> bool:
    """Whether a password opens an account; as slow where there is none.

    Args:
        account: None where the name is nobody's.
        password: As typed.
        device: Whether it comes from a device that is known for the account: those wait in a
            line of their own, which no stranger can fill.

    Raises:
        Busy: Too many passwords wait to be looked at.
    """
    line = _known if device else _strangers
    if line.waiting >= LONGEST_LINE:
        raise Busy
    known = account.password if account is not None else _NOBODY
    line.waiting += 1
    try:
        fits = await asyncio.get_running_loop().run_in_executor(
            line.checking, _fits, known, password
        )
    finally:
        line.waiting -= 1
    return account is not None and fits and not account.disabled


def hashed(password: str) -> str:
    """The hash of a password.

    Raises:
        AccountError: It is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    return _hasher.hash(password)


def _fits(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


async def _existing(redis: Store, name: str) -> Account:
    account = await load(redis, name)
    if account is None:
        raise AccountError(f"There is no account {name!r}.")
    return account


async def _save(redis: Store, account: Account) -> None:
    row = {name: str(value) for name, value in asdict(account).items()}
    await redis.hset(key("account", account.name), mapping=row)
