"""A limit of messages a minute for each conversation with the bot.

Decides that even beyond it nobody is met with silence: on WhatsApp and SMS the answer is short,
costs no model, and begins with the emergency numbers; the web gets 429 (`bot.channels.web`). What
goes to an operator is not counted: it would be lost there without a word.
"""

from __future__ import annotations

from bot.answers.tables import say
from bot.stages.context import Context
from bot.stages.safe import language_of
from bot.stores.limits import count
from bot.turn import Answered, Turn


async def run(turn: Turn, context: Context) -> None:
    """Count the message; answer shortly where there are too many."""
    (found,) = await count(context.services.redis, [("throttle", turn.conversation, 1)])
    if found > context.services.settings.conversation_per_minute:
        refuse(turn, context)


def refuse(turn: Turn, context: Context) -> None:
    """End the turn with the numbers.

    Raises:
        Answered: Always.
    """
    turn.language = context.conversation.language or language_of(turn.text, context.services)
    turn.throttled = True
    context.reply(turn, say("repeat_limit", turn.language), "repeat_limit")
    raise Answered
