"""`python -m bot operators …`: accounts are made, changed and listed here and nowhere else.

Decides that a password is typed twice without being shown, or comes on standard input; that the
command works while the app runs and while it does not; and that each deed is in the audit trail.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from redis.exceptions import RedisError

from bot.console import accounts, attempts
from bot.console.accounts import AccountError
from bot.handoff import audit
from bot.settings import Settings
from bot.stores.client import client
from bot.stores.embedded import state_store
from bot.stores.kinds import StoreError
from bot.stores.store import Store

ADMINISTRATOR = "administrator"
"""Who the audit trail names for a deed on the command line."""


async def run(options: argparse.Namespace, settings: Settings) -> list[str]:
    """Do what was asked.

    Args:
        options: `deed` ("add", "passwd", "disable", "unlock", "list"), `name`,
            `role`, `password_stdin`.
        settings: Of the installation.

    Returns:
        Lines to show.

    Raises:
        AccountError: A name or a password will not do.
        StoreError: The state store cannot be used.
    """
    password = _password(options.password_stdin) if options.deed in ("add", "passwd") else ""
    with state_store(settings.redis_url, settings.data_dir) as url:
        redis = client(url)
        try:
            return await _do(options, redis, password, settings)
        except RedisError:
            raise StoreError("The state store does not answer.") from None
        finally:
            await redis.close()


async def _do(
    options: argparse.Namespace, redis: Store, password: str, settings: Settings
) -> list[str]:
    if options.deed == "list":
        return [
            f"{account.name}  {account.role}{'  disabled' if account.disabled else ''}"
            for account in await accounts.everybody(redis)
        ] or ["There is no account yet: python -m bot operators add NAME"]
    if options.deed == "add":
        await accounts.add(redis, options.name, password, options.role)
        said = f"{options.name} may sign in at /console as {options.role}."
    elif options.deed == "passwd":
        await accounts.change_password(redis, options.name, password)
        said = f"{options.name} has a new password; all sessions have ended."
    elif options.deed == "unlock":
        if await accounts.load(redis, options.name) is None:
            raise AccountError(f"There is no account {options.name!r}.")
        await attempts.unlock(redis, settings.secret, options.name)
        said = f"{options.name} may try again at once, on every device."
    else:
        await accounts.disable(redis, options.name)
        said = f"{options.name} may no longer sign in; all sessions have ended."
    await audit.write(redis, ADMINISTRATOR, f"account_{options.deed}", detail=options.name)
    return [said]


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise AccountError("The two passwords differ.")
    return first
