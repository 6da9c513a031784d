"""Devices on which somebody has signed in before: a cookie that proves it, and nothing else.

Decides that the proof is an HMAC over name, version of the account, a random id and the expiry, so
that nothing is stored; that it opens nothing by itself (the password is needed all the same) and
ends with a changed password; and that it goes to the sign-in only.
"""

from __future__ import annotations

import hmac
import secrets
import time

from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import Account
from bot.privacy.pseudonyms import conversation_id

KNOWN_SECONDS = 180 * 24 * 3600
"""How long a device stays known after its last sign-in."""

PATH = "/console/login"


def remember(to: Response, account: Account, secret: str, *, secure: bool) -> None:
    """Give a device its proof, after a sign-in."""
    body = f"{secrets.token_hex(8)}.{int(time.time()) + KNOWN_SECONDS}"
    to.set_cookie(
        _cookie(secret, account.name),
        f"{body}.{_proof(secret, account, body)}",
        max_age=KNOWN_SECONDS,
        path=PATH,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def known(request: Request, account: Account | None, secret: str) -> str:
    """The id of a device that is known for an account; empty where it is not."""
    if account is None:
        return ""
    written = request.cookies.get(_cookie(secret, account.name), "")
    body, _, proof = written.rpartition(".")
    identity, _, expiry = body.partition(".")
    fits = hmac.compare_digest(_proof(secret, account, body).encode(), proof.encode())
    return identity if fits and expiry.isdecimal() and int(expiry) > time.time() else ""


def _cookie(secret: str, name: str) -> str:
    return f"chaski_device_{conversation_id(secret, 'console device name', name)[:12]}"


def _proof(secret: str, account: Account, body: str) -> str:
    return conversation_id(secret, "console device", f"{account.name}\0{account.version}\0{body}")
