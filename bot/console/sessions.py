"""Signed in or not: the session cookie and its CSRF token.

Decides that the cookie holds a random token of which the store knows only a hash; that it goes to
no other site (SameSite=Strict), to no script (HttpOnly) and over no plain connection where there
is HTTPS; that every change needs the session's CSRF token and a request of our own pages; and that
a session whose record is damaged is none.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.console.accounts import Account, load
from bot.console.texts import UI_LANGUAGES
from bot.settings import Settings
from bot.stores import records
from bot.stores.keys import RETENTION, key
from bot.stores.store import Row, Store

COOKIE = "chaski_desk"
COOKIE_PATH = "/console"

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Session:
    """Somebody signed in."""

    account: Account
    csrf: str
    language: str
    key: str

    @property
    def name(self) -> str:
        """The operator's name."""
        return self.account.name


class Sessions:
    """The sessions in the state store."""

    def __init__(self, redis: Store, settings: Settings) -> None:
        self._redis, self._settings = redis, settings

    async def begin(self, account: Account, language: str, request: Request, to: Response) -> None:
        """Sign an account in; the cookie goes with the response."""
        token = secrets.token_urlsafe(32)
        name = _key(token)
        row = {
            "name": account.name,
            "version": str(account.version),
            "csrf": secrets.token_urlsafe(24),
            "language": language,
        }
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hset(name, mapping=row)
        pipeline.expire(name, RETENTION["session"])
        await pipeline.execute()
        to.set_cookie(
            COOKIE,
            token,
            max_age=RETENTION["session"],
            path=COOKIE_PATH,
            secure=self.secure(request),
            httponly=True,
            samesite="strict",
        )

    async def of(self, request: Request) -> Session | None:
        """The session of a request; None where nobody is signed in."""
        token = request.cookies.get(COOKIE, "")
        if not token:
            return None
        name = _key(token)
        text = await records.read(self._redis, name, self._redis.hgetall(name), _row, None)
        if text is None:
            return None
        account = await load(self._redis, text["name"])
        if account is None or account.disabled or str(account.version) != text["version"]:
            await self._redis.delete(name)
            return None
        return Session(account, text["csrf"], text["language"], name)

    async def speak(self, session: Session, language: str) -> None:
        """Set the language of the session's pages."""
        await self._redis.hset(session.key, "language", language)

    async def end(self, session: Session, to: Response) -> None:
        """Sign out."""
        await self._redis.delete(session.key)
        to.delete_cookie(COOKIE, path=COOKIE_PATH)

    def secure(self, request: Request) -> bool:
        """Whether a cookie goes over HTTPS only."""
        if request.url.hostname in _LOOPBACK:
            return request.url.scheme == "https"
        return request.url.scheme == "https" or self._settings.public_url.startswith("https://")


def from_our_page(request: Request) -> bool:
    """Whether a request that changes something comes from a page of this very site."""
    fetched = request.headers.get("sec-fetch-site", "")
    if fetched:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("origin", "")
    return not origin or origin.partition("://")[2] == request.headers.get("host", "")


def csrf_fits(session: Session, given: str) -> bool:
    """Whether the CSRF token is the session's."""
    return hmac.compare_digest(session.csrf.encode(), given.encode())


def _row(stored: Row) -> dict[str, str] | None:
    if not stored:
        return None
    row = records.fields(stored)
    if row["language"] not in UI_LANGUAGES:
        raise ValueError("language")
    return {field: row[field] for field in ("name", "version", "csrf", "language")}


def _key(token: str) -> str:
    return key("session", hashlib.sha256(token.encode()).hexdigest())
