"""Settings that are addresses: what they must look like, and whether one can be listened on.

Decides that nonsense is refused at the start instead of meaning something else later: uvicorn
takes a proxy that it cannot read for a name that never occurs, and "*" for everybody.
"""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

WIDEST_NETWORK = {4: 8, 6: 7}
"""Shortest prefix of a network of trusted proxies: a wider one trusts half the internet."""

_NAME = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?"
)
_URL = re.compile(r"[!-~]+")


class AddressError(ValueError):
    """What an address must be; the message holds no password."""


def base_url(value: str) -> str:
    """An address that other addresses begin with, without a slash at its end.

    Raises:
        AddressError: It is none.
    """
    if not value.startswith(("http://", "https://")):
        raise AddressError("must begin with http:// or https://")
    if not _URL.fullmatch(value) or "\\" in value:
        raise AddressError("must have no blanks and ASCII letters only (xn--… for other names)")
    parts = _split(value)
    if parts.username is not None or parts.password is not None:
        raise AddressError("must hold no user name and no password")
    if parts.query or parts.fragment or value.endswith(("?", "#")):
        raise AddressError("must end before '?' and '#'")
    if not parts.hostname or not is_host(parts.hostname):
        raise AddressError("must name a host, like https://chaski.example.org")
    return value.rstrip("/")


def is_plain(url: str) -> bool:
    """Whether what goes to this address can be read on its way."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def store_url(value: str) -> str:
    """The address of a Redis server.

    Raises:
        AddressError: It is none.
    """
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise AddressError("must begin with redis://, rediss:// or unix://")
    parts = _split(value)
    if parts.scheme == "unix" and not parts.path:
        raise AddressError("must name a socket, like unix:///run/valkey/valkey.sock")
    return value


def is_host(value: str) -> bool:
    """Whether a value can be a host: an address, or a name."""
    try:
        ipaddress.ip_address(value.partition("%")[0])
    except ValueError:
        return bool(_NAME.fullmatch(value)) and not re.fullmatch(r"[0-9.]+", value)
    return True


def proxies(value: str) -> str:
    """Addresses and networks of proxies, divided by commas, as uvicorn reads them.

    Raises:
        AddressError: One is none, or trusts everybody.
    """
    found = []
    for one in value.replace(",", " ").split():
        if one == "*":
            raise AddressError(
                "must not be '*': anybody could then write under any address; name the proxy's own "
                "address or network"
            )
        try:
            network = ipaddress.ip_network(one, strict=False)
        except ValueError:
            raise AddressError(
                f"holds addresses and networks like 10.0.0.5, 10.1.0.0/16, not {one[:60]!r}"
            ) from None
        if network.prefixlen < WIDEST_NETWORK[network.version]:
            raise AddressError(f"must not trust a network as wide as {network}")
        found.append(str(network) if "/" in one else one)
    return ",".join(found)


def cannot_listen(host: str, port: int) -> str:
    """Why nothing can listen there; empty where it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        return f"CHASKI_HOST ({host}) is no name that can be found: use an address of this machine."
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is taken: set CHASKI_PORT."
        if error.errno == errno.EACCES:
            return f"Port {port} is not allowed to this user: set CHASKI_PORT to 1024 or more."
        return (
            f"CHASKI_HOST ({host}) is no address of this machine: 127.0.0.1 for itself, 0.0.0.0 "
            "for all of its networks."
        )
    return ""


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise AddressError("has a port or a host that is none") from None
    return parts
