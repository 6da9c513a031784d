"""Posts what operators write, and notices, to WhatsApp and SMS: in order, each at most once.

Decides that one process at a time posts for a conversation (a lock that expires when the process
dies), that a message is marked before Twilio is called, that only a message which certainly was
not taken is tried again, with growing pauses, and that a mark which a dead process left behind
becomes "unknown": the operator sees it and decides; nothing is sent again by itself.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable

from bot.answers.tables import say
from bot.handoff import topics
from bot.handoff.entries import Entry
from bot.handoff.signals import Signals, signalled
from bot.handoff.words import Relay
from bot.privacy import logs
from bot.privacy.return_address import unseal
from bot.settings import Settings
from bot.tasks import BackgroundWork
from bot.twilio.redaction import Redactor
from bot.twilio.rest import OPTED_OUT, WINDOW_CLOSED, Post, Posted, length

STATUS_PATH = "/webhooks/whatsapp/status"
"""Where Twilio tells how a message fared (`bot.channels.whatsapp`)."""

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try of a message that was certainly not taken."""

AT_ONCE = 20
"""Conversations for which one process posts at the same time."""

_AGAIN_SECONDS = 2.0

logger = logging.getLogger(__name__)

ToldUnreachable = Callable[[str, str], Awaitable[None]]
"""Called with a conversation and Twilio's code where the person cannot be reached any more."""


class Delivery(BackgroundWork):
    """The part of a process that posts."""

    def __init__(
        self,
        settings: Settings,
        relay: Relay,
        signals: Signals,
        redactor: Redactor,
        refused: ToldUnreachable,
    ) -> None:
        super().__init__("delivery")
        self._settings, self._relay, self._signals = settings, relay, signals
        self._redactor, self._refused = redactor, refused
        self._post = Post(settings)
        self._owner = secrets.token_hex(8)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def stop(self) -> None:
        """Finish what is being posted, then end."""
        await super().stop()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=5)
        for task in self._busy.values():
            task.cancel()
        await self._post.close()

    async def _work(self) -> None:
        with self._signals.listening(topics.OUTBOX) as signal:
            while True:
                try:
                    for conversation in await self._relay.outbox():
                        if conversation not in self._busy:
                            self._begin(conversation)
                except Exception as error:
                    logs.failure(logger, "posting waits", error)
                await signalled(signal, _AGAIN_SECONDS)

    def _begin(self, conversation: str) -> None:
        task = asyncio.create_task(self._guarded(conversation), name="posting")
        self._busy[conversation] = task
        task.add_done_callback(lambda _: self._busy.pop(conversation, None))

    async def _guarded(self, conversation: str) -> None:
        try:
            async with self._places:
                while await self._relay.take_outbox(conversation, self._owner):
                    await self._post_all(conversation)
                    if await self._relay.leave_outbox(conversation):
                        return
        except Exception as error:
            logs.failure(logger, "posting failed", error)

    async def _post_all(self, conversation: str) -> None:
        deliveries = await self._relay.deliveries(conversation)
        for marked, state in deliveries.items():
            if state == "sending":  # whoever marked it has died
                await self._relay.delivered(conversation, marked, "unknown")
        queued = {entry for entry, state in deliveries.items() if state == "queued"}
        if not queued:
            return
        found = await self._relay.entries(conversation)
        for entry in found:
            if entry.id in queued:
                await self._one(conversation, entry)
        for missing in queued - {entry.id for entry in found}:  # its words died of age
            await self._relay.delivered(conversation, missing, "failed:too_late")

    async def _one(self, conversation: str, entry: Entry) -> None:
        posted = await self._try(conversation, entry)
        if posted is None:
            return  # it went with an answer, or another process took over
        if posted.result == "sent":
            if posted.detail:
                await self._relay.remember_sent(posted.detail, conversation, entry.id)
                await self._redactor.ask(posted.detail)
            await self._relay.delivered(conversation, entry.id, "sent")
            return
        if posted.detail in (WINDOW_CLOSED, OPTED_OUT):
            await self._refused(conversation, posted.detail)
        state = "unknown" if posted.result == "unknown" else f"failed:{posted.detail}"
        logs.event(logger, logging.WARNING, "message not sent", code=posted.detail or "unknown")
        await self._relay.delivered(conversation, entry.id, state)

    async def _try(self, conversation: str, entry: Entry) -> Posted | None:
        """Send a message; None where somebody else has sent it.

        It is marked for each try only: while it certainly was not taken it may go with an answer.
        """
        text = words_of(entry)
        posted = Posted("again")
        for pause in (0.0, *PAUSES):
            await asyncio.sleep(pause)
            await self._relay.hold_outbox(conversation)
            if not await self._relay.mark(conversation, entry.id):
                return None
            sealed = await self._relay.address(conversation)
            address = unseal(self._settings.secret, conversation, sealed) if sealed else None
            if address is None:  # the turn that opened the case may still be writing it
                posted = Posted("again", "no_address")
            else:
                posted = await self._post.send(address, text, STATUS_PATH)
            if posted.result != "again":
                return posted
            if pause != PAUSES[-1]:
                await self._relay.unmark(conversation, entry.id)
        return Posted("failed", posted.detail)

    async def with_answer(self, conversation: str, longest: float) -> str:
        """What waits for a person who has just written, to go with the answer to that.

        It is marked before and counts as sent: an answer that gets lost is not made again. What
        is being posted at this moment comes first, so nothing is taken while it is.

        Args:
            conversation: Its pseudonym.
            longest: Characters (UTF-16 units) that fit into the answer; the rest goes on waiting.
        """
        deliveries = await self._relay.deliveries(conversation)
        if "queued" not in deliveries.values() or "sending" in deliveries.values():
            return ""
        taken = ""
        for entry in await self._relay.entries(conversation):
            if deliveries.get(entry.id) != "queued":
                continue
            joined = f"{taken}\n\n{words_of(entry)}" if taken else words_of(entry)
            if length(joined) > longest:
                break
            if not await self._relay.mark(conversation, entry.id):
                break
            taken = joined
            await self._relay.delivered(conversation, entry.id, "sent")
        return taken


def words_of(entry: Entry) -> str:
    """What an entry says to the person."""
    return entry.text if entry.kind == "operator" else say(entry.text, entry.language)
