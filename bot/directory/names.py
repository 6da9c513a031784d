"""What places are called, and how names of several places are told apart."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from bot.directory.tables import Tables
from bot.text.folding import words

AREAS = (4, 2)
"""Lengths of the codes that hold others, a province's before a department's."""


def codes_by_name(source: Tables) -> dict[str, tuple[str, ...]]:
    """Each folded name to the codes of the places that bear it, the heaviest first."""
    names: dict[str, set[str]] = defaultdict(set)
    towns: dict[str, set[str]] = defaultdict(set)
    for place in source.places:
        for name, code in (
            (place.department, place.ubigeo[:2]),
            (place.province, place.ubigeo[:4]),
            (place.district, place.ubigeo),
        ):
            names[plain(name)].add(code)
        towns[plain(place.capital)].add(place.ubigeo)
    for name, codes in towns.items():
        if name not in names:  # a town counts where no district or province has its name
            names[name] |= codes
    for alias in source.aliases:
        names[plain(alias.alias)].add(alias.code)
    names.pop("", None)
    return {name: tuple(sorted(codes)) for name, codes in names.items()}


def plain(name: str) -> str:
    """A name as it is compared: folded words, joined by spaces."""
    return " ".join(words(name))


def weights(source: Tables) -> Counter[str]:
    """How many places lie in each place: what a name stands for where nothing else is known."""
    found: Counter[str] = Counter()
    for office in source.offices:
        for length in (2, 4, 6):
            if len(office.ubigeo) >= length:
                found[office.ubigeo[:length]] += 1
    return found


def seats(codes: list[str]) -> list[str]:
    """Merge an area with the seat that bears its name: "Puno" is the city, "Loreto" the region.

    INEI gives the capital the first code, so a district or province is the seat of a larger area
    if what follows the larger code is 01s.
    """
    kept = list(codes)
    for outer in sorted(codes, key=len):
        nested = [code for code in kept if code != outer and code.startswith(outer)]
        if outer not in kept or not nested:
            continue
        seat = [code for code in nested if set(re.findall("..", code[len(outer) :])) == {"01"}]
        if seat:
            kept = [code for code in kept if code == max(seat, key=len) or code not in nested]
            kept.remove(outer)
        else:
            kept = [code for code in kept if code not in nested]
    return kept


def depth(code: str, outer: tuple[str, ...]) -> int:
    """How long the longest code is that holds this one; 0 where none does."""
    return next((length for length in AREAS if length < len(code) and code[:length] in outer), 0)


def inside(codes: Iterable[str], outer: tuple[str, ...]) -> bool:
    """Whether any of some places lies in any of others."""
    return any(depth(code, outer) for code in codes)
