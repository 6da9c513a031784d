"""What comes to a web page without being asked for: operators' messages, changes of the hand-off.

Decides the form of the events (docs/web-channel.md): server-sent events that resume after the last
one that the page has seen, beginning with the state of the hand-off; a comment now and then, so
that a dead connection is noticed; the end when the session is erased, over, or the app stops.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

from bot.answers.tables import choice_title, say
from bot.handoff.entries import Entry, for_person
from bot.handoff.signals import signalled
from bot.http.events import COMMENT, event, retry
from bot.services import Services
from bot.stores import conversation as kept
from bot.text.languages import ORIGINAL

COMMENT_SECONDS = 15.0
"""Between comments on a quiet stream."""

RETRY_MILLISECONDS = 2000

LEAVES = {"waiting": "handoff_withdraw", "active": "handoff_leave"}
"""What a page may offer in each state; the ids are good as long as the state is."""


async def stream(
    services: Services, conversation: str, after: str, still_good: Callable[[], bool]
) -> AsyncGenerator[str, None]:
    """The events of a conversation, for ever.

    Args:
        services: The parts of this process.
        conversation: Its pseudonym.
        after: Id of the last event that the page has seen; empty for all that is kept.
        still_good: Whether the session's token has not expired.
    """
    handoff = services.handoff
    with handoff.relay_signals.listening(conversation) as signal:
        yield retry(RETRY_MILLISECONDS)
        case = await handoff.case_of(conversation)
        language = case.language if case else ORIGINAL
        yield event("handoff", _state(case.state if case else "none", "", "", language))
        commented = time.monotonic()
        while not handoff.relay_signals.ending:
            found = for_person(await handoff.entries(conversation, after))
            for entry in found:
                yield event(*_told(entry), identity=entry.id)
                after = entry.id
                await handoff.delivered(conversation, entry.id)
            if not found and time.monotonic() - commented >= COMMENT_SECONDS:
                if not still_good() or await kept.has_ended(services.redis, conversation):
                    yield event("end", {})
                    return
                yield COMMENT
                commented = time.monotonic()
            await signalled(signal)


def _told(entry: Entry) -> tuple[str, dict[str, Any]]:
    if entry.kind == "operator":
        return "message", {"from": "operator", "text": entry.text}
    language = entry.language or ORIGINAL
    return "handoff", _state(entry.state, entry.text, say(entry.text, language), language)


def _state(state: str, code: str, text: str, language: str) -> dict[str, Any]:
    leave = LEAVES.get(state)
    choices = [{"id": leave, "title": choice_title(leave, language)}] if leave else []
    return {"handoff": state, "code": code, "text": text, "choices": choices, "language": language}
