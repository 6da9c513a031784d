"""Every setting, typed, read from the environment (CHASKI_*) by this one class.

Decides the defaults: with none set, `make run` works on a laptop. A wrong value stops the start
with a sentence that names the variable; nothing falls back silently.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot import hours
from bot.widget.sites import Site, SiteError
from bot.widget.sites import parse as parse_sites

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder: `data/`, `models/`, `config.yml` lie here."""


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
    waiting_per_address: int = 10
    trusted_proxies: str = "127.0.0.1"
    duty_hours: str = "24/7"
    duty_holidays: bool = False
    duty_closed_days: tuple[str, ...] = ()
    documents_dir: Path | None = None
    widget_sites: tuple[Site, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings, and make the secret once where none is given.

        Args:
            environment: Variables by name; the process's own where None.

        Raises:
            SettingsError: A number is no number or out of range, an address is malformed, or the
                data folder cannot be written.
        """
        variables = os.environ if environment is None else environment

        def text(name: str, default: str = "") -> str:
            return variables.get(f"CHASKI_{name}", default).strip()

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
        for name in ("PUBLIC_URL", "TWILIO_API_URL"):
            if text(name) and not text(name).startswith(("http://", "https://")):
                raise SettingsError(f"CHASKI_{name} must begin with http:// or https://.")
        for name in ("REDIS_URL", "RELAY_REDIS_URL"):
            if not (text(name) + "unix://").startswith(("redis://", "rediss://", "unix://")):
                raise SettingsError(
                    f"CHASKI_{name} must begin with redis://, rediss:// or unix://."
                )
        if text("REDIS_URL") and text("REDIS_URL") == text("RELAY_REDIS_URL"):
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
        return cls(
            port=number("PORT", 8000, 1, 65535),
            host=text("HOST", "127.0.0.1"),
            public_url=text("PUBLIC_URL").rstrip("/"),
            twilio_account_sid=text("TWILIO_ACCOUNT_SID"),
            twilio_auth_token=text("TWILIO_AUTH_TOKEN"),
            twilio_api_url=(text("TWILIO_API_URL") or cls.twilio_api_url).rstrip("/"),
            redis_url=text("REDIS_URL"),
            relay_redis_url=text("RELAY_REDIS_URL"),
            secret=text("SECRET") or _kept_secret(data_dir),
            data_dir=data_dir,
            log_level=level,
            workers=number("WORKERS", 1, 1, 64),
            model_dir=Path(text("MODEL_DIR") or str(ROOT / "models")).resolve(),
            conversation_per_minute=number("CONVERSATION_PER_MINUTE", 30, 1, 1_000_000),
            address_per_minute=number("ADDRESS_PER_MINUTE", 120, 1, 1_000_000),
            waiting_per_address=number("WAITING_PER_ADDRESS", 10, 1, 500),
            trusted_proxies=text("TRUSTED_PROXIES", "127.0.0.1"),
            duty_hours=duty_hours,
            duty_holidays=text("DUTY_HOLIDAYS").lower() == "yes",
            duty_closed_days=closed_days,
            documents_dir=Path(documents).resolve() if documents else None,
            widget_sites=sites,
        )


def _kept_secret(data_dir: Path) -> str:
    """The secret of this installation: made once, readable by its owner only."""
    path = data_dir / "secret"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
        kept = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingsError(
            f"CHASKI_DATA_DIR ({data_dir}) cannot be used: {error.strerror}."
        ) from None
    if len(kept) < 32:
        raise SettingsError(f"{path} is damaged: delete it, and a new secret is made.")
    return kept
