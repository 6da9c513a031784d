"""The six languages: the one list that everything else reads.

Decides their order (the order of menus), their own names, which of them are drafts (no native
speaker has reviewed them yet), and how a person asks for one of them.
"""

from __future__ import annotations

import re

from bot.text.folding import fold
from bot.text.lexicon import by_phrase, by_word, word_list

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

_BY_NAME: dict[str, str] = by_word("language_names")
_FILLERS: frozenset[str] = word_list("asking_for_a_language")
_NEGATIONS = word_list("negations")
_GREETINGS: dict[str, str] = by_phrase("greetings")
_SUFFIX = re.compile(r"(pi|ta|manta|wan)$")
_LONGEST_REQUEST = 12
"""Words; a longer message that names a language is about something else."""

_LONGEST_LINE = 400
"""Characters; a longer message is neither a request nor a greeting, whatever words it has."""


def requested(text: str) -> str | None:
    """The language that a message asks for by name.

    "english please", "puedes hablar en creole", "Français" and "runasimipi" ask for one;
    "necesito un interprete de quechua" names one and asks for something else.

    Args:
        text: A message as written.

    Returns:
        A code of `LANGUAGES`, or None where the message asks for none.
    """
    if len(text) > _LONGEST_LINE:
        return None
    words = re.findall(r"\w+", fold(text))
    if not words or len(words) > _LONGEST_REQUEST:
        return None
    named: list[str] = []
    others = 0
    for word in words:
        code = _BY_NAME.get(word) or _BY_NAME.get(_SUFFIX.sub("", word))
        if code:
            named.append(code)
        elif word not in _FILLERS:
            others += 1
    if others or not named:
        return None
    if not _NEGATIONS.isdisjoint(words):
        # "no entiendo español, english please": the last of two is the wish, one alone is none
        return named[-1] if len(set(named)) == 2 else None
    return named[0] if len(set(named)) == 1 else None


def greeted(text: str) -> str | None:
    """The language that a message asks for by being a greeting that only it has: "bonswa".

    Args:
        text: A message as written.

    Returns:
        A code of `LANGUAGES`, or None where the message is anything else.
    """
    if len(text) > _LONGEST_LINE:
        return None
    return _GREETINGS.get(" ".join(re.findall(r"\w+", fold(text))))


def accepted(header: str) -> str:
    """The first of the six languages that a browser asks for (Accept-Language); else Spanish."""
    ranked = []
    for number, part in enumerate(header.split(",")[:20]):
        match = re.match(r"\s*([a-zA-Z]{2,3})(?:-[\w-]+)?(?:\s*;\s*q=([01](?:\.\d+)?))?", part)
        if match and match.group(1).lower() in LANGUAGES:
            ranked.append((-float(match.group(2) or 1), number, match.group(1).lower()))
    return min(ranked)[2] if ranked else ORIGINAL
