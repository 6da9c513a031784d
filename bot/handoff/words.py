"""The words of open hand-offs: in the relay store, in memory only, and gone at the end (law 1).

Decides what a conversation's stream holds while a case is active (what each side wrote, and codes
of notices), that it is capped in length and age, that nothing is written into it before the store
was seen to keep nothing on disk and to be another one than the state store, that a message which is
told twice is kept once, and that closing deletes both sides' words as soon as what was on its way
has arrived, or `CLOSING_SECONDS` later.

Ages, deadlines and trimming go by the store's clock, not by each process's.

How a message for the person fares is kept beside it: "queued" (nothing sent yet), "sending"
(marked before Twilio is called), then "sent", "delivered", "failed:CODE", or "unknown" where the
process died in between. Only what is "queued" is ever sent.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError, ResponseError

from bot.handoff import topics
from bot.handoff.entries import Entry, Kind, brought_by, read_entries
from bot.handoff.topics import CHANNEL
from bot.privacy import logs
from bot.stores import records
from bot.stores.client import Health, StoreDown, unreachable
from bot.stores.keys import RETENTION, key
from bot.stores.kinds import RELAY, Facts, facts, refusal, same
from bot.stores.lua import script
from bot.stores.store import Script, Store
from bot.turn import Channel

LONGEST_STREAM = 200
"""Entries of one conversation."""

CLOSING_SECONDS = 10.0
CHECK_SECONDS = 60.0
"""How often the store is looked at again: is it still one for words?"""

OUTBOX = key("outbox", "waiting")
CLOSING = key("closing", "waiting")
SCRIPTS = Path(__file__).parent / "scripts"


logger = logging.getLogger(__name__)


class RelayClosed(Exception):
    """Words cannot be written: the store keeps them on disk, does not say, or does not answer."""


class Relay:
    """The relay store; `state` is the other one, which must be another server."""

    def __init__(self, redis: Store, state: Store) -> None:
        self._redis, self._state = redis, state
        self._append = script(redis, SCRIPTS, "append")
        self._erase = script(redis, SCRIPTS, "erase")
        self._drained = script(redis, SCRIPTS, "drained")
        self._delivered = script(redis, SCRIPTS, "delivered")
        self._mark = script(redis, SCRIPTS, "mark")
        self._checked = float("-inf")
        self._health = Health(redis)

    async def check(self) -> None:
        """See that the store is one for words (`bot.stores.kinds`), every `CHECK_SECONDS`.

        Raises:
            RelayClosed: It is not, or does not say.
            redis.exceptions.RedisError: It does not answer.
        """
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return
        found = await facts(self._redis)
        if refusal(RELAY, found):
            self._checked = float("-inf")
            logs.event(
                logger,
                logging.ERROR,
                "the relay store writes to disk, evicts, or does not say: no hand-off",
            )
            raise RelayClosed
        if await self._is_the_state_store(found):
            self._checked = float("-inf")
            logs.event(logger, logging.ERROR, "both stores are one server: no hand-off")
            raise RelayClosed
        self._checked = time.monotonic()

    async def _is_the_state_store(self, found: Facts) -> bool:
        try:
            return same(found, await facts(self._state))
        except RedisError:  # then no case can be opened either
            return False

    async def answers(self) -> None:
        """See that words can be relayed now.

        Raises:
            RelayClosed: The store keeps words on disk.
            bot.stores.client.StoreDown: It did not answer a moment ago.
            redis.exceptions.RedisError: It does not answer.
        """
        if self._health.down:
            raise StoreDown
        try:
            await self.check()
            await self._redis.ping()
        except RedisError as error:
            self._failed(error)
            raise

    async def append(
        self,
        conversation: str,
        kind: Kind,
        text: str,
        *,
        channel: Channel | None = None,
        once: str = "",
        by: str = "",
        state: str = "",
        language: str = "",
    ) -> str:
        """Add an entry to a conversation's stream.

        Args:
            conversation: Its pseudonym.
            kind: Who wrote it.
            text: Words, or a code.
            channel: Where it must be delivered; None where it is for the operator.
            once: An id under which it is kept only once.
            by: Operator who wrote it.
            state: State that a notice tells.
            language: Of a notice.

        Returns:
            The entry's id.

        Raises:
            RelayClosed: It cannot be written.
        """
        if self._health.down:
            raise RelayClosed
        try:
            await self.check()
        except RedisError as error:
            self._failed(error)
            raise RelayClosed from error
        kept = RETENTION["words"]
        keys = [
            key("words", conversation),
            key("once", conversation),
            key("delivery", conversation),
            OUTBOX,
        ]
        arguments = [
            once,
            kept,
            LONGEST_STREAM,
            kept,
            brought_by(channel),
            conversation,
            kind,
            text,
            by,
            state,
            language,
            CHANNEL,
            topics.OUTBOX,
        ]
        try:
            found = await self._mended(conversation, self._append, keys, arguments)
        except RedisError as error:  # not the state store's: nobody else's turn need wait
            self._failed(error)
            raise RelayClosed from error
        return str(found.decode())

    async def _mended(
        self, conversation: str, script: Script, keys: list[str], arguments: list[Any]
    ) -> Any:
        """Run a script; once more where a record of the conversation was of a wrong type."""
        try:
            return await script(keys=keys, args=arguments)
        except ResponseError as error:
            if not records.damaged(error):
                raise
            if not await records.mend(self._redis, conversation, records.RELAY_TYPES):
                raise
            return await script(keys=keys, args=arguments)

    def _failed(self, error: RedisError) -> None:
        if unreachable(error):
            self._health.failed()

    async def entries(self, conversation: str, after: str = "0") -> list[Entry]:
        """What the stream holds after an entry, oldest first."""
        begin = "-" if after in ("", "0") else f"({after}"
        name = key("words", conversation)
        found = self._redis.xrange(name, begin, "+")
        return await records.read(self._redis, name, found, read_entries, [])

    async def deliveries(self, conversation: str) -> dict[str, str]:
        """How each message for the person fares, by its id."""
        name = key("delivery", conversation)
        return await records.read(self._redis, name, self._redis.hgetall(name), records.fields, {})

    async def delivered(self, conversation: str, entry: str, state: str) -> None:
        """Note how a message for the person fares."""
        await self._mended(
            conversation,
            self._delivered,
            [key("delivery", conversation)],
            [entry, state, CHANNEL, conversation],
        )

    async def mark(self, conversation: str, entry: str) -> bool:
        """Mark a message as being sent; only who marks it sends it.

        Returns:
            Whether it was still to be sent.
        """
        return await self._from_to(conversation, entry, "queued", "sending")

    async def unmark(self, conversation: str, entry: str) -> None:
        """A message that was marked was certainly not taken: it waits to be sent again."""
        await self._from_to(conversation, entry, "sending", "queued")

    async def _from_to(self, conversation: str, entry: str, before: str, after: str) -> bool:
        return bool(
            await self._mended(
                conversation,
                self._mark,
                [key("delivery", conversation)],
                [entry, CHANNEL, conversation, before, after],
            )
        )

    async def keep_address(self, conversation: str, sealed: str) -> None:
        """Keep where to answer, as long as the case is open."""
        await self._redis.set(
            key("return_address", conversation), sealed, ex=RETENTION["return_address"]
        )

    async def address(self, conversation: str) -> str:
        """The sealed address; empty where none is kept."""
        name = key("return_address", conversation)
        return await records.read(self._redis, name, self._redis.get(name), records.text, "")

    async def close(self, conversation: str) -> None:
        """Let what is on its way arrive, then erase."""
        await self._redis.zadd(CLOSING, {conversation: await self._now() + CLOSING_SECONDS})
        await self._redis.expire(CLOSING, RETENTION["closing"])

    async def erase(self, conversation: str, *, last_notice: bool = False) -> None:
        """Delete both sides' words and the address at once.

        Args:
            conversation: Its pseudonym.
            last_notice: Whether the code of the last notice stays for a page that comes back.
        """
        await self._erase(
            keys=[
                key("words", conversation),
                key("once", conversation),
                key("delivery", conversation),
                key("return_address", conversation),
                OUTBOX,
                CLOSING,
            ],
            args=[conversation, "1" if last_notice else "", RETENTION["words"], CHANNEL],
        )

    async def erase_ended(self) -> None:
        """Erase what was closed and has arrived, or had its time."""
        now = await self._now()
        for found, deadline in await self._redis.zrange(CLOSING, 0, -1, withscores=True):
            conversation = found.decode()
            underway = {"queued", "sending"} & set((await self.deliveries(conversation)).values())
            if not underway or deadline <= now:
                await self.erase(conversation, last_notice=True)

    async def _now(self) -> float:
        """The store's clock: ages and deadlines are the same for every process."""
        seconds, microseconds = await self._redis.time()
        return float(seconds + microseconds / 1_000_000)

    async def outbox(self) -> list[str]:
        """Conversations with messages to post, oldest first."""
        return [one.decode() for one in await self._redis.zrange(OUTBOX, 0, -1)]

    async def take_outbox(self, conversation: str, owner: str) -> bool:
        """Be the one who posts for a conversation; lasts `RETENTION["sending"]` seconds."""
        return bool(
            await self._redis.set(
                key("sending", conversation), owner, nx=True, ex=RETENTION["sending"]
            )
        )

    async def hold_outbox(self, conversation: str) -> None:
        """Go on being the one."""
        await self._redis.expire(key("sending", conversation), RETENTION["sending"])

    async def leave_outbox(self, conversation: str) -> bool:
        """Let another one post.

        Returns:
            Whether nothing was left to post.
        """
        done = await self._drained(
            keys=[key("delivery", conversation), OUTBOX], args=[conversation]
        )
        await self._redis.delete(key("sending", conversation))
        return bool(done)

    async def remember_sent(self, message: str, conversation: str, entry: str) -> None:
        """Know again, when Twilio tells how it fared, which message it was."""
        await self._redis.set(key("sent", message), f"{conversation} {entry}", ex=RETENTION["sent"])

    async def sent(self, message: str) -> tuple[str, str] | None:
        """Conversation and entry of a message that Twilio has taken."""
        name = key("sent", message)
        return await records.read(self._redis, name, self._redis.get(name), _pair, None)


def _pair(stored: bytes | None) -> tuple[str, str] | None:
    if not stored:
        return None
    conversation, entry = stored.decode().split()
    return conversation, entry
