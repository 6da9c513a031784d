"""Which address a request came from, without keeping it.

Decides what counts as one address: an IPv4 address; of IPv6 the first 64 bits, since whoever has
one address there has all that begin alike. An IPv4 address written as IPv6 is the IPv4 address.
"""

from __future__ import annotations

import ipaddress

from bot.privacy.pseudonyms import conversation_id

PREFIX = 64
"""Bits of an IPv6 address that its holder does not choose."""


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


def address_id(secret: str, address: str) -> str:
    """The pseudonym of an address.

    Args:
        secret: The installation's secret.
        address: As the server tells it; not kept.

    Returns:
        32 hexadecimal digits.
    """
    return conversation_id(secret, "address", network(address))
