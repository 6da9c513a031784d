"""The nearest offices of a service: by great-circle distance, or by administrative area.

Decides the order and the fallback chains of CONTENT.md ("Find the nearest office"):
FISTRAP → FECCOR → prosecutor on duty (SOP 3.3.2, adult route, step 3), UPE → family court
(child route, steps 1-2), itinerant services never before a CEM. Adds no word for a person.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.directory.areas import LIMA_METROPOLITAN, Area, area, districts
from bot.directory.tables import Office, Service, tables

AT_MOST = 3
"""Offices in one answer (CONTENT.md)."""

EARTH_RADIUS = 6371.0
"""Kilometres."""

FARTHEST_IN_PERU = 60.0
"""Kilometres from the nearest district capital beyond which a position is taken as abroad;
the largest Amazon districts reach further, and are asked for by name."""

BORDER_MARGIN = 1.0


@dataclass(frozen=True)
class Found:
    """One office and how far it is.

    Attributes:
        kilometres: Great-circle distance from the middle of the person's place; None where the
            office's own point or the person's is not known.
    """

    office: Office
    kilometres: float | None


Fallback = Literal["", "feccor", "duty", "family_court", "other_area"]


@dataclass(frozen=True)
class Nearest:
    """What was found.

    Attributes:
        offices: At most `AT_MOST`, nearest first.
        fallback: Which step of the chain this is: empty where the service itself was found.
    """

    offices: tuple[Found, ...]
    fallback: Fallback = ""


def distance(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Great-circle distance in kilometres between two points in degrees (haversine)."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_phi = (other_phi - phi) / 2
    half_lambda = math.radians(other_longitude - longitude) / 2
    haversine = (
        math.sin(half_phi) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_lambda) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(haversine)))


def district_at(latitude: float, longitude: float) -> str:
    """The district whose capital town is nearest to a position.

    Args:
        latitude: Degrees, -90 to 90.
        longitude: Degrees, -180 to 180.

    Returns:
        A ubigeo, or the empty string where the position is not in Peru as far as the distance to
        its district capitals tells.
    """
    nearest, best = "", math.inf
    for place in tables().places:
        if place.latitude is None or place.longitude is None:
            continue
        if abs(place.latitude - latitude) > BORDER_MARGIN:
            continue
        kilometres = distance(latitude, longitude, place.latitude, place.longitude)
        if kilometres < best:
            nearest, best = place.ubigeo, kilometres
    return nearest if best <= FARTHEST_IN_PERU else ""


@lru_cache(maxsize=1)
def _by_service() -> dict[str, tuple[Office, ...]]:
    index: dict[str, list[Office]] = {}
    for office in tables().offices:
        index.setdefault(office.service, []).append(office)
    return {service: tuple(offices) for service, offices in index.items()}


def nearest(service: Service, code: str) -> Nearest:
    """The offices of a service for a place.

    Args:
        service: "fistrap", "cem", "upe" or "police" (the others serve as fallbacks).
        code: INEI code of the person's district, province or department.

    Returns:
        What serves there, and which step of the fallback chain it is.

    Raises:
        KeyError: The code names no area.
    """
    here = area(code)
    if service == "fistrap":
        return _prosecutor(here)
    if service == "upe":
        return _protection_unit(here)
    if service == "police":
        return _police(here)
    return _by_distance(here, _by_service()[service])


def _prosecutor(here: Area) -> Nearest:
    for service, fallback in (("fistrap", ""), ("feccor", "feccor")):
        seats = [
            office
            for office in _by_service()[service]
            if office.ubigeo[:2] == here.code[:2]
            or (service == "fistrap" and _in_lima(office.ubigeo) and _in_lima(here.code))
        ]
        if seats:
            return Nearest(_ranked(here, seats), fallback)  # type: ignore[arg-type]
    return Nearest((), "duty")


def _protection_unit(here: Area) -> Nearest:
    units = _by_service()["upe"]
    if _in_lima(here.code):
        return Nearest(_ranked(here, [unit for unit in units if _in_lima(unit.ubigeo)]))
    own = [unit for unit in units if unit.ubigeo[:2] == here.code[:2]]
    return Nearest(_ranked(here, own)) if own else Nearest((), "family_court")


def _police(here: Area) -> Nearest:
    stations = _by_service()["police"]
    for code in (here.code, here.code[:4], here.code[:2]):
        inside = [station for station in stations if station.ubigeo.startswith(code)]
        if inside:
            fallback: Fallback = "" if code == here.code else "other_area"
            return Nearest(_ranked(here, inside), fallback)
    return Nearest((), "other_area")


def _by_distance(here: Area, offices: Iterable[Office]) -> Nearest:
    """Offices inside the area first where it is a district, then whatever is nearest."""
    ranked = _ranked(here, offices)
    return Nearest(ranked, "" if ranked else "other_area")


def _ranked(here: Area, offices: Iterable[Office]) -> tuple[Found, ...]:
    def key(found: Found) -> tuple[int, float, int, str]:
        same = 0 if len(here.code) == 6 and found.office.ubigeo == here.code else 1
        measured = _measured(here, found.office)
        trust = 1 if found.office.warning else 0
        return (same, measured, trust, found.office.id)

    found = [Found(office, _shown_distance(here, office)) for office in offices]
    return tuple(sorted(found, key=key)[:AT_MOST])


def _measured(here: Area, office: Office) -> float:
    """Kilometres for the order: to the office, or to its district where its point is unknown."""
    latitude, longitude = office.latitude, office.longitude
    if not office.exact or latitude is None or longitude is None:
        inside = districts(office.ubigeo)
        latitude = inside[0].latitude if inside else None
        longitude = inside[0].longitude if inside else None
    if None in (here.latitude, here.longitude, latitude, longitude):
        shared = next((n for n in (6, 4, 2) if office.ubigeo[:n] == here.code[:n]), 0)
        return {6: 0.0, 4: 50.0, 2: 200.0, 0: 2000.0}[shared]
    return distance(here.latitude, here.longitude, latitude, longitude)  # type: ignore[arg-type]


def _shown_distance(here: Area, office: Office) -> float | None:
    """Kilometres to tell: only between a district's own town and an office's own point."""
    known = (here.latitude, here.longitude, office.latitude, office.longitude)
    if len(here.code) != 6 or not office.exact or None in known:
        return None
    return distance(*known)  # type: ignore[arg-type]


def _in_lima(code: str) -> bool:
    return code.startswith(LIMA_METROPOLITAN)
