"""A message is answered once, however often the provider delivers it.

Decides that the replies of a message are kept for a day under its id, so that a repeated delivery
gets the same answer again; while the first delivery is still being answered, the second waits.
Erasing a conversation erases them too: their ids are listed under the conversation. Those to the
wish itself stay for its next delivery, under a key that leads to nobody.
The replies are Chaski's own texts; no word of the person is in them.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Any

from bot.stages.context import Context
from bot.stores.conversation import message_key
from bot.stores.keys import RETENTION, key
from bot.turn import Choice, Reply, Turn

_PENDING = "pending"
_PENDING_SECONDS = 10
_POLL_SECONDS = 0.1
_POLLS = 40


async def known(turn: Turn, context: Context) -> bool:
    """Whether the message was answered before; then the turn has the replies of that time.

    Raises:
        TimeoutError: Another delivery is being answered and does not end; this one gets the safe
            answer, since two answers are better than none.
    """
    if not turn.message_id:
        return False
    redis, name = context.services.redis, _name(turn)
    if await redis.set(name, _PENDING, nx=True, ex=_PENDING_SECONDS):
        return False
    for _ in range(_POLLS):
        stored = await redis.get(name)
        if stored is None:  # the other delivery failed: this one is answered
            if await redis.set(name, _PENDING, nx=True, ex=_PENDING_SECONDS):
                return False
        elif stored.decode() != _PENDING:
            _restore(turn, json.loads(stored))
            return True
        await asyncio.sleep(_POLL_SECONDS)
    raise TimeoutError


async def remember(turn: Turn, context: Context) -> None:
    """Keep the replies for the next delivery of the same message."""
    if not turn.message_id:
        return
    if turn.throttled:  # to be sent again later, and answered then
        await give_up(turn, context)
        return
    row = {
        "replies": [asdict(reply) for reply in turn.replies],
        "language": turn.language,
        "urgency": turn.urgency,
        "handoff": turn.handoff,
        "relayed": turn.relayed,
    }
    listed = key("answered", turn.conversation)
    pipeline = context.services.redis.pipeline(transaction=True)
    pipeline.set(_name(turn), json.dumps(row), ex=RETENTION["message"])
    if not turn.erase:
        pipeline.sadd(listed, turn.message_id)
        pipeline.expire(listed, RETENTION["answered"])
    await pipeline.execute()


async def give_up(turn: Turn, context: Context) -> None:
    """The message was not answered: the next delivery need not wait."""
    if turn.message_id:
        await context.services.redis.delete(_name(turn))


def _restore(turn: Turn, row: dict[str, Any]) -> None:
    turn.language = row["language"]
    turn.urgency, turn.handoff = row.get("urgency", "none"), row.get("handoff", "none")
    turn.relayed = bool(row.get("relayed"))
    turn.replies = [
        Reply(one["text"], one["topic"], [Choice(**choice) for choice in one["choices"]])
        for one in row["replies"]
    ]


def _name(turn: Turn) -> str:
    return message_key(turn.conversation, turn.message_id)
