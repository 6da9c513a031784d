"""What the web channel takes and gives: JSON to a turn, a turn to JSON (docs/web-channel.md).

Decides what a message may hold: one of text, choice and location, and an id by which a repeated one
is known.
"""

from __future__ import annotations

import re
from typing import Any

from bot.http.errors import RequestRefused
from bot.text.cleaning import clean
from bot.text.languages import ORIGINAL
from bot.turn import Position, Reply, Turn

CHANNEL = "web"

LONGEST_CHOICE = 64


MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
"""A page's own id of a message, so that one that is sent again is answered once."""


def turn_of(fields: dict[str, Any], conversation: str) -> Turn:
    """The turn of a message.

    Raises:
        RequestRefused: The message holds nothing, too much, or something that is no such thing.
    """
    given = [name for name in ("text", "choice", "location") if fields.get(name) is not None]
    if len(given) != 1:
        raise RequestRefused(400, "bad_request", phrase="error_bad_request")
    identity = fields.get("id", "")
    if not isinstance(identity, str) or not (identity == "" or MESSAGE_ID.fullmatch(identity)):
        raise RequestRefused(400, "bad_id", phrase="error_bad_request")
    turn = Turn(channel=CHANNEL, conversation=conversation, message_id=identity)
    value = fields[given[0]]
    if given[0] == "location":
        turn.position = _position(value)
    elif not isinstance(value, str):
        raise RequestRefused(400, "bad_request", phrase="error_bad_request")
    elif given[0] == "choice":
        turn.choice = value[:LONGEST_CHOICE]
    else:
        turn.text = clean(value)
    return turn


def _position(value: Any) -> Position:
    try:
        latitude, longitude = value["lat"], value["lon"]
        if isinstance(latitude, bool) or isinstance(longitude, bool):
            raise TypeError
        return Position.of(float(latitude), float(longitude))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise RequestRefused(400, "bad_location", phrase="error_bad_request") from None


def body_of(turn: Turn) -> dict[str, Any]:
    """What the page gets for an answered turn."""
    return {
        "replies": [_reply(reply) for reply in turn.replies],
        "language": turn.language or ORIGINAL,
        "urgency": turn.urgency,
        "handoff": turn.handoff,
    }


def _reply(reply: Reply) -> dict[str, Any]:
    return {
        "text": reply.text,
        "topic": reply.topic,
        "choices": [{"id": choice.id, "title": choice.title} for choice in reply.choices],
    }
