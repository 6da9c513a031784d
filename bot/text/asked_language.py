"""Which language a message asks for: by its name, or by a greeting that only it has.

Decides that a request names one language and holds nothing but words around it: "necesito un
interprete de quechua" asks for something else.
"""

from __future__ import annotations

import re

from bot.text import lexicon
from bot.text.folding import fold

_BY_NAME = lexicon.by_language("language_names")
_ENDING = re.compile(rf"(?:{lexicon.alternatives('language_endings')})$")
_FILLERS = lexicon.entries("asking_for_a_language")
_NEGATIONS = lexicon.entries("negations")
_GREETINGS = lexicon.by_language("greetings")
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
        code = _BY_NAME.get(word) or _BY_NAME.get(_ENDING.sub("", word))
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
