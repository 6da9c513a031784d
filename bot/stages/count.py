"""Counters of the site whose widget a conversation came through: codes only, and never in the way.

Decides that a conversation which came through no site is not counted, that a repeated delivery is
not counted twice (it never comes here), and that a counter which fails costs nobody an answer.
"""

from __future__ import annotations

import logging

from bot.privacy import logs
from bot.stages.context import Context
from bot.stores import site_counts
from bot.turn import Turn

logger = logging.getLogger(__name__)


async def run(turn: Turn, context: Context) -> None:
    """Count an answered turn."""
    site = context.conversation.site
    if not site:
        return
    fields = (
        [site_counts.SESSIONS] if turn.site else [site_counts.MESSAGES, f"urgency:{turn.urgency}"]
    )
    if not turn.site:
        fields.append(f"language:{turn.language}")
        fields.extend({f"topic:{reply.topic}" for reply in turn.replies})
        if turn.handoff != "none":
            fields.append(f"handoff:{turn.handoff}")
    try:
        await site_counts.add(context.services.redis, site, fields)
    except Exception as error:
        logs.failure(logger, "not counted", error, channel=turn.channel)
