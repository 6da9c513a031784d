"""Counters of the site whose widget a conversation came through: codes only, and never in the way.

Decides that a conversation which came through no site is not counted, that a repeated delivery is
not counted twice (it never comes here), and that a counter which fails costs nobody an answer.
"""

from __future__ import annotations

import logging

from bot.privacy import logs
from bot.stages.context import Context
from bot.turn import Turn
from bot.widget import counts

logger = logging.getLogger(__name__)


async def run(turn: Turn, context: Context) -> None:
    """Count an answered turn."""
    site = context.conversation.site
    if not site:
        return
    fields = [counts.SESSIONS] if turn.site else [counts.MESSAGES, f"urgency:{turn.urgency}"]
    if not turn.site:
        fields.append(f"language:{turn.language}")
        fields.extend({f"topic:{reply.topic}" for reply in turn.replies})
        if turn.handoff != "none":
            fields.append(f"handoff:{turn.handoff}")
    try:
        await counts.add(context.services.redis, site, fields)
    except Exception as error:
        logs.failure(logger, "not counted", error, channel=turn.channel)
