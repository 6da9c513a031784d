"""Where a message came from, without keeping where: a keyed code of a network, for a day.

Decides what counts as one address: an IPv4 address; of IPv6 the first 64 bits, since whoever has
one address there has all that begin alike. An IPv4 address written as IPv6 is the IPv4 address.
Decides that the code is an HMAC with the installation's secret which changes every day, so that
neither two days nor two installations can be joined (law 2).
"""

from __future__ import annotations

import ipaddress
from datetime import date

from bot import hours
from bot.privacy.pseudonyms import conversation_id

PREFIX = 64
"""Bits of an IPv6 address that its holder does not choose."""

_CODE_DIGITS = 16


def network(address: str) -> str:
    """What is counted as one address.

    Args:
        address: As the server tells it; anything else than an address stands for itself.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, PREFIX), strict=False))


def origin_code(secret: str, address: str, day: date | None = None) -> str:
    """The code of an address on a day.

    Args:
        secret: The installation's secret.
        address: As the server tells it; not kept.
        day: Today in Lima where None.

    Returns:
        16 hexadecimal digits; nothing where there is no address.
    """
    if not address:
        return ""
    today = (day or hours.today()).isoformat()
    return conversation_id(secret, f"origin {today}", network(address))[:_CODE_DIGITS]
