"""The sites that may embed the widget: a name, the origins of their pages, a key to their counts.

Decides how they are written in the settings (`name=https://a.example,https://b.example …`), that a
page of any other origin is refused, and that the key which shows a site's counts is derived from
the installation's secret, so that none is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(?::\d{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::\d+)?")
_KEY_BYTES = 18


class SiteError(ValueError):
    """The setting is malformed; the message is for the administrator."""


@dataclass(frozen=True)
class Site:
    """An organisation's site.

    Attributes:
        name: As its tag has it (`data-site`); public.
        origins: Scheme, host and port of its pages.
    """

    name: str
    origins: tuple[str, ...]


def parse(value: str) -> tuple[Site, ...]:
    """Read the setting.

    Args:
        value: Entries divided by spaces or semicolons.

    Raises:
        SiteError: A name or an origin cannot be used.
    """
    sites: dict[str, Site] = {}
    for entry in re.split(r"[\s;]+", value.strip()):
        if not entry:
            continue
        name, equals, listed = entry.partition("=")
        origins = tuple(one.lower().rstrip("/") for one in listed.split(",") if one)
        if not equals or not _NAME.fullmatch(name) or not origins:
            raise SiteError(f"{entry!r} is not like name=https://www.example.org")
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise SiteError(
                    f"{origin!r} is no origin: https:// and a host, no path "
                    "(http:// for this machine only)"
                )
        if name in sites:
            raise SiteError(f"{name!r} stands twice")
        sites[name] = Site(name, origins)
    return tuple(sites.values())


def counts_key(secret: str, name: str) -> str:
    """The key with which a site sees its counts.

    Args:
        secret: The installation's secret.
        name: Of the site.
    """
    proof = hmac.new(secret.encode(), f"site counts\0{name}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(proof[:_KEY_BYTES]).decode()


def site_of_key(secret: str, sites: tuple[Site, ...], key: str) -> Site | None:
    """The site whose counts a key shows; None where it is no site's."""
    for site in sites:
        if hmac.compare_digest(counts_key(secret, site.name).encode(), key.encode()):
            return site
    return None
