"""A turn's way: one small file a stage, in the order of `STAGES`.

Decides the order, that the turns of one conversation are answered one after the other, and that
no turn ends in silence: whatever fails or takes too long, the person gets the safe answer (law 5).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from redis.exceptions import RedisError

from bot.privacy import logs
from bot.services import Services
from bot.stages import (
    choose,
    count,
    deduplicate,
    language,
    nothing_to_read,
    opt_out,
    relay,
    respond,
    throttle,
    understand,
)
from bot.stages.context import Context
from bot.stages.order import in_turn
from bot.stages.safe import safe_reply
from bot.stores.client import StoreDown
from bot.turn import Answered, Turn

TURN_SECONDS = 4.5
"""After which the safe answer is given; Twilio waits 15 s, a frightened person less."""

Stage = Callable[[Turn, Context], Awaitable[None]]

STAGES: tuple[Stage, ...] = (
    throttle.run,
    opt_out.run,
    relay.run,
    nothing_to_read.run,
    choose.run,
    language.run,
    understand.run,
    respond.run,
)
"""What each turn goes through, once its conversation is free and its message is known to be new."""

logger = logging.getLogger(__name__)


async def answer(turn: Turn, services: Services) -> Turn:
    """Answer one message.

    Args:
        turn: As a channel made it.
        services: The parts of this process.

    Returns:
        The same turn, with at least one reply.
    """
    words = turn.text
    try:
        with services.handoff.writes_from(turn.conversation, turn.origin):
            async with asyncio.timeout(TURN_SECONDS):
                await _run(turn, services)
    except Exception as error:
        if isinstance(error, RedisError):
            services.store.failed()
        logs.failure(logger, "turn failed", error, channel=turn.channel)
        turn.replies = [safe_reply(turn, words, services)]
    finally:
        turn.text = ""
    if not turn.replies and not turn.relayed:
        logs.event(logger, logging.ERROR, "turn without a reply", channel=turn.channel)
        turn.replies = [safe_reply(turn, words, services)]
    return turn


async def _run(turn: Turn, services: Services) -> None:
    if services.store.down:
        raise StoreDown
    context = Context(services)
    if await deduplicate.known(turn, context):
        return
    try:
        await _answer(turn, context)
    except RedisError:
        raise
    except BaseException:  # also where it took too long
        with suppress(Exception):
            await deduplicate.give_up(turn, context)
        raise
    await deduplicate.remember(turn, context)
    await count.run(turn, context)


async def _answer(turn: Turn, context: Context) -> None:
    async with in_turn(turn.conversation, context.services.redis):
        try:
            await context.load(turn)
            for stage in STAGES:
                await stage(turn, context)
        except Answered:
            pass
        await context.keep(turn)
        await relay.after(turn, context)
