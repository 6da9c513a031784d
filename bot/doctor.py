"""`python -m bot doctor`: looks at everything that Chaski needs and says what is wrong.

Decides what is looked at, and what is a problem (Chaski does not start, or does not keep a
promise), a warning (it works, with less than it could) or right. Long, since it is a list of checks
that know nothing of each other. It works while the app runs and
while it does not, changes nothing but to ask the state store to write its file anew, which the app
does every hour, and shows no secret.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from redis.exceptions import AuthenticationError, RedisError, ResponseError

from bot.http import addresses
from bot.privacy import logs
from bot.rasa_adapter import training
from bot.settings import PREFIX, Settings, SettingsError
from bot.stores import folder
from bot.stores.embedded import EmbeddedStore, unused_store, would_be_read_as_less
from bot.stores.kinds import RELAY, SAME, STATE, Facts, Kind, StoreError, connected, facts
from bot.stores.kinds import refusal as store_refusal
from bot.stores.kinds import same as are_same
from bot.stores.store import Store
from bot.turn import CHANNELS

Level = Literal["ok", "warning", "problem"]

FEW_BYTES = 512 * 1024 * 1024
"""Free space below which the administrator is warned."""

FEW_FILES = 1024
"""Open files and connections of a process below which people may be refused when many write."""

SLOW_MILLISECONDS = 20.0
"""A store that answers slower makes every turn wait: each asks it some ten times."""

PINGS = 10

MOST_SETTINGS = 20
"""Wrong settings that are told one after the other."""

_SID = re.compile(r"AC[0-9a-f]{32}")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: How it is.
        what: Was looked at.
        text: What was found; where it is not ok, with the way out.
    """

    level: Level
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.level:8} {self.what}: {self.text}"


def run(environment: Mapping[str, str]) -> int:
    """Look at everything and print a line each.

    Returns:
        The exit status: 1 where there is a problem.
    """
    logs.set_up("ERROR")
    problems = warnings = 0
    for finding in examine(environment):
        sys.stdout.write(f"{finding}\n")
        sys.stdout.flush()
        problems += finding.level == "problem"
        warnings += finding.level == "warning"
    sys.stdout.write(f"problems: {problems}, warnings: {warnings}\n")
    return 1 if problems else 0


