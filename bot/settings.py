"""Every setting, typed, read from the environment (CHASKI_*) by this one class.

Decides the defaults: with none set, `make run` works on a laptop. A wrong value stops the start
with a sentence that names the variable; nothing falls back silently. So does a name that is nearly
one of ours, since what was meant would be left out in silence; any other CHASKI_… name is only
told, since surroundings make such names by themselves (Kubernetes does for a service "chaski").
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from bot import hours
from bot.http import addresses
from bot.http.addresses import AddressError
from bot.paths import ROOT
from bot.privacy import secret as secrets
from bot.privacy.secret import SecretError
from bot.sites import Site, SiteError
from bot.sites import parse as parse_sites
from bot.stores import folder
from bot.stores.kinds import StoreError

PREFIX = "CHASKI_"

NEAR = 0.8
"""How alike (0 to 1) an unknown name and one of ours are where a typing error is supposed."""


class SettingsError(ValueError):
    """A variable has a value that cannot be used; the message is for the administrator."""


@dataclass(frozen=True)
class Settings:
    """The settings of one process; see docs/settings.md for the table."""

    port: int = 8000
    host: str = "127.0.0.1"
    public_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_api_url: str = "https://api.twilio.com"
    redis_url: str = ""
    relay_redis_url: str = ""
    secret: str = ""
    data_dir: Path = ROOT / "var"
    log_level: str = "INFO"
    workers: int = 1
    model_dir: Path = ROOT / "models"
    conversation_per_minute: int = 30
    address_per_minute: int = 120
    conversation_characters_per_minute: int = 24_000
    address_characters_per_minute: int = 120_000
    waiting_per_address: int = 10
    trusted_proxies: str = "127.0.0.1"
    duty_hours: str = "24/7"
    duty_holidays: bool = False
    duty_closed_days: tuple[str, ...] = ()
    documents_dir: Path | None = None
    widget_sites: tuple[Site, ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, *, make_secret: bool = True
    ) -> Settings:
        """Read the settings, and make the secret once where none is given.

        Args:
            environment: Variables by name; the process's own where None.
            make_secret: Whether it is made; else it is empty where there is none.

        Raises:
            SettingsError: A number is no number or out of range, an address is malformed, a name is
                nearly one of ours, the secret is weak, or the data folder cannot be used.
        """
        variables = os.environ if environment is None else environment
        known: set[str] = set()

        def text(name: str, default: str = "") -> str:
            known.add(name)
            return variables.get(f"{PREFIX}{name}", default).strip()

        def address(name: str, check: Callable[[str], str], default: str = "") -> str:
            value = text(name, default)
            try:
                return check(value) if value else ""
            except AddressError as error:
                raise SettingsError(f"{PREFIX}{name} {error}.") from None

        def number(name: str, default: int, low: int, high: int) -> int:
            raw = text(name) or str(default)
            if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
                raise SettingsError(
                    f"CHASKI_{name} must be a whole number from {low} to {high}, not {raw!r}."
                )
            return int(raw)

        level = text("LOG_LEVEL", "INFO").upper()
        if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise SettingsError("CHASKI_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
        public_url = address("PUBLIC_URL", addresses.base_url)
        twilio_api_url = address("TWILIO_API_URL", addresses.base_url) or cls.twilio_api_url
        redis_url = address("REDIS_URL", addresses.store_url)
        relay_redis_url = address("RELAY_REDIS_URL", addresses.store_url)
        trusted_proxies = address("TRUSTED_PROXIES", addresses.proxies, cls.trusted_proxies)
        host = text("HOST") or cls.host
        if not addresses.is_host(host):
            raise SettingsError(
                f"CHASKI_HOST must be an address of this machine like 127.0.0.1 or 0.0.0.0, "
                f"without a port, not {host[:60]!r}."
            )
        if redis_url and redis_url == relay_redis_url:
            raise SettingsError(
                "CHASKI_RELAY_REDIS_URL must name another server than CHASKI_REDIS_URL: words "
                "may rest in memory only."
            )
        duty_hours = text("DUTY_HOURS") or cls.duty_hours
        try:
            hours.parse(duty_hours)
        except ValueError as error:
            raise SettingsError(f"CHASKI_DUTY_HOURS: {error}.") from None
        if text("DUTY_HOLIDAYS", "no").lower() not in ("yes", "no", ""):
            raise SettingsError("CHASKI_DUTY_HOLIDAYS must be yes or no.")
        closed_days = tuple(text("DUTY_CLOSED_DAYS").replace(",", " ").split())
        for day in closed_days:
            try:
                date.fromisoformat(day)
            except ValueError:
                raise SettingsError(
                    f"CHASKI_DUTY_CLOSED_DAYS holds dates like 2026-12-24, not {day!r}."
                ) from None
        documents = text("DOCUMENTS_DIR")
        if documents and not Path(documents).is_dir():
            raise SettingsError(f"CHASKI_DOCUMENTS_DIR ({documents}) is no folder.")
        try:
            sites = parse_sites(text("WIDGET_SITES"))
        except SiteError as error:
            raise SettingsError(f"CHASKI_WIDGET_SITES: {error}.") from None
        data_dir = Path(text("DATA_DIR") or str(ROOT / "var")).resolve()
        secret = _secret(text("SECRET"), data_dir, make_secret)
        settings = cls(
            port=number("PORT", 8000, 1, 65535),
            host=host,
            public_url=public_url,
            twilio_account_sid=text("TWILIO_ACCOUNT_SID"),
            twilio_auth_token=text("TWILIO_AUTH_TOKEN"),
            twilio_api_url=twilio_api_url,
            redis_url=redis_url,
            relay_redis_url=relay_redis_url,
            secret=secret,
            data_dir=data_dir,
            log_level=level,
            workers=number("WORKERS", 1, 1, 64),
            model_dir=Path(text("MODEL_DIR") or str(ROOT / "models")).resolve(),
            conversation_per_minute=number("CONVERSATION_PER_MINUTE", 30, 1, 1_000_000),
            address_per_minute=number("ADDRESS_PER_MINUTE", 120, 1, 1_000_000),
            conversation_characters_per_minute=number(
                "CONVERSATION_CHARACTERS_PER_MINUTE", 24_000, 1_000, 1_000_000_000
            ),
            address_characters_per_minute=number(
                "ADDRESS_CHARACTERS_PER_MINUTE", 120_000, 1_000, 1_000_000_000
            ),
            waiting_per_address=number("WAITING_PER_ADDRESS", 10, 1, 500),
            trusted_proxies=trusted_proxies,
            duty_hours=duty_hours,
            duty_holidays=text("DUTY_HOLIDAYS").lower() == "yes",
            duty_closed_days=closed_days,
            documents_dir=Path(documents).resolve() if documents else None,
            widget_sites=sites,
        )
        return replace(settings, warnings=(*_unknown(variables, known), *_plain(settings)))


def _unknown(variables: Mapping[str, str], known: set[str]) -> list[str]:
    """What to tell of names that are none of ours.

    Raises:
        SettingsError: One is nearly one of ours.
    """
    said = []
    for variable in sorted(variables):
        name = variable.removeprefix(PREFIX)
        if name == variable or name in known:
            continue
        near = get_close_matches(name.upper(), known, 1, NEAR)
        if near:
            raise SettingsError(
                f"{variable} is no setting. {PREFIX}{near[0]} is: correct the name, or remove the "
                "variable."
            )
        said.append(f"{variable} is no setting of Chaski: it changes nothing (docs/settings.md).")
    return said


def _plain(settings: Settings) -> list[str]:
    if not addresses.is_plain(settings.public_url):
        return []
    return [
        "CHASKI_PUBLIC_URL begins with http://: what people write can be read and changed on its "
        "way. Use https://."
    ]


def _secret(given: str, data_dir: Path, make: bool) -> str:
    """The secret that was given, or the one of this installation.

    Raises:
        SettingsError: It is weak or damaged, or the data folder cannot be used.
    """
    if given:
        weakness = secrets.weakness(given)
        if weakness:
            raise SettingsError(
                f"CHASKI_SECRET {weakness}. Whoever guesses it knows people by their numbers: "
                f"{secrets.MAKE_ONE}; or unset it, and one is made and kept."
            )
        return given
    try:
        if data_dir.exists():
            folder.check(data_dir)
        return secrets.kept(data_dir, make=make)
    except OSError as error:
        raise SettingsError(
            f"CHASKI_DATA_DIR ({data_dir}) cannot be used: {error.strerror}."
        ) from None
    except (SecretError, StoreError) as error:
        raise SettingsError(str(error)) from None
