"""How text is compared: without case, accents, or the many forms of one apostrophe.

Decides nothing about meaning. Used wherever a person's spelling meets a table: places, cues,
choices, language names.
"""

from __future__ import annotations

import itertools
import re
import unicodedata

GROWTH = 2
"""Times its own length that a folded text may have: one sign of Unicode folds to eighteen letters.
Short texts of such signs keep them all (`LEAST_KEPT` characters)."""

LEAST_KEPT = 200

_WORDS = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ı": "i"})


def fold(text: str) -> str:
    """Lower case without combining marks.

    Args:
        text: Any text.

    Returns:
        The folded text; its length may differ from that of the argument, up to `GROWTH` times.
    """
    if text.isascii():  # most text: nothing to take apart
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    kept = max(LEAST_KEPT, GROWTH * len(text))
    return "".join(
        itertools.islice((one for one in decomposed if not unicodedata.combining(one)), kept)
    )


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation dropped ("d'eau" is "d", "eau")."""
    return _WORDS.findall(fold(text))
