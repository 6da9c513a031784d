"""What the stages need: the assistant, Redis, the settings. Made once in `bot.app`, handed down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.assistant import Assistant
from bot.handoff.service import HandOff
from bot.privacy.redaction import Redactor
from bot.privacy.unfinished import Unfinished
from bot.settings import Settings
from bot.stores import conversation as kept
from bot.stores.client import Health


@dataclass
class Services:
    """The parts of one process.

    Attributes:
        redis: Client of the state store (codes only); its calls give up after a second.
        redactor: Asks Twilio to forget bodies.
        handoff: Cases, presence of operators, and the relay of words while a case is active.
        store: Whether the state store can be used now.
        unfinished: Erasings that the store could not take.
    """

    settings: Settings
    assistant: Assistant
    redis: Any
    redactor: Redactor
    handoff: HandOff
    store: Health = field(init=False)
    unfinished: Unfinished = field(init=False)

    def __post_init__(self) -> None:
        self.store = Health(self.redis)
        self.unfinished = Unfinished(self.end)

    async def end(self, conversation: str) -> None:
        """Erase a web session whole: its codes, its hand-off, its token's worth."""
        await kept.end_session(self.redis, conversation)
        await self.handoff.forget(conversation)
