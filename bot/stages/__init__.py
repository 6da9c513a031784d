"""A turn's way: one small file a stage, in the order of `STAGES`.

Decides the order, that the turns of one conversation are answered one after the other, and that
no turn ends in silence (law 5). There are three ways down: with the state store, once more where
one of the conversation's records was damaged and could be removed; without the store, as if the
message were the first; and the safe answer, which needs nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from redis.exceptions import ResponseError

from bot.handoff.service import writes_from
from bot.handoff.words import RelayClosed
from bot.privacy import logs
from bot.services import Services
from bot.stages import (
    budget,
    choose,
    count,
    deduplicate,
    hand_over,
    language,
    nothing_to_read,
    opt_out,
    respond,
    stateless,
    throttle,
    understand,
)
from bot.stages.context import Context
from bot.stages.order import in_turn
from bot.stages.safe import safe_reply
from bot.stores.client import StoreDown, unreachable
from bot.stores.records import mend
from bot.turn import Answered, Turn

TURN_SECONDS = 3.6
"""After which the message is answered without the store; Twilio waits 15 s, a frightened person
less."""

WITHOUT_STORE_SECONDS = 0.9
"""After which, again, the safe answer is given."""

Stage = Callable[[Turn, Context], Awaitable[None]]

STAGES: tuple[Stage, ...] = (
    opt_out.run,
    hand_over.run,
    throttle.run,
    nothing_to_read.run,
    choose.run,
    language.run,
    budget.run,
    understand.run,
    respond.run,
)
"""What each turn goes through, once its conversation is free and its message is known to be new."""

logger = logging.getLogger(__name__)


async def answer(turn: Turn, services: Services) -> Turn:
    """Answer one message.

    Args:
        turn: As a channel made it; its words are gone afterwards.
        services: The parts of this process.

    Returns:
        The answered turn, with at least one reply unless it was handed to an operator.
    """
    try:
        with writes_from(turn.origin):
            answered = await _with_store(turn, services)
            if isinstance(answered, Turn):
                return answered
            return await _without_store(turn, services, note=answered)
    finally:
        turn.text = ""


async def _with_store(came: Turn, services: Services) -> Turn | stateless.Note:
    """The answered turn, or what did not work."""
    note: stateless.Note = "without_store"
    try:
        async with asyncio.timeout(TURN_SECONDS):
            turn = await _mended(came, services)
        if turn.replies or turn.relayed:
            return turn
        logs.event(logger, logging.ERROR, "turn without a reply", channel=came.channel)
    except RelayClosed as error:
        logs.failure(logger, "words not handed over", error, channel=came.channel)
        note = "not_handed_over"
    except Exception as error:
        if unreachable(error):
            services.store.failed()
        logs.failure(logger, "turn failed", error, channel=came.channel)
    return note


async def _mended(came: Turn, services: Services) -> Turn:
    turn = replace(came, replies=[])
    try:
        await _run(turn, services)
    except Exception as error:
        if not _about_a_record(error) or not await mend(services.redis, came.conversation):
            raise
        turn = replace(came, replies=[])
        await _run(turn, services)
    finally:
        turn.text = ""
    return turn


def _about_a_record(error: BaseException | None) -> bool:
    """Whether Redis refused what was asked of one key."""
    if unreachable(error):
        return False
    while error is not None and not isinstance(error, ResponseError):
        error = error.__cause__
    return error is not None


async def _without_store(came: Turn, services: Services, note: stateless.Note) -> Turn:
    turn = replace(came, replies=[])
    try:
        async with asyncio.timeout(WITHOUT_STORE_SECONDS):
            await stateless.answer(turn, services, note)
    except Exception as error:
        logs.failure(logger, "turn without the store failed", error, channel=came.channel)
        turn.replies = [safe_reply(turn, came.text, services)]
    finally:
        turn.text = ""
    if note == "not_handed_over":
        turn.handoff = "active"
    return turn


async def _run(turn: Turn, services: Services) -> None:
    if services.store.down:
        raise StoreDown
    context = Context(services)
    if await deduplicate.known(turn, context):
        return
    try:
        await _answer(turn, context)
    except BaseException as error:  # also where it took too long
        if not unreachable(error):
            with suppress(Exception):
                await deduplicate.give_up(turn, context)
        raise
    try:
        await deduplicate.remember(turn, context)
    except Exception as error:  # the answer is there all the same
        logs.failure(logger, "answer not remembered", error, channel=turn.channel)
        if _about_a_record(error):
            await mend(services.redis, turn.conversation)
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
        await hand_over.after(turn, context)
