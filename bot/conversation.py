"""What is kept of a conversation beside Rasa's tracker: codes, for a day, in Redis.

Decides the keys, their times to live (one table, `RETENTION`), and what erasing means.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.turn import Urgency

KEPT_SECONDS = 24 * 3600

RETENTION: dict[str, int] = {
    "tracker": KEPT_SECONDS,
    "conversation": KEPT_SECONDS,
    "erased": KEPT_SECONDS,
    "message": KEPT_SECONDS,
    "answered": KEPT_SECONDS,
    "site_counts": 92 * 24 * 3600,
    "throttle": 60,
    "address": 60,
    "lock": 10,
    "redaction": KEPT_SECONDS,
    # a hand-off: codes, in the state store
    "case": KEPT_SECONDS,
    "case_of": KEPT_SECONDS,
    "refused": KEPT_SECONDS,
    "desk": KEPT_SECONDS,
    # its words, in the relay store
    "words": 15 * 60,
    "delivery": 15 * 60,
    "once": 15 * 60,
    "sent": 15 * 60,
    "outbox": 15 * 60,
    "closing": 15 * 60,
    "sending": 15,
    "return_address": KEPT_SECONDS,
    # the operators' desk
    "session": 12 * 3600,
    "lockout": 15 * 60,
    "audit": 90 * 24 * 3600,
    "day": 400 * 24 * 3600,
    "account": 0,
}
"""Prefix of a Redis key to the seconds that it lives after it was last written; 0: until an
administrator removes it."""

RECORDS = frozenset({"account", "audit", "day", "site_counts"})
"""Prefixes of records: who may sign in, who did what to which case, counts of a day and of a site.
No conversation, no district and no person is named in them; only they outlive a day."""


@dataclass
class Conversation:
    """Codes of one conversation.

    Attributes:
        language: Of the replies; empty before the first message.
        language_shown: Whether a message of the person's showed it; else it is a page's guess.
        language_chosen: Whether the person asked for it by name.
        choices: Id of a button of the last reply to its code.
        titles: Folded title of a button of the last reply to its id.
        asks: "place" where the last reply asked for one.
        topic: Of the last reply.
        urgency: Highest level so far; falls only when the person says that the danger is over.
        age_group: "adult" or "minor" where the person said so of themselves.
        draft_told: Whether it was said that the language is a draft.
        site: Name of the site through whose widget it came.
    """

    language: str = ""
    language_shown: bool = False
    language_chosen: bool = False
    choices: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    asks: str = ""
    topic: str = ""
    urgency: Urgency = "none"
    age_group: str = ""
    draft_told: bool = False
    site: str = ""


def key(prefix: str, name: str) -> str:
    """A Redis key; the prefix must have a time to live."""
    if prefix not in RETENTION:
        raise KeyError(prefix)
    return f"{prefix}:{name}"


async def load(redis: Any, conversation: str) -> Conversation:
    """The codes of a conversation; a new one where none are kept."""
    stored = await redis.get(key("conversation", conversation))
    if not stored:
        return Conversation()
    row = json.loads(stored)
    known = Conversation.__dataclass_fields__
    return Conversation(**{name: value for name, value in row.items() if name in known})


async def save(redis: Any, conversation: str, kept: Conversation) -> None:
    """Keep the codes of a conversation for a day."""
    await redis.set(
        key("conversation", conversation), json.dumps(asdict(kept)), ex=RETENTION["conversation"]
    )


async def erase(redis: Any, conversation: str) -> None:
    """Forget everything of a conversation but that it was erased.

    The last trace says that a web token is no longer good; it holds no code.
    """
    answered = key("answered", conversation)
    await redis.delete(
        key("conversation", conversation),
        key("tracker", conversation),
        key("throttle", conversation),
        answered,
        *(
            key("message", f"{conversation}:{one.decode()}")
            for one in await redis.smembers(answered)
        ),
    )


async def end_session(redis: Any, conversation: str) -> None:
    """Erase, and remember that the token of this session is no longer good.

    Remembered first: a turn that is still being answered sees it when it is done, and erases what
    it wrote (`bot.channels.web`).
    """
    await redis.set(key("erased", conversation), "1", ex=RETENTION["erased"])
    await erase(redis, conversation)


async def has_ended(redis: Any, conversation: str) -> bool:
    """Whether the session was ended by the person."""
    return bool(await redis.exists(key("erased", conversation)))
