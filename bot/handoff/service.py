"""The hand-off as stages, actions and console use it.

Decides what each step means for both stores at once: opening, what the person writes while a case
is active, leaving, erasing; and whether anybody can be promised. Made once in `bot.app` and given
to the actions by `provide` (Rasa makes those itself); where nothing was provided, as under
`rasa run actions`, nobody is on duty.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from bot import hours
from bot.handoff.case import Age, Case, new_case
from bot.handoff.cases import Cases
from bot.handoff.delivery import Delivery
from bot.handoff.entries import Entry
from bot.handoff.presence import Presence, desk_is_open
from bot.handoff.signals import Signals
from bot.handoff.words import Relay
from bot.privacy import logs
from bot.settings import Settings
from bot.stores.absence import without_store
from bot.stores.forgetting import erased
from bot.stores.store import Store
from bot.turn import Channel, Urgency, abilities_of
from bot.twilio.redaction import Redactor
from bot.twilio.rest import OPTED_OUT, WINDOW_CLOSED

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Situation:
    """What can honestly be said to a person about other persons.

    Attributes:
        on_duty: Whether an operator is there now.
        case: The open case of the conversation.
        ahead: How many wait before it.
        refused: Whether the person has refused a hand-off within a day.
        opens: When the desk's hours begin again; None where they are unknown or now.
    """

    on_duty: bool = False
    case: Case | None = None
    ahead: int = 0
    refused: bool = False
    opens: datetime | None = None


_origin: ContextVar[str] = ContextVar("origin", default="")
"""Where the message that is being answered came from."""


@contextmanager
def writes_from(origin: str) -> Iterator[None]:
    """Know where a message came from while it is answered: a case may be opened in it."""
    before = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(before)


class HandOffService:
    """The hand-off in one process."""

    def __init__(self, settings: Settings, state: Store, relay: Store, redactor: Redactor) -> None:
        self.settings = settings
        self.state = state
        self.cases = Cases(state)
        self.presence = Presence(state)
        self.relay = Relay(relay, state)
        self.desk_signals = Signals(state)
        self.relay_signals = Signals(relay)
        self.delivery = Delivery(
            settings, self.relay, self.relay_signals, redactor, self._unreachable
        )

    def start(self) -> None:
        """Begin to listen and to post."""
        self.desk_signals.start()
        self.relay_signals.start()
        self.delivery.start()

    def end_streams(self) -> None:
        """Let every open page go, since the app stops."""
        self.desk_signals.end()
        self.relay_signals.end()

    async def stop(self) -> None:
        """End both."""
        await self.delivery.stop()
        await self.relay_signals.stop()
        await self.desk_signals.stop()

    async def on_duty(self, channel: Channel = "") -> bool:
        """Whether somebody is there now, and words could be relayed on this channel, or on any."""
        if not desk_is_open(self.settings) or not await self.presence.available():
            return False
        if abilities_of(channel).posted and not self.settings.calls_twilio:
            return False
        try:
            await self.relay.answers()
        except Exception as error:
            logs.failure(logger, "the relay store cannot be used: no hand-off", error)
            return False
        return True

    async def situation(self, conversation: str, channel: Channel) -> Situation:
        """What can be said to the person of a conversation."""
        case = await self.cases.of(conversation)
        return Situation(
            on_duty=await self.on_duty(channel),
            case=case,
            ahead=await self.cases.ahead_of(case.id) if case else 0,
            refused=await self.cases.refused_before(conversation),
            opens=self._opens(),
        )

    def _opens(self) -> datetime | None:
        written = hours.parse(self.settings.duty_hours)
        if written is None or written.always or desk_is_open(self.settings):
            return None
        opening = hours.next_opening(written, hours.now())
        # Holidays and closed days of the settings: say nothing rather than something wrong
        return opening if desk_is_open(self.settings, opening) else None

    async def open(
        self,
        conversation: str,
        channel: Channel,
        language: str,
        level: Urgency = "none",
        cues: Iterable[str] = (),
        district: str = "",
        *,
        age: Age = "unknown",
        promised: bool = False,
    ) -> tuple[Case | None, int]:
        """Put a person into the queue; a case that waits already becomes urgent where it is.

        Args:
            conversation: Its pseudonym.
            channel: Where the person writes.
            language: The person's.
            level: Urgency.
            cues: Categories of danger.
            district: INEI code, or empty.
            age: Adult, minor or unknown.
            promised: Whether the person is told that somebody is on duty.

        Returns:
            The case, and how many wait before it; no case where the queue is full for the address
            that the person writes from.
        """
        case = await self.cases.of(conversation)
        if case is None:
            await self.relay.erase(conversation)  # what a case before it may have left
            await self.cases.forget_refusal(conversation)
            case = await self.cases.open(
                new_case(
                    conversation,
                    channel,
                    language,
                    level,
                    cues,
                    district,
                    age,
                    promised=promised,
                    origin=_origin.get(),
                ),
                self.settings.waiting_per_address,
            )
            if case is None:
                return None, 0
        elif level == "urgent" and case.level != "urgent" and case.state == "waiting":
            await self.cases.raise_level(case, cues)
        return case, await self.cases.ahead_of(case.id)

    async def case_of(self, conversation: str) -> Case | None:
        """The open case of a conversation."""
        return await self.cases.of(conversation)

    async def speaks(self, case: Case, language: str) -> None:
        """The person of a case has changed the language."""
        await self.cases.note(case.id, language=language)

    async def keep_address(self, conversation: str, sealed: str) -> None:
        """Keep where to answer, as long as the case is open."""
        await self.relay.keep_address(conversation, sealed)

    async def entries(self, conversation: str, after: str) -> list[Entry]:
        """The words and notices of a conversation after an entry."""
        return await self.relay.entries(conversation, after)

    async def delivered(self, conversation: str, entry: str) -> None:
        """A message has reached the person's page."""
        await self.relay.delivered(conversation, entry, "delivered")

    async def with_answer(self, conversation: str, longest: float) -> str:
        """What could not be posted yet, to go with the answer of a turn, at most so long."""
        return await self.delivery.with_answer(conversation, longest)

    async def from_person(
        self, case: Case, text: str, kind: str = "person", message_id: str = ""
    ) -> None:
        """Hand what the person wrote to the operator.

        Raises:
            bot.handoff.words.RelayClosed: Words cannot be written.
            redis.exceptions.RedisError: The state store does not answer.
        """
        now = time.time()
        await self.relay.append(
            case.conversation,
            kind,  # type: ignore[arg-type]
            text,
            once=f"person {message_id}" if message_id else "",
        )
        await self.cases.note(case.id, person_wrote=now, touched=now, window_closed="")

    async def from_operator(self, case: Case, text: str, operator: str, message_id: str) -> str:
        """Hand what an operator wrote to the person.

        Returns:
            The entry's id; the same where it was handed over before.
        """
        entry = await self.relay.append(
            case.conversation,
            "operator",
            text,
            channel=case.channel,
            once=f"{operator} {message_id}",
            by=operator,
        )
        await self.cases.note(case.id, touched=time.time())
        return entry

    async def leave(self, conversation: str) -> bool:
        """The person ends it, from whatever state.

        Returns:
            Whether there was anything to end.
        """
        case = await self.cases.of(conversation)
        return case is not None and await self.cases.refuse(case) == "ok"

    async def forget(self, conversation: str) -> None:
        """The person wants everything erased: the case ends, and its words go at once."""
        case = await self.cases.of(conversation)
        if case is not None:
            await self.cases.refuse(case)
            await self.cases.note(case.id, district="", cues="", age="unknown")
        await self.cases.forget_refusal(conversation)
        try:
            await self.relay.erase(conversation)
        except Exception as error:  # it dies of age in any case
            logs.failure(logger, "words not erased at once", error)
        await erased(self.state)

    async def fared(self, message: str, state: str, code: str) -> None:
        """Note what Twilio tells of a message that it had taken."""
        told = {"delivered": "delivered", "read": "delivered"}.get(state, "")
        if state in ("failed", "undelivered"):
            told = f"failed:{code or state}"
        found = await self.relay.sent(message) if told else None
        if found is None:
            return
        conversation, entry = found
        await self.relay.delivered(conversation, entry, told)
        if code in (WINDOW_CLOSED, OPTED_OUT):
            await self._unreachable(conversation, code)

    async def _unreachable(self, conversation: str, code: str) -> None:
        case = await self.cases.of(conversation)
        if case is not None:
            await self.cases.note(case.id, window_closed=code)


_provided: HandOffService | None = None


def provide(handoff: HandOffService | None) -> None:
    """Give the actions of this process their hand-off."""
    global _provided
    _provided = handoff


def provided() -> HandOffService | None:
    """The hand-off of this process; None where actions run without the app or its store."""
    return None if without_store() else _provided
