"""What a person's text goes through before anything reads it.

Decides that no message can be a command: NUL and lone surrogates go, the text is composed (NFC),
and a leading "/" is replaced, since Rasa takes it as a command even inside its NLU graph. Of marks
piled upon one letter only the first ones stay: putting 16,000 of them in order, as composing does,
takes time that grows with their square.
"""

from __future__ import annotations

import re
import sys
import unicodedata

LONGEST = 16_000
"""Characters of a message that are read; the channels refuse more than 16 kB anyway."""

MOST_MARKS = 30
"""Combining marks upon one letter; more is nobody's spelling (as in Unicode's stream-safe text)."""

_MARKS = "".join(
    sorted(sign for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.combining(sign))
)
_PILE = re.compile(f"([{_MARKS}]{{{MOST_MARKS}}})[{_MARKS}]+")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
_COMMAND = re.compile(r"^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069]*/+")


def clean(text: str) -> str:
    """A message as the stages read it.

    Args:
        text: As it arrived.

    Returns:
        At most `LONGEST` characters, composed, with nothing in it that a program would obey.
    """
    plain = _PILE.sub(r"\1", _UNREADABLE.sub(" ", text[:LONGEST]))
    composed = unicodedata.normalize("NFC", plain)
    return _COMMAND.sub(" ", composed).strip()
