"""What the stages need: the assistant, Redis, the settings. Made once in `bot.app`, handed down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.assistant import Assistant
from bot.handoff.service import HandOff
from bot.privacy.redaction import Redactor
from bot.settings import Settings
from bot.stores.client import Health


@dataclass
class Services:
    """The parts of one process.

    Attributes:
        redis: Client of the state store (codes only); its calls give up after a second.
        redactor: Asks Twilio to forget bodies.
        handoff: Cases, presence of operators, and the relay of words while a case is active.
        store: Whether the state store can be used now.
    """

    settings: Settings
    assistant: Assistant
    redis: Any
    redactor: Redactor
    handoff: HandOff
    store: Health = field(init=False)

    def __post_init__(self) -> None:
        self.store = Health(self.redis)
