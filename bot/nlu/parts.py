"""Parts of a message that are read for danger by themselves, since the whole may drown them.

Decides where a message is parted: sentences, clauses, and of a long one its end and a window around
the strongest cue.
"""

from __future__ import annotations

import re

from bot.nlu.cues import Reading
from bot.nlu.vectors import WINDOW
from bot.text.folding import words
from bot.text.lexicon import alternatives

MOST_SENTENCES = 4


SHORTEST_SENTENCE = 3
"""Words."""


LONGEST_ENDING = 80
"""Characters of the last sentences of a long message that are read together."""


SHORTEST_CLAUSE = 4
"""Words."""


_SENTENCE = re.compile(r"[.?!;\n…]+")


_CLAUSE = re.compile(rf"[.?!;,:\n…]+|\b(?:{alternatives('because')})\b", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a message that has several: "¿Qué hace un CEM? Es que me quiere matar."

    Returns:
        At most `MOST_SENTENCES`, those of `SHORTEST_SENTENCE` words and more; nothing where there
        are fewer than two.
    """
    found = [part for part in _SENTENCE.split(text) if len(words(part)) >= SHORTEST_SENTENCE]
    return found[-MOST_SENTENCES:] if len(found) > 1 else []


def clauses(text: str) -> list[str]:
    """The clauses of a message, parted by commas and by words for "because".

    Returns:
        At most `MOST_SENTENCES`, those of `SHORTEST_CLAUSE` words and more; nothing where the
        message is one clause.
    """
    parts = [part for part in _CLAUSE.split(text) if part.strip()]
    if len(parts) < 2:
        return []
    return [part for part in parts if len(words(part)) >= SHORTEST_CLAUSE][-MOST_SENTENCES:]


def _endings(text: str) -> list[str]:
    """What stands at the end by itself: the last sentence, and the last few if they are short."""
    parts = [part.strip() for part in _SENTENCE.split(text[-WINDOW:]) if part.strip()]
    if not parts:
        return [text[-WINDOW:]]
    few = parts[-1]
    for part in reversed(parts[:-1]):
        if len(part) + len(few) > LONGEST_ENDING:
            break
        few = f"{part}. {few}"
    return [parts[-1]] if few == parts[-1] else [parts[-1], few]


def windows(text: str, reading: Reading) -> list[str]:
    """What of a long message is read beside its head: its end, and around the strongest cue.

    Returns:
        Nothing where the head is the whole message.
    """
    if len(text) <= WINDOW:
        return []
    found = [text[-WINDOW:], *_endings(text)]
    active = reading.active("urgent") or reading.active("high")
    if active:
        strongest = min(active, key=lambda cue: cue.rank)
        middle = reading.starts[min(strongest.start, len(reading.starts) - 1)]
        start = max(0, middle - WINDOW // 3)
        if start > WINDOW // 3 and start + WINDOW < len(text):
            found.append(text[start : start + WINDOW])
    return found
