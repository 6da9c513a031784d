"""Administrative areas: names and centres of departments, provinces and districts by INEI code.

Decides how an area is shown to a person and where its middle is. A code of two digits is a
department, of four a province, of six a district.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.directory.tables import Place, tables

LIMA_METROPOLITAN = ("1501", "07")
"""Codes of the province of Lima and of Callao: one city, served together."""


@dataclass(frozen=True)
class Area:
    """A department, province or district.

    Attributes:
        code: INEI code of 2, 4 or 6 digits.
        district: Empty where the area is larger than a district.
        province: Empty where the area is a department.
        latitude: Of its capital town, degrees; None where no source has it.
    """

    code: str
    department: str
    province: str
    district: str
    latitude: float | None
    longitude: float | None

    @property
    def name(self) -> str:
        """The area as a person reads it: "Juliaca, Puno", "Puno", "San Román, Puno"."""
        smallest = self.district or self.province
        if not smallest or smallest == self.department:
            return smallest or self.department
        if self.district and self.province == "Lima":
            return f"{self.district}, Lima"
        return f"{smallest}, {self.department}"

    @property
    def full_name(self) -> str:
        """With the province, to tell places of one name apart: "San Juan (Lucanas, Ayacucho)"."""
        if self.district:
            if self.province == self.department:
                return f"{self.district} ({self.department})"
            return f"{self.district} ({self.province}, {self.department})"
        if self.province:
            return f"{self.province} (provincia, {self.department})"
        return f"{self.department} (región)"


@lru_cache(maxsize=1)
def _index() -> dict[str, list[Place]]:
    index: dict[str, list[Place]] = {}
    for place in tables().places:
        for length in (2, 4, 6):
            index.setdefault(place.ubigeo[:length], []).append(place)
    return index


def area(code: str) -> Area:
    """The area of an INEI code.

    Raises:
        KeyError: No such area.
    """
    places = _index()[code]
    seat = _seat(code, places)
    return Area(
        code=code,
        department=places[0].department,
        province=places[0].province if len(code) >= 4 else "",
        district=places[0].district if len(code) == 6 else "",
        latitude=seat.latitude,
        longitude=seat.longitude,
    )


def exists(code: str) -> bool:
    """Whether the code names an area of Peru."""
    return code in _index()


def districts(code: str) -> list[Place]:
    """All districts of an area, in the order of their codes; empty for an unknown code."""
    return _index().get(code, [])


def _seat(code: str, places: list[Place]) -> Place:
    """The capital: INEI gives it the first code of its province and of its department."""
    located = [place for place in places if place.latitude is not None]
    first = [place for place in located if place.ubigeo.endswith("01")]
    if len(code) == 2:
        first = [place for place in first if place.ubigeo.endswith("0101")] or first
    return (first or located or places)[0]
