"""The attributes of the widget's tag that a page of ours takes from its address.

Decides which there are and what may stand in them (docs/embed.md tells an organisation the same);
what does not fit is left out, so that nothing of an address ends up in a page otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from bot.text.languages import LANGUAGES

ALLOWED: dict[str, re.Pattern[str]] = {
    "lang": re.compile("|".join(LANGUAGES)),
    "accent": re.compile(r"#(?:[\da-fA-F]{3}){1,2}"),
    "region": re.compile(r"(?:\d\d){1,3}"),
    "position": re.compile("right|left"),
    "open": re.compile("open"),
    "title": re.compile(r"[^\x00-\x1f]{1,40}"),
    "icon": re.compile("chat|info|help|page"),
    "exit": re.compile(r"https://[^\s\x00-\x1f]{1,200}"),
    "keep": re.compile("tab"),
    "site": re.compile(r"[a-z0-9][a-z0-9-]{0,31}"),
}


def of_query(query: Mapping[str, str]) -> dict[str, str]:
    """The attributes of an address that may stand in a tag."""
    return {
        name: query[name]
        for name, allowed in ALLOWED.items()
        if name in query and allowed.fullmatch(query[name])
    }


def tag(attributes: Mapping[str, str]) -> str:
    """The script tag of a page of ours."""
    written = "".join(f' data-{name}="{escape(value)}"' for name, value in attributes.items())
    return f'<script type="module" src="/widget.js"{written}></script>'
