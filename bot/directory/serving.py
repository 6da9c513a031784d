"""Which organisations serve a place and a need (SOP 5.2, Annex 3).

Decides the order: those that can be reached before those whose contacts are persons' and are not
told, those of the place before those of the whole country. Adds no word for a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.directory.tables import Organisation, tables

BASIC_NEEDS = ("food", "lodging", "hygiene", "clothes", "vouchers", "health")
"""Services that meet basic needs, the most urgent first."""

LEADS = ("acnur", "oim", "chs")
"""Told first where any help is looked for: who takes the lead (ACNUR for whom asked for asylum or
has no nationality, OIM for all others), then who is specialised in trafficking and can be reached
in the whole country (SOP, Annex 3)."""


FOR_ALL = frozenset({"everyone", "refugees_migrants"})
"""Whom an organisation serves that need not be told: everybody who asks here."""


@dataclass(frozen=True)
class Serving:
    """What serves a place.

    Attributes:
        reached: Organisations with a contact, in the order to tell them.
        unreached: Those whose contacts in the SOP are persons': reached through another one.
    """

    reached: tuple[Organisation, ...]
    unreached: tuple[Organisation, ...]


def serving(code: str, needs: tuple[str, ...] = ()) -> Serving:
    """The organisations for a place.

    Args:
        code: INEI code of the person's place; empty where it is not known: then only those that
            serve the whole country.
        needs: Service codes of which an organisation must offer one; any where empty.
    """
    found = [
        organisation
        for organisation in tables().organisations
        if (not needs or set(needs) & set(organisation.services)) and _serves(organisation, code)
    ]
    seen: dict[str, Organisation] = {}
    for organisation in sorted(found, key=lambda one: _rank(one, needs)):
        seen.setdefault(organisation.name, organisation)
    return Serving(
        tuple(one for one in seen.values() if one.contacts),
        tuple(one for one in seen.values() if not one.contacts),
    )


def _serves(organisation: Organisation, code: str) -> bool:
    """Whether it serves the place; an area larger than its own counts (it serves a part of it)."""
    if not organisation.where:
        return True
    return bool(code) and any(
        code.startswith(area) or (len(code) < len(area) and area.startswith(code))
        for area in organisation.where
    )


def _rank(organisation: Organisation, needs: tuple[str, ...]) -> tuple[int, int, int, int, str]:
    lead = LEADS.index(organisation.id) if organisation.id in LEADS and not needs else len(LEADS)
    selective = 0 if organisation.serves in FOR_ALL else 1
    met = len(set(needs) & set(organisation.services)) if needs else len(organisation.services)
    everywhere = 0 if organisation.where else 1
    return (lead, selective, -met, everywhere, organisation.id)
