"""Media, empty messages and positions: what needs no understanding.

Decides that media are declined kindly and never fetched (voice notes are usual on WhatsApp: the
decline carries the numbers), and that a shared position becomes a district and is forgotten.
"""

from __future__ import annotations

from bot.directory.nearest import district_at
from bot.stages.context import Context
from bot.stages.safe import language_of
from bot.turn import Answered, PlaceReading, Turn, Understanding


async def run(turn: Turn, context: Context) -> None:
    """Answer what holds no words; turn a position into a place."""
    if turn.position is not None:
        code = district_at(turn.position.latitude, turn.position.longitude)
        turn.position = None
        turn.understanding = Understanding(
            intent="give_place" if code else "position_outside",
            place=PlaceReading(code=code),
        )
        return
    if turn.text or turn.choice or turn.understanding is not None:
        return
    topic = "media_declined" if turn.media else "empty_message"
    turn.language = context.conversation.language or language_of("", context.services)
    context.answer(turn, topic)
    raise Answered
