"""Where a message came from, without keeping where: a keyed code of a network, for a day.

Decides that an IPv6 subscriber is known by the /64 that they are given, and an IPv4 one by the
address; that the code is an HMAC with the installation's secret which changes every day, so that
neither two days nor two installations can be joined (law 2).
"""

from __future__ import annotations

from datetime import date
from ipaddress import IPv6Address, ip_address, ip_network

from bot import hours
from bot.privacy.pseudonyms import conversation_id

SUBSCRIBER_BITS = 64
"""Length of the prefix that an IPv6 subscriber gets at least: they choose the rest freely."""

_CODE_DIGITS = 16


def network(address: str) -> str:
    """The network that stands for one subscriber; the text itself where it is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((int(found), SUBSCRIBER_BITS), strict=False))
    return str(found)


def origin_code(secret: str, address: str, day: date | None = None) -> str:
    """The code of an address on a day (today in Lima where none is given); empty for none."""
    if not address:
        return ""
    today = (day or hours.now().date()).isoformat()
    return conversation_id(secret, f"origin {today}", network(address))[:_CODE_DIGITS]
