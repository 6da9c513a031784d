"""The tables of `data/directory/`, read once into plain records.

Decides the schema: a column that is missing or a value that cannot be read stops the start, with
the file and line. `python -m bot check` adds the checks that need more than one row.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from bot.paths import ROOT

FOLDER = ROOT / "data" / "directory"

Service = Literal["fistrap", "feccor", "cem", "upe", "sau", "sar", "police"]
SERVICES: tuple[Service, ...] = ("fistrap", "feccor", "cem", "upe", "sau", "sar", "police")

Warning_ = Literal["", "itinerant", "conflict"]

ORGANISATION_SERVICES = frozenset(
    (
        "food clothes hygiene health lodging vouchers transport legal legal_guidance psychosocial "
        "papers asylum work reintegration return youth_home"
    ).split()
)
SERVED = frozenset(
    (
        "everyone refugees_migrants asylum venezuelans young_venezuelans young_migrants women "
        "women_sexual"
    ).split()
)
WHOLE_COUNTRY = "peru"


class TableError(ValueError):
    """A row cannot be read; the message names file, line and column."""


@dataclass(frozen=True)
class Place:
    """A district of Peru.

    Attributes:
        ubigeo: INEI code, six digits: department, province, district.
        latitude: Of its capital town, degrees, or None where the source has none.
    """

    ubigeo: str
    department: str
    province: str
    district: str
    capital: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Office:
    """An office, a prosecutor's seat or a police station.

    Attributes:
        ubigeo: The district (six digits), or the province (four) where the district is newer than
            the table of places.
        phones: As dialled, digits only.
        exact: Whether the point is the office's own; else it is the district's capital town.
        warning: "itinerant" (the address is only an office), "conflict" (sources disagree).
        note: What the source's compiler remarked; for maintainers.
    """

    id: str
    service: Service
    mode: str
    name: str
    ubigeo: str
    address: str
    phones: tuple[str, ...]
    latitude: float | None
    longitude: float | None
    exact: bool
    status: str
    warning: Warning_
    note: str
    source: str
    source_date: str


@dataclass(frozen=True)
class Contact:
    """A line, page, mailbox or address that an answer may name.

    Attributes:
        hours: "24/7", "mon-fri HH:MM-HH:MM", or empty where the source states none.
    """

    id: str
    institution: str
    channel: str
    display: str
    dial: str
    hours: str
    free: str
    anonymous: str
    answers: str
    source: str
    status: str


@dataclass(frozen=True)
class Organisation:
    """What an organisation offers in a place (SOP 5.2, Annex 3).

    Attributes:
        services: Codes of `ORGANISATION_SERVICES`.
        serves: A code of `SERVED`: whom it is for.
        where: INEI codes of the areas that it serves; empty for the whole of Peru.
        phone: As shown; institutional only, as all contacts.
        note: What was left out and why; for maintainers.
    """

    id: str
    name: str
    services: tuple[str, ...]
    serves: str
    where: tuple[str, ...]
    phone: str
    whatsapp: str
    email: str
    web: str
    address: str
    source: str
    note: str

    @property
    def contacts(self) -> tuple[str, ...]:
        """How to reach it, the surest first; empty where the SOP names only persons."""
        whatsapp = f"WhatsApp {self.whatsapp}" if self.whatsapp != self.phone else ""
        reached = (self.phone, whatsapp if self.whatsapp else "", self.email, self.address)
        return tuple(contact for contact in reached if contact)


@dataclass(frozen=True)
class Figure:
    """A number that an answer may name, with its source."""

    name: str
    value: str
    meaning: str
    source: str


@dataclass(frozen=True)
class Alias:
    """Another way to write a place. Several rows with one alias make it ambiguous."""

    alias: str
    code: str
    kind: str
    note: str


@dataclass(frozen=True)
class ForeignPlace:
    """A place outside Peru, so that it can be met kindly."""

    name: str
    country: str


Row = Mapping[str, str]
Record = TypeVar("Record")


def _rows(name: str, folder: Path) -> Iterator[tuple[int, Row]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        yield from enumerate(csv.DictReader(file, strict=True), start=2)


def _load(name: str, make: Callable[[Row], Record], folder: Path) -> tuple[Record, ...]:
    records = []
    for line, row in _rows(name, folder):
        try:
            records.append(make(row))
        except (KeyError, ValueError, AttributeError) as error:
            raise TableError(f"{name}, line {line}: {error}") from None
    return tuple(records)


def _degrees(raw: str) -> float | None:
    return float(raw) if raw else None


def _place(row: Row) -> Place:
    if not (len(row["ubigeo"]) == 6 and row["ubigeo"].isdigit()):
        raise ValueError(f"ubigeo {row['ubigeo']!r} has not six digits")
    return Place(
        row["ubigeo"],
        row["department"],
        row["province"],
        row["district"],
        row["capital"],
        _degrees(row["lat"]),
        _degrees(row["lon"]),
    )


def _office(row: Row) -> Office:
    service, warning = row["service"], row["warning"]
    if service not in SERVICES:
        raise ValueError(f"service {service!r} is unknown")
    if warning not in ("", "itinerant", "conflict"):
        raise ValueError(f"warning {warning!r} is unknown")
    if row["point"] not in ("exact", "district"):
        raise ValueError(f"point {row['point']!r} is neither exact nor district")
    return Office(
        id=row["id"],
        service=service,
        mode=row["mode"],
        name=row["name"],
        ubigeo=row["ubigeo"],
        address=row["address"],
        phones=tuple(row["phones"].split()),
        latitude=_degrees(row["lat"]),
        longitude=_degrees(row["lon"]),
        exact=row["point"] == "exact",
        status=row["status"],
        warning=warning,  # type: ignore[arg-type]
        note=row["note"],
        source=row["source"],
        source_date=row["source_date"],
    )


def _organisation(row: Row) -> Organisation:
    services = tuple(row["services"].split())
    unknown = set(services) - ORGANISATION_SERVICES
    if unknown or not services:
        raise ValueError(f"services {sorted(unknown)} are unknown")
    if row["serves"] not in SERVED:
        raise ValueError(f"serves {row['serves']!r} is unknown")
    where = row["where"].split()
    if not where:
        raise ValueError("where is empty")
    return Organisation(
        id=row["id"],
        name=row["name"],
        services=services,
        serves=row["serves"],
        where=() if where == [WHOLE_COUNTRY] else tuple(where),
        phone=row["phone"],
        whatsapp=row["whatsapp"],
        email=row["email"],
        web=row["web"],
        address=row["address"],
        source=row["source"],
        note=row["note"],
    )


@dataclass(frozen=True)
class Tables:
    """All tables of one folder."""

    places: tuple[Place, ...]
    offices: tuple[Office, ...]
    contacts: Mapping[str, Contact]
    figures: Mapping[str, Figure]
    organisations: tuple[Organisation, ...]
    aliases: tuple[Alias, ...]
    foreign: tuple[ForeignPlace, ...]
    common_words: frozenset[str]


def load(folder: Path = FOLDER) -> Tables:
    """Read a folder of tables.

    Raises:
        TableError: A row is malformed.
        OSError: A file is missing.
    """
    offices: tuple[Office, ...] = ()
    for name in ("offices.csv", "prosecutors.csv", "police_stations.csv"):
        offices += _load(name, _office, folder)
    contacts = _load("contacts.csv", lambda row: Contact(**row), folder)
    figures = _load("figures.csv", lambda row: Figure(**row), folder)
    return Tables(
        places=_load("places.csv", _place, folder),
        offices=offices,
        contacts={contact.id: contact for contact in contacts},
        figures={figure.name: figure for figure in figures},
        organisations=_load("organisations.csv", _organisation, folder),
        aliases=_load("aliases.csv", lambda row: Alias(**row), folder),
        foreign=_load("foreign_places.csv", lambda row: ForeignPlace(**row), folder),
        common_words=frozenset(
            (folder / "common_words.txt").read_text(encoding="utf-8").splitlines()
        ),
    )


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The project's own tables, read once in a process."""
    return load()