def examine(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Everything, from what nothing else works without."""
    settings = None
    wrong = []
    for settings_or_error in _settings(environment):
        if isinstance(settings_or_error, Settings):
            settings = settings_or_error
        else:
            wrong.append(Finding("problem", "settings", settings_or_error))
    yield from wrong or [Finding("ok", "settings", "all can be used")]
    if settings is None:
        return
    for warning in settings.warnings:
        yield Finding("warning", "settings", warning)
    yield from secret(settings, environment)
    yield from data_folder(settings)
    yield from stores(settings)
    yield from public_address(settings)
    yield from twilio(settings)
    yield file_limit(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    yield from model(settings)


def _settings(environment: Mapping[str, str]) -> Iterator[Settings | str]:
    """What is wrong with each setting, then the settings without those."""
    left = dict(environment)
    for _ in range(MOST_SETTINGS):
        try:
            yield Settings.from_environment(left, make_secret=False)
            return
        except SettingsError as error:
            yield str(error)
            named = re.match(rf"{PREFIX}\w+", str(error))
            if named is None or named.group() not in left or named.group() == f"{PREFIX}DATA_DIR":
                return  # nothing else can be looked at without it
            del left[named.group()]


def secret(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """The key of the pseudonyms."""
    if not settings.secret:
        yield Finding("ok", "secret", "made at the first start")
    elif environment.get(f"{PREFIX}SECRET", "").strip():
        yield Finding("ok", "secret", "given, and strong")
    else:
        yield Finding("ok", "secret", f"kept in {settings.data_dir / 'secret'}, and strong")


def data_folder(settings: Settings) -> Iterator[Finding]:
    """Owner, modes, space."""
    what, data_dir = "data folder", settings.data_dir
    if not data_dir.exists():
        yield Finding("ok", what, f"{data_dir} is made at the first start")
        return
    try:
        folder.check(data_dir)
        foreign, open_ones = folder.of_others(data_dir), folder.open_to_others(data_dir)
        free = shutil.disk_usage(data_dir).free
    except StoreError as error:
        yield Finding("problem", what, str(error))
        return
    except OSError as error:
        yield Finding("problem", what, f"{data_dir} cannot be read: {error.strerror}.")
        return
    if foreign:
        me = folder.user(os.geteuid())
        yield Finding(
            "problem",
            what,
            f"{foreign[0]} belongs to somebody else than {me}: chown -R {me} {data_dir}",
        )
    if open_ones:
        yield Finding(
            "warning",
            what,
            f"{len(open_ones)} files and folders can be read by others, {open_ones[0]} among them; "
            f"the next start closes them, or: chmod -R go-rwx {data_dir}",
        )
    if not foreign and not open_ones:
        yield Finding("ok", what, f"{data_dir} and all in it are {folder.user(os.geteuid())}'s")
    yield space(free)
    for line in unused_store(settings.redis_url, data_dir):
        yield Finding("warning", what, line)


def space(free: int) -> Finding:
    """The space that is left, in bytes."""
    said = f"{free // 2**20} MiB are free"
    if free < folder.LEAST_BYTES:
        return Finding("problem", "space", f"{said}: Chaski does not start. Make room.")
    if free < FEW_BYTES:
        return Finding("warning", "space", f"{said}: make room before it is full.")
    return Finding("ok", "space", said)


def stores(settings: Settings) -> Iterator[Finding]:
    """Both stores, and that they are two."""
    found: list[Facts] = []
    for kind, given in ((STATE, settings.redis_url), (RELAY, settings.relay_redis_url)):
        url = given
        if not given:
            try:
                url = _embedded(kind, settings.data_dir)
            except StoreError as error:
                yield Finding("problem", f"{kind.name} store", str(error))
                continue
            if not url:
                later = "embedded; it starts with Chaski, which then reads its files"
                yield Finding("ok", f"{kind.name} store", later)
                continue
        else:
            yield from way(kind, given)
        told, findings = asyncio.run(_looked_at(kind, url))
        found += [told] if told is not None else []
        yield from findings
    if len(found) > 1:
        if are_same(*found):
            yield Finding("problem", "stores", SAME)
        else:
            yield Finding("ok", "stores", "two servers")


async def _looked_at(kind: Kind, url: str) -> tuple[Facts | None, list[Finding]]:
    """What a server tells of itself, and what there is to say of it."""
    told, findings = None, []
    async with connected(url) as server:
        try:
            told = await facts(server)
            async for finding in store(kind, told, server):
                findings.append(finding)
        except RedisError as error:
            findings.append(Finding("problem", f"{kind.name} store", _unreachable(kind, error)))
    return told, findings


def _embedded(kind: Kind, data_dir: Path) -> str:
    """The address of an embedded store that runs; empty where it does not.

    Raises:
        StoreError: It would not start.
    """
    if not data_dir.exists():
        return ""
    embedded = EmbeddedStore(data_dir, kind)
    if embedded.answers():
        return embedded.url
    if embedded.listens():
        raise StoreError("its server runs and does not answer: see what holds it up, or end it.")
    if would_be_read_as_less(data_dir / kind.name / "appendonlydir"):
        raise StoreError(
            f"a part of what belongs together is missing in {data_dir / kind.name}: start Chaski "
            "(make run), and it says what can be done."
        )
    return ""


def _unreachable(kind: Kind, error: RedisError) -> str:
    if isinstance(error, AuthenticationError):
        return f"it refuses the user name or the password in {kind.variable}."
    return (
        f"it does not answer ({type(error).__name__}): is the server of {kind.variable} started, "
        "and may this machine reach it?"
    )


def way(kind: Kind, url: str) -> Iterator[Finding]:
    """How a server of one's own is reached."""
    parts = urlsplit(url)
    if parts.scheme == "unix" or addresses.is_loopback(parts.hostname or "localhost"):
        return
    if parts.scheme == "redis":
        yield Finding(
            "warning",
            f"{kind.name} store",
            f"{kind.variable} begins with redis://: what goes to it can be read on its way. Use "
            "rediss:// (TLS), or a network that is yours alone.",
        )
    if not parts.password and "password=" not in parts.query:
        yield Finding(
            "warning",
            f"{kind.name} store",
            f"{kind.variable} has no password: whoever reaches the server reads it. Set one (ACL).",
        )


async def store(kind: Kind, told: Facts, server: Store) -> AsyncIterator[Finding]:
    """What one server is like.

    Raises:
        redis.exceptions.RedisError: It no longer answers.
    """
    what = f"{kind.name} store"
    reason = store_refusal(kind, told)
    if reason:
        yield Finding("problem", what, reason)
    began = time.monotonic()
    for _ in range(PINGS):
        await server.ping()
    each = (time.monotonic() - began) / PINGS * 1000
    yield Finding(
        "warning" if each > SLOW_MILLISECONDS else "ok",
        what,
        f"answers in {each:.1f} ms"
        + (": put it nearer to Chaski." if each > SLOW_MILLISECONDS else ""),
    )
    if not told.policy:
        yield Finding(
            "warning",
            what,
            "it does not tell its maxmemory-policy (INFO memory): see that it is noeviction.",
        )
    if kind is STATE:
        async for finding in medium(server):
            yield finding


async def medium(server: Store) -> AsyncIterator[Finding]:
    """What the state store writes, and whether what was erased goes from it.

    Raises:
        redis.exceptions.RedisError: It no longer answers.
    """
    what = "state store"
    try:
        state = await server.info("persistence")
    except ResponseError:
        yield Finding(
            "problem",
            what,
            "it does not tell what it writes (INFO persistence): allow it (docs/stores.md).",
        )
        return
    if not state.get("aof_enabled"):
        yield Finding(
            "warning",
            what,
            "it has no append-only file: a restart of the server loses conversations, accounts and "
            "the audit trail. Set 'appendonly yes'.",
        )
    elif state.get("aof_last_write_status") != "ok":
        yield Finding("problem", what, "it cannot write its file: is its disk full?")
    else:
        yield await _rewriting(server, state)
    try:
        snapshots = (await server.config_get("save")).get("save", "").strip()
    except ResponseError:
        yield Finding(
            "warning",
            what,
            "it does not tell whether it makes snapshots (CONFIG GET save): erased people would "
            "stand in them. See that it makes none.",
        )
        return
    if snapshots:
        yield Finding(
            "warning",
            what,
            "it makes snapshots: Chaski replaces the last one after each erasing, copies of it "
            "elsewhere keep what was erased. Set 'save \"\"'.",
        )


async def _rewriting(server: Store, state: Mapping[str, Any]) -> Finding:
    refused = "erased people go on standing in its file: "
    try:
        await server.bgrewriteaof()
    except ResponseError as error:
        if "in progress" not in str(error):
            return Finding(
                "problem",
                "state store",
                refused + "it does not allow BGREWRITEAOF (docs/stores.md).",
            )
    if state.get("aof_last_bgrewrite_status") != "ok":
        return Finding(
            "problem", "state store", refused + "its last rewriting failed; its log says why."
        )
    return Finding("ok", "state store", "append-only, and rewritten after each erasing")


def public_address(settings: Settings) -> Iterator[Finding]:
    """What Twilio calls, and whose word on addresses is taken."""
    if settings.public_url:
        if not addresses.is_plain(settings.public_url):
            yield Finding("ok", "public address", settings.public_url)
    elif settings.twilio_auth_token:
        yield Finding(
            "warning",
            "public address",
            "CHASKI_PUBLIC_URL is not set: signatures are checked for the address that a request "
            "names, and Twilio cannot tell how operators' messages fared.",
        )
    else:
        yield Finding("ok", "public address", "none; this machine only")
    if settings.trusted_proxies:
        yield Finding("ok", "proxies", f"trusted: {settings.trusted_proxies}")
    else:
        yield Finding("ok", "proxies", "none is trusted")
    if not addresses.is_loopback(settings.host) and settings.public_url.startswith("https://"):
        yield Finding(
            "warning",
            "proxies",
            f"Chaski listens on {settings.host} without TLS: let only the proxy reach it.",
        )


def twilio(settings: Settings) -> Iterator[Finding]:
    """What the channels that Twilio signs and posts for need."""
    signed = " and no ".join(one.label["en"] for one in CHANNELS.values() if one.signed)
    posted = " and ".join(one.label["en"] for one in CHANNELS.values() if one.posted)
    token, sid = settings.twilio_auth_token, settings.twilio_account_sid
    if not token:
        yield Finding(
            "warning",
            "Twilio",
            f"CHASKI_TWILIO_AUTH_TOKEN is not set: no {signed}, their webhook answers 503.",
        )
    if sid and not _SID.fullmatch(sid):
        yield Finding(
            "problem",
            "Twilio",
            "CHASKI_TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits.",
        )
    elif token and not sid:
        yield Finding(
            "warning",
            "Twilio",
            "CHASKI_TWILIO_ACCOUNT_SID is not set: Twilio keeps what people write, and operators "
            f"cannot write to {posted}.",
        )
    elif token:
        yield Finding("ok", "Twilio", "account and token are set")


def file_limit(most: int) -> Finding:
    """How many files and connections a process may open."""
    if most != resource.RLIM_INFINITY and most < FEW_FILES:
        return Finding(
            "warning",
            "open files",
            f"at most {most}: many people at once are refused. Set ulimit -n 4096 or "
            "LimitNOFILE=4096.",
        )
    return Finding("ok", "open files", "no limit" if most < 0 else f"at most {most}")


def model(settings: Settings) -> Iterator[Finding]:
    """Whether it is there, whole, of the present data, and loads."""
    path = settings.model_dir / f"{training.MODEL_NAME}.tar.gz"
    if not path.exists():
        yield Finding("warning", "model", "there is none: make run trains it, in some minutes.")
    elif not training.is_whole(path):
        yield Finding("warning", "model", f"{path} is damaged: make run trains it again.")
    elif not training.is_current(settings.model_dir):
        yield Finding("warning", "model", "the data changed: make run trains it again.")
    else:
        yield _loads(settings.model_dir)


def _loads(model_dir: Path) -> Finding:
    try:
        from bot.rasa_adapter.assistant import Assistant, newest_model

        Assistant(newest_model(model_dir), None)
    except Exception as error:
        return Finding(
            "problem",
            "model",
            f"it cannot be loaded ({type(error).__name__}): python -m bot train --force",
        )
    return Finding("ok", "model", "current, and loads")
