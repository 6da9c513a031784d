"""Every setting, typed, read from the environment (CHASKI_*) by this one class.

Decides the defaults: with none set, `make run` works on a laptop. A wrong value stops the start
with a sentence that names the variable; nothing falls back silently. So does a name that is nearly
one of ours, since what was meant would be left out in silence; any other CHASKI_… name is only
told, since surroundings make such names by themselves (Kubernetes does for a service "chaski").
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseSettings, Field, ValidationError, root_validator, validator
from pydantic.env_settings import SettingsSourceCallable
from pydantic.fields import ModelField

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
from bot.text.numbers import whole_number

PREFIX = "CHASKI_"

NEAR = 0.8
"""How alike (0 to 1) an unknown name and one of ours are where a typing error is supposed."""

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

ADDRESSES: Mapping[str, Callable[[str], str]] = {
    "public_url": addresses.base_url,
    "twilio_api_url": addresses.base_url,
    "redis_url": addresses.store_url,
    "relay_redis_url": addresses.store_url,
    "trusted_proxies": addresses.proxies,
}
"""Fields that are addresses, to what checks them."""

NO_VARIABLE = frozenset({"warnings"})
EMPTY_IS_A_VALUE = frozenset({"trusted_proxies", "log_level"})
"""Fields that no variable sets; those of which an empty variable does not mean the default."""


class SettingsError(ValueError):
    """A variable has a value that cannot be used; the message is for the administrator."""


class Settings(BaseSettings):
    """The settings of one process; see docs/settings.md for the table.

    Its values are those that it is given, checked; `from_environment` gives it the variables.
    """

    port: int = Field(8000, ge=1, le=65_535)
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
    workers: int = Field(1, ge=1, le=64)
    model_dir: Path = ROOT / "models"
    conversation_per_minute: int = Field(30, ge=1, le=1_000_000)
    address_per_minute: int = Field(120, ge=1, le=1_000_000)
    conversation_characters_per_minute: int = Field(24_000, ge=1_000, le=1_000_000_000)
    address_characters_per_minute: int = Field(120_000, ge=1_000, le=1_000_000_000)
    waiting_per_address: int = Field(10, ge=1, le=500)
    trusted_proxies: str = "127.0.0.1"
    duty_hours: str = "24/7"
    duty_holidays: bool = False
    duty_closed_days: tuple[str, ...] = ()
    documents_dir: Path | None = None
    widget_sites: tuple[Site, ...] = ()
    warnings: tuple[str, ...] = ()

    class Config:
        """How pydantic treats them."""

        frozen = True

        @classmethod
        def customise_sources(
            cls,
            init_settings: SettingsSourceCallable,
            env_settings: SettingsSourceCallable,
            file_secret_settings: SettingsSourceCallable,
        ) -> tuple[SettingsSourceCallable, ...]:
            """What is given and nothing else: docs/adr/0019 says why not pydantic's own reading."""
            del env_settings, file_secret_settings
            return (init_settings,)

    @property
    def calls_twilio(self) -> bool:
        """Whether there are credentials to call its REST API with."""
        return bool(self.twilio_account_sid and self.twilio_auth_token)

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
        given = {
            VARIABLES[name]: text.strip() for name, text in variables.items() if name in VARIABLES
        }
        try:
            settings = cls.parse_obj(
                {name: text for name, text in given.items() if text or name in EMPTY_IS_A_VALUE}
            )
        except ValidationError as error:
            raise SettingsError(error.errors()[0]["msg"]) from None
        warnings = (*_unknown(variables), *_plain(settings))
        secret = _secret(settings.secret, settings.data_dir, make_secret)
        return settings.copy(update={"secret": secret, "warnings": warnings})

    @validator("*", pre=True)
    @classmethod
    def _number(cls, value: Any, field: ModelField) -> Any:
        """A whole number as one types it: no sign, no point, no digits of other scripts."""
        low, high = field.field_info.ge, field.field_info.le
        if low is None or not isinstance(value, str):
            return value
        number = whole_number(value)
        if number is None or not low <= number <= high:
            raise SettingsError(
                f"{variable(field.name)} must be a whole number from {low} to {high}, "
                f"not {value!r}."
            )
        return number

    @validator(*ADDRESSES)
    @classmethod
    def _address(cls, value: str, field: ModelField) -> str:
        try:
            return ADDRESSES[field.name](value) if value else ""
        except AddressError as error:
            raise SettingsError(f"{variable(field.name)} {error}.") from None

    @validator("host")
    @classmethod
    def _host(cls, value: str) -> str:
        if not addresses.is_host(value):
            raise SettingsError(
                f"CHASKI_HOST must be an address of this machine like 127.0.0.1 or 0.0.0.0, "
                f"without a port, not {value[:60]!r}."
            )
        return value

    @validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in LOG_LEVELS:
            raise SettingsError("CHASKI_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
        return value.upper()

    @validator("duty_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        try:
            hours.parse(value)
        except ValueError as error:
            raise SettingsError(f"CHASKI_DUTY_HOURS: {error}.") from None
        return value

    @validator("duty_holidays", pre=True)
    @classmethod
    def _yes_or_no(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value.lower() not in ("yes", "no"):
            raise SettingsError("CHASKI_DUTY_HOLIDAYS must be yes or no.")
        return value.lower() == "yes"

    @validator("duty_closed_days", pre=True)
    @classmethod
    def _days(cls, value: Any) -> Any:
        days = tuple(value.replace(",", " ").split()) if isinstance(value, str) else value
        for day in days:
            try:
                date.fromisoformat(day)
            except ValueError:
                raise SettingsError(
                    f"CHASKI_DUTY_CLOSED_DAYS holds dates like 2026-12-24, not {day!r}."
                ) from None
        return days

    @validator("documents_dir", pre=True)
    @classmethod
    def _documents(cls, value: Any) -> Any:
        if value is not None and not Path(value).is_dir():
            raise SettingsError(f"CHASKI_DOCUMENTS_DIR ({value}) is no folder.")
        return value

    @validator("data_dir", "model_dir", "documents_dir")
    @classmethod
    def _whole_path(cls, value: Path | None) -> Path | None:
        return value.resolve() if value is not None else None

    @validator("widget_sites", pre=True)
    @classmethod
    def _sites(cls, value: Any) -> Any:
        try:
            return parse_sites(value) if isinstance(value, str) else value
        except SiteError as error:
            raise SettingsError(f"CHASKI_WIDGET_SITES: {error}.") from None

    @root_validator(skip_on_failure=True)
    @classmethod
    def _two_stores(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["redis_url"] and values["redis_url"] == values["relay_redis_url"]:
            raise SettingsError(
                "CHASKI_RELAY_REDIS_URL must name another server than CHASKI_REDIS_URL: words "
                "may rest in memory only."
            )
        return values


def variable(field: str) -> str:
    """The name of the variable that sets a field."""
    return f"{PREFIX}{field.upper()}"


VARIABLES = {variable(field): field for field in Settings.__fields__ if field not in NO_VARIABLE}


def _unknown(variables: Mapping[str, str]) -> list[str]:
    """What to tell of names that are none of ours.

    Raises:
        SettingsError: One is nearly one of ours.
    """
    known = [name.removeprefix(PREFIX) for name in VARIABLES]
    said = []
    for name in sorted(variables):
        if not name.startswith(PREFIX) or name in VARIABLES:
            continue
        near = get_close_matches(name.removeprefix(PREFIX).upper(), known, 1, NEAR)
        if near:
            raise SettingsError(
                f"{name} is no setting. {PREFIX}{near[0]} is: correct the name, or remove the "
                "variable."
            )
        said.append(f"{name} is no setting of Chaski: it changes nothing (docs/settings.md).")
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
