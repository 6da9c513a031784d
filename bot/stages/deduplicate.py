"""A message is answered once, however often the provider delivers it.

Decides that the replies of a message are kept for a day under its id, so that a repeated delivery
gets the same answer again; while the first delivery is still being answered, the second waits.
Erasing a conversation erases them too: their ids are listed under the conversation. A delivery of
a message that came before the erasing gets the short truth, and opens nothing anew.
The replies are Chaski's own texts; no word of the person is in them.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass

from bot.answers.tables import say
from bot.stages.context import Context
from bot.stages.safe import language_of
from bot.stores import conversation as kept
from bot.stores import records
from bot.stores.keys import RETENTION, key
from bot.text.languages import LANGUAGES, ORIGINAL
from bot.turn import Choice, HandOffState, Reply, Turn, Urgency

_PENDING = "pending"
_PENDING_SECONDS = 10
_POLL_SECONDS = 0.1
_POLLS = 40
ERASED = "delete_my_data"
"""Topic of the answer to a message whose conversation was erased."""


@dataclass(frozen=True)
class _Answer:
    """What is kept of an answered message."""

    replies: list[Reply]
    language: str = ""
    urgency: Urgency = "none"
    handoff: HandOffState = "none"
    relayed: bool = False


_WAITS = _Answer([])
"""Stands for the answer of a delivery that is still being answered."""


async def known(turn: Turn, context: Context) -> bool:
    """Whether the message was answered before; then the turn has the replies of that time.

    Raises:
        TimeoutError: Another delivery is being answered and does not end; this one gets the safe
            answer, since two answers are better than none.
    """
    if not turn.message_id:
        return False
    redis, name = context.services.redis, _name(turn)
    if await kept.was_erased(redis, turn.conversation, turn.message_id):
        turn.language = language_of(turn.text, context.services, turn.language or ORIGINAL)
        turn.text = ""
        turn.replies = [Reply(say(ERASED, turn.language), ERASED)]
        return True
    if await redis.set(name, _PENDING, nx=True, ex=_PENDING_SECONDS):
        return False
    for _ in range(_POLLS):
        found = await records.read(redis, name, redis.get(name), _decoded, None)
        if found is None:  # the other delivery failed, or its answer is damaged: answered again
            if await redis.set(name, _PENDING, nx=True, ex=_PENDING_SECONDS):
                return False
        elif found is not _WAITS:
            _restore(turn, found)
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
    if turn.erase:
        await kept.mark_erased(context.services.redis, turn.conversation, turn.message_id)
        await give_up(turn, context)
        return
    row = _Answer(
        replies=turn.replies,
        language=turn.language,
        urgency=turn.urgency,
        handoff=turn.handoff,
        relayed=turn.relayed,
    )
    listed = key("answered", turn.conversation)
    pipeline = context.services.redis.pipeline(transaction=True)
    pipeline.set(_name(turn), json.dumps(asdict(row)), ex=RETENTION["message"])
    pipeline.sadd(listed, turn.message_id)
    pipeline.expire(listed, RETENTION["answered"])
    await pipeline.execute()


async def give_up(turn: Turn, context: Context) -> None:
    """The message was not answered: the next delivery need not wait."""
    if turn.message_id:
        await context.services.redis.delete(_name(turn))


def _decoded(stored: bytes | None) -> _Answer | None:
    if stored is None:
        return None
    if stored == _PENDING.encode():
        return _WAITS
    row = json.loads(stored)
    if row["language"] not in ("", *LANGUAGES) or not isinstance(row["replies"], list):
        raise ValueError("language or replies")
    replies = [
        Reply(str(one["text"]), str(one["topic"]), [Choice(**choice) for choice in one["choices"]])
        for one in row["replies"]
    ]
    return _Answer(
        replies=replies,
        language=row["language"],
        urgency=row.get("urgency", "none"),
        handoff=row.get("handoff", "none"),
        relayed=bool(row.get("relayed")),
    )


def _restore(turn: Turn, found: _Answer) -> None:
    turn.replies, turn.language = found.replies, found.language
    turn.urgency, turn.handoff, turn.relayed = found.urgency, found.handoff, found.relayed


def _name(turn: Turn) -> str:
    return kept.message_key(turn.conversation, turn.message_id)
