"""What is kept of a conversation beside Rasa's tracker: codes, for a day, in Redis.

Decides what these codes are, and what erasing means.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.privacy.forgetting import erased
from bot.stores.keys import RETENTION, key, trace
from bot.turn import Urgency


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
    """Forget everything of a conversation but that it was erased, on the medium too.

    The last trace says that a web token is no longer good; it holds no code and no pseudonym. (How
    much was read of it in this minute goes by itself: who erases again and again is limited all the
    same.)
    """
    answered = key("answered", conversation)
    pipeline = redis.pipeline(transaction=True)  # a turn that ends meanwhile is listed anew
    pipeline.smembers(answered)
    pipeline.delete(
        key("conversation", conversation),
        key("tracker", conversation),
        key("throttle", conversation),
        answered,
    )
    await erased(pipeline)
    listed = (await pipeline.execute())[0]
    if listed:
        await redis.delete(*(message_key(conversation, one.decode()) for one in listed))


async def end_session(redis: Any, conversation: str) -> None:
    """Erase, and remember that the token of this session is no longer good.

    Remembered first: a turn that is still being answered sees it when it is done, and erases what
    it wrote (`bot.channels.web`).
    """
    await redis.set(_erased_key(conversation), "1", ex=RETENTION["erased"])
    await erase(redis, conversation)


async def has_ended(redis: Any, conversation: str) -> bool:
    """Whether the session was ended by the person."""
    return bool(await redis.exists(_erased_key(conversation)))


def message_key(conversation: str, message: str) -> str:
    """Under which the replies to a message are kept for its next delivery.

    It names nobody: the replies to the wish to be erased outlive the erasing.
    """
    return key("message", trace(conversation, message))


def _erased_key(conversation: str) -> str:
    return key("erased", trace(conversation))
