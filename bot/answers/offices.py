"""The answer that names the nearest offices, in words.

Decides what is said of each office (name, district, what the table has of address, phone and
distance, a warning where its sources disagree), and what follows from the fallback chains of
`bot.directory.nearest`: "call before you go", source and date in every answer (CONTENT.md, "Find
the nearest office"); no opening hours, since none are known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.answers.tables import say
from bot.directory.areas import LIMA_METROPOLITAN, Area, area
from bot.directory.nearest import Found, Nearest, nearest
from bot.directory.tables import Office, Service

INTENT_SERVICE: dict[str, Service] = {
    "find_fistrap": "fistrap",
    "find_cem": "cem",
    "find_upe": "upe",
    "find_police": "police",
}
"""Which service a topic looks for."""


@dataclass(frozen=True)
class PlaceAnswer:
    """What is said, and where its facts come from."""

    text: str
    source: str


def office_answer(
    service: Service, code: str, language: str, *, brief: bool = False
) -> PlaceAnswer:
    """The nearest offices of a service for a place, as a message.

    Args:
        service: "fistrap", "cem", "upe" or "police".
        code: INEI code of the person's place.
        language: Of the message.
        brief: Whether only the nearest is told, with "call before you go".

    Raises:
        KeyError: The code names no area.
    """
    here, found = area(code), nearest(service, code)
    if brief:
        found = replace(found, offices=found.offices[:1])
    if service == "fistrap":
        paragraphs = _prosecutor(here, found, language)
    elif service == "police":
        paragraphs = _police(here, found, language)
    else:
        paragraphs = _offices(service, here, found, language)
    if brief and found.offices and service in ("cem", "upe"):
        paragraphs = [_block(found.offices[0], here, language), say("call_first", language)]
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return PlaceAnswer(text, _source_of(found))


def _prosecutor(here: Area, found: Nearest, language: str) -> list[str]:
    if found.fallback == "duty":
        return [say("duty_prosecutor", language, department=here.department)]
    key = "feccor_seat" if found.fallback == "feccor" else "fistrap_seat"
    several = len(found.offices) > 1 and here.code.startswith(LIMA_METROPOLITAN)
    seats = [
        say(
            key,
            language,
            name=one.office.name,
            city=_city(one.office),
            department=here.department,
        )
        for one in found.offices[:1]
    ]
    others = ", ".join(one.office.name for one in found.offices[1:])
    return [
        *seats,
        f"{say('lima_seats', language)} ({others})" if several else others,
        _source(found, language),
    ]


def _offices(service: Service, here: Area, found: Nearest, language: str) -> list[str]:
    if not found.offices:
        if service == "upe":
            return [say("upe_none", language, department=here.department)]
        return [say("cem_none", language, place=here.name)]
    return [
        f"{say(f'{service}_name', language)}\n{say('near_place', language, place=here.name)}",
        *(_block(one, here, language) for one in found.offices),
        say("cem_scope", language) if service == "cem" else "",
        say("call_first", language),
        _source(found, language),
    ]


def _block(one: Found, here: Area, language: str) -> str:
    office = one.office
    district = area(office.ubigeo).name
    if one.kilometres is not None and one.kilometres >= 1:
        where = f"{district}, {say('distance', language, km=_rounded(one.kilometres))}"
    else:
        where = district
    phones = ", ".join(_spaced(phone) for phone in office.phones)
    lines = [
        office.name,
        where if office.exact else say("in_district", language, district=district),
        _shortened(office.address),
        f"{say('phone_label', language)}: {phones}" if phones else say("no_phone", language),
        {
            "itinerant": say("itinerant", language),
            "conflict": say("changed_note", language),
            "": "",
        }[office.warning],
    ]
    return "\n".join(line for line in lines if line)


def _police(here: Area, found: Nearest, language: str) -> list[str]:
    if not found.offices:
        return [say("police_far", language, place=here.province or here.department)]
    exact = not found.fallback
    head = (
        say("police_list", language, district=here.name)
        if exact
        else say("police_none", language, place=here.name)
    )
    names = "\n".join(
        f"- {one.office.name}" + ("" if exact else f" ({area(one.office.ubigeo).name})")
        for one in found.offices
    )
    return [head, names, _source(found, language)]


def _city(office: Office) -> str:
    seat = area(office.ubigeo)
    towns = {"Tambopata": "Puerto Maldonado"}
    return towns.get(seat.district, seat.district)


def _source_of(found: Nearest) -> str:
    return "; ".join(
        sorted({f"{one.office.source}, {one.office.source_date}" for one in found.offices})
    )


def _source(found: Nearest, language: str) -> str:
    first = found.offices[0].office
    if first.source_date in first.source:
        return say("source_line", language, source=first.source, date="").rstrip(" ,")
    return say("source_line", language, source=first.source, date=first.source_date)


def _rounded(kilometres: float) -> str:
    return f"{kilometres:.0f}"


def _spaced(phone: str) -> str:
    """A phone as one reads it: "994 800 535"."""
    if len(phone) == 9:
        return f"{phone[:3]} {phone[3:6]} {phone[6:]}"
    return phone


LONGEST_ADDRESS = 110
"""Characters; the few longer ones are cut at a word and the phone says the rest."""


def _shortened(address: str) -> str:
    if len(address) <= LONGEST_ADDRESS:
        return address
    return address[:LONGEST_ADDRESS].rsplit(" ", 1)[0] + " …"
