"""What is kept of a conversation beside Rasa's tracker: codes, for a day, in Redis.

Decides what these codes are, and what erasing means.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields

from redis.exceptions import ResponseError

from bot.stores import forgetting, records
from bot.stores.keys import RETENTION, key, trace
from bot.stores.store import Store
from bot.text.languages import LANGUAGES
from bot.turn import URGENCY_LEVELS, Urgency

ERASING_ROUNDS = 3
"""How often erasing looks again for a message that was answered meanwhile."""


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


async def load(redis: Store, conversation: str) -> Conversation:
    """The codes of a conversation; a new one where none are kept, or what is kept is damaged."""
    name = key("conversation", conversation)
    return await records.read(redis, name, redis.get(name), _decoded, Conversation())


def _decoded(stored: bytes | None) -> Conversation:
    """A conversation as it was kept.

    Raises:
        ValueError, TypeError, AttributeError: It is none.
    """
    if not stored:
        return Conversation()
    row = json.loads(stored)
    plain = Conversation()
    found = {one.name: row[one.name] for one in fields(Conversation) if one.name in row}
    for name, value in found.items():
        if type(value) is not type(getattr(plain, name)):
            raise TypeError(name)
        if isinstance(value, dict) and not all(isinstance(one, str) for one in value.values()):
            raise TypeError(name)
    if found.get("urgency", "none") not in URGENCY_LEVELS:
        raise ValueError("urgency")
    if found.get("language", "") not in ("", *LANGUAGES):
        raise ValueError("language")
    return Conversation(**found)


async def save(redis: Store, conversation: str, kept: Conversation) -> None:
    """Keep the codes of a conversation for a day."""
    await redis.set(
        key("conversation", conversation), json.dumps(asdict(kept)), ex=RETENTION["conversation"]
    )


async def erase(redis: Store, conversation: str) -> None:
    """Forget everything of a conversation, also what cannot be read, on the medium too.

    What stays for a day says which messages belonged to something erased, so that a repeated
    delivery opens nothing anew (`was_erased`), and that a web token is no longer good
    (`end_session`). Neither holds a code or names a conversation. (How much was read of it in this
    minute goes by itself: who erases again and again is limited all the same.)
    """
    for _ in range(ERASING_ROUNDS):
        messages = await _answered(redis, conversation)
        pipeline = redis.pipeline(transaction=True)
        for message in messages:
            pipeline.set(_erased(conversation, message), "1", ex=RETENTION["erased_message"])
            pipeline.delete(message_key(conversation, message))
        if messages:
            pipeline.srem(key("answered", conversation), *messages)
        pipeline.delete(
            key("conversation", conversation),
            key("tracker", conversation),
            key("throttle", conversation),
        )
        forgetting.erases(pipeline)
        await pipeline.execute()
        if not messages:  # none was answered meanwhile
            return


async def _answered(redis: Store, conversation: str) -> list[str]:
    """Ids of the messages whose replies are kept; where the list is damaged, by their keys."""
    name = key("answered", conversation)
    try:
        return [one.decode() for one in await redis.smembers(name)]
    except (ResponseError, UnicodeDecodeError) as error:
        if not records.damaged(error):
            raise
        records.note(name, error)
    await redis.delete(name)
    start = message_key(conversation, "")
    found = redis.scan_iter(match=f"{start}*", count=1000)
    return [one.decode().removeprefix(start) async for one in found]


async def mark_erased(redis: Store, conversation: str, message: str) -> None:
    """Remember of a message only that it belongs to something erased."""
    await redis.set(_erased(conversation, message), "1", ex=RETENTION["erased_message"])


async def was_erased(redis: Store, conversation: str, message: str) -> bool:
    """Whether a message belongs to something that was erased."""
    return bool(await redis.exists(_erased(conversation, message)))


def _erased(conversation: str, message: str) -> str:
    return key("erased_message", trace(conversation, message))


async def end_session(redis: Store, conversation: str) -> None:
    """Erase, and remember that the token of this session is no longer good.

    Remembered first: a turn that is still being answered sees it when it is done, and erases what
    it wrote (`bot.channels.web`).
    """
    await redis.set(_ended(conversation), "1", ex=RETENTION["erased"])
    await erase(redis, conversation)


async def has_ended(redis: Store, conversation: str) -> bool:
    """Whether the session was ended by the person."""
    return bool(await redis.exists(_ended(conversation)))


def message_key(conversation: str, message: str) -> str:
    """Under which the replies to a message are kept for its next delivery."""
    return key("message", f"{conversation}:{message}")


def _ended(conversation: str) -> str:
    return key("erased", trace(conversation))
