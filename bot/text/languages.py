"""The six languages: the one list that everything else reads.

Decides their order (the order of menus), their own names, which of them are drafts (no native
speaker has reviewed them yet), and which a browser asks for.
"""

from __future__ import annotations

import re

ORIGINAL = "es"
"""Answers are written in this language first; the others are translations."""

NAMES: dict[str, str] = {
    "es": "Español",
    "en": "English",
    "pt": "Português",
    "fr": "Français",
    "ht": "Kreyòl ayisyen",
    "qu": "Runasimi",
}
"""Language code (ISO 639-1) to the language's own name, in menu order."""

LANGUAGES: tuple[str, ...] = tuple(NAMES)

DRAFTS: frozenset[str] = frozenset({"ht", "qu"})
"""Languages whose texts no native speaker has reviewed yet."""


def accepted(header: str) -> str:
    """The first of the six languages that a browser asks for (Accept-Language); else Spanish."""
    ranked = []
    for number, part in enumerate(header.split(",")[:20]):
        match = re.match(r"\s*([a-zA-Z]{2,3})(?:-[\w-]+)?(?:\s*;\s*q=([01](?:\.\d+)?))?", part)
        if match and match.group(1).lower() in LANGUAGES:
            ranked.append((-float(match.group(2) or 1), number, match.group(1).lower()))
    return min(ranked)[2] if ranked else ORIGINAL
