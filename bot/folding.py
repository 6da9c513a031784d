"""How text is compared: without case, accents, or the many forms of one apostrophe.

Decides nothing about meaning. Used wherever a person's spelling meets a table: places, cues,
choices, language names.
"""

from __future__ import annotations

import re
import unicodedata

_WORDS = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ı": "i"})


def fold(text: str) -> str:
    """Lower case without combining marks.

    Args:
        text: Any text.

    Returns:
        The folded text; its length may differ from that of the argument.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation dropped ("d'eau" is "d", "eau")."""
    return _WORDS.findall(fold(text))
