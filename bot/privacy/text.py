"""What a person's text goes through before anything reads it.

Decides that no message can be a command: NUL and lone surrogates go, the text is composed (NFC),
and a leading "/" is replaced, since Rasa takes it as a command even inside its NLU graph.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 16_000
"""Characters of a message that are read; the channels refuse more than 16 kB anyway."""

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
_COMMAND = re.compile(r"^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069]*/+")


def clean(text: str) -> str:
    """A message as the stages read it.

    Args:
        text: As it arrived.

    Returns:
        At most `LONGEST` characters, composed, with nothing in it that a program would obey.
    """
    composed = unicodedata.normalize("NFC", _UNREADABLE.sub(" ", text[:LONGEST]))
    return _COMMAND.sub(" ", composed).strip()
