""" "STOP": no more messages, by one word, whatever else is broken in understanding.

Decides the words that stop or erase at once, in any language, without the model (law 6). The same
wishes in a sentence are understood as the intents `opt_out` and `delete_my_data`.
"""

from __future__ import annotations

from bot.stages.context import Context
from bot.text.folding import words
from bot.text.lexicon import entries
from bot.turn import Turn, Understanding

LONGEST_WORD = 40
"""Characters of a message that is one word."""

STOP_WORDS = entries("stop")
ERASE_WORDS = entries("erase")


async def run(turn: Turn, context: Context) -> None:
    """Take a lone word as the wish that it is."""
    del context
    if len(turn.text) > LONGEST_WORD:
        return
    found = words(turn.text)
    if len(found) != 1:
        return
    for wish, known in (("opt_out", STOP_WORDS), ("delete_my_data", ERASE_WORDS)):
        if found[0] in known:
            turn.understanding = Understanding(intent=wish)
