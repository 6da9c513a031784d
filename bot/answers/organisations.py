"""The answer that names organisations for a place, in words.

Decides what is said of each (what it offers, whom it serves, its institutional contact) within the
length of an answer, that ACNUR and OIM come first where any help is looked for (SOP, Annex 3), and
that those whose contacts in the SOP are persons' are named without one.
"""

from __future__ import annotations

from bot.answers.offices import INTENT_SERVICE, PlaceAnswer
from bot.answers.tables import LONGEST_TEXT, say
from bot.directory.areas import area
from bot.directory.serving import BASIC_NEEDS, FOR_ALL, LEADS, serving
from bot.directory.tables import Organisation

NEEDS: dict[str, tuple[str, ...]] = {"ngo_help": (), "basic_needs": BASIC_NEEDS}
"""Topic that is answered with organisations, to the services that meet it; any where empty."""

BY_PLACE = frozenset({*INTENT_SERVICE, *NEEDS})
"""Topics whose answer depends on where the person is."""

MOST_SERVICES = 4
WORTH_TELLING_FIRST = ("legal", "psychosocial", "lodging", "food")
"""Of the many services of one organisation, where no need is named."""

MOST_CONTACTS = 2
MOST_UNREACHED = 4
BRIEFLY = 2


def organisation_answer(
    topic: str, code: str, language: str, *, brief: bool = False
) -> PlaceAnswer:
    """The organisations for a place, as a message.

    Args:
        topic: One of `NEEDS`.
        code: INEI code of the person's place; empty where it is not known.
        language: Of the message.
        brief: Whether only the first `BRIEFLY` are told.

    Returns:
        At most `LONGEST_TEXT` characters: as many organisations as fit, the best first.

    Raises:
        KeyError: The code names no area.
    """
    needs = NEEDS[topic]
    found = serving(code, needs)
    head = (
        say("org_place", language, place=area(code).name) if code else say("org_country", language)
    )
    unreached = [one.name for one in found.unreached if one.serves in FOR_ALL or code]
    tail = (
        [say("org_unreached", language, names=", ".join(unreached[:MOST_UNREACHED]))]
        if unreached
        else []
    )
    if not needs:
        tail.append(say("org_without_report", language))
    lines: list[str] = []
    told: list[Organisation] = []
    if brief:
        tail = []
    for one in found.reached[: BRIEFLY if brief else None]:
        line = _line(one, needs, language)
        if len(_joined(head, [*lines, line], tail)) > LONGEST_TEXT:
            continue
        lines.append(line)
        told.append(one)
    sources = sorted({one.source for one in told or found.unreached})
    return PlaceAnswer(_joined(head, lines, tail), "; ".join(sources))


def _joined(head: str, lines: list[str], tail: list[str]) -> str:
    return "\n\n".join(["\n".join([head, *lines]), *tail])


def _line(one: Organisation, needs: tuple[str, ...], language: str) -> str:
    first = [name for name in needs or WORTH_TELLING_FIRST if name in one.services]
    services = first if needs else [*first, *(name for name in one.services if name not in first)]
    offered = ", ".join(say(f"service_{name}", language) for name in services[:MOST_SERVICES])
    told_below = one.id in LEADS and not needs
    served = (
        "" if one.serves in FOR_ALL or told_below else f" ({say(f'serves_{one.serves}', language)})"
    )
    return f"- {one.name}{served}: {offered}. {'; '.join(one.contacts[:MOST_CONTACTS])}"
