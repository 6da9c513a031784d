"""A limit of what reading may cost a minute, for each conversation and each address.

Decides that cost is told by characters, since the work grows with them (`bot.work`), and counted
for the conversation and, on the web, for the address that it comes from; and that only long
messages count and are refused for it, with the short answer that begins with the numbers. A short
one is always read: it costs little, the messages of a minute are limited already
(`bot.stages.throttle`), and it may be a plea. What goes to an operator is not read and costs
nothing.
"""

from __future__ import annotations

from bot.nlu.reading_queue import SHORT
from bot.stages.context import Context
from bot.stages.throttle import refuse
from bot.stores.limits import count
from bot.turn import Turn


async def run(turn: Turn, context: Context) -> None:
    """Count the characters of a long message that is about to be read."""
    characters = len(turn.text)
    if turn.understanding is not None or characters <= SHORT:
        return
    settings = context.services.settings
    counts = [("reading", turn.conversation, characters)]
    limits = [settings.conversation_characters_per_minute]
    if turn.origin:
        counts.append(("address_reading", turn.origin, characters))
        limits.append(settings.address_characters_per_minute)
    found = await count(context.services.redis, counts)
    if any(now > most for now, most in zip(found, limits, strict=True)):
        refuse(turn, context)
