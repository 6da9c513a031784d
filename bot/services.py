"""What the stages need of the rest: four protocols, and the parts of one process that fill them.

Decides where the stages end: they know a reader, a dialogue, a hand-off and a store by what these
do, so that a stage is tested with small fakes, and importing one loads neither Rasa nor a model.
`bot.app` makes the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from starlette.requests import Request

from bot.handoff.case import Case
from bot.handoff.entries import Entry
from bot.handoff.signals import Signals
from bot.privacy.unfinished import Unfinished
from bot.settings import Settings
from bot.stores import conversation as kept
from bot.stores.client import Health
from bot.stores.store import Store
from bot.turn import Said, Understanding


class Reader(Protocol):
    """Turns words into codes (`bot.rasa_adapter.assistant`)."""

    def identify(self, text: str) -> tuple[str, float]:
        """The language of a text and the confidence, 0 to 1."""

    async def read(self, text: str, origin: str) -> Understanding:
        """Understand a message when it is its turn; `origin` says whose share it takes.

        Raises:
            bot.nlu.reading_queue.Crowded: Too many messages wait.
        """


class Dialogue(Protocol):
    """Turns codes into what is said (`bot.rasa_adapter.assistant`).

    Attributes:
        intents: What `respond` knows.
    """

    intents: frozenset[str]

    async def respond(self, conversation: str, intent: str, entities: dict[str, str]) -> list[Said]:
        """Choose and run the actions for an intent."""


class HandOff(Protocol):
    """The hand-off, as far as the person's side needs it (`bot.handoff.service`).

    Attributes:
        relay_signals: Tells of new words for a conversation.
    """

    relay_signals: Signals

    async def case_of(self, conversation: str) -> Case | None:
        """The open case of a conversation."""

    async def speaks(self, case: Case, language: str) -> None:
        """The person of a case has changed the language."""

    async def keep_address(self, conversation: str, sealed: str) -> None:
        """Keep where to answer, as long as the case is open."""

    async def from_person(
        self, case: Case, text: str, kind: str = "person", message_id: str = ""
    ) -> None:
        """Hand what the person wrote to the operator."""

    async def leave(self, conversation: str) -> bool:
        """The person ends it; whether there was anything to end."""

    async def forget(self, conversation: str) -> None:
        """The person wants everything erased."""

    async def entries(self, conversation: str, after: str) -> list[Entry]:
        """The words and notices of a conversation after an entry."""

    async def delivered(self, conversation: str, entry: str) -> None:
        """A message has reached the person's page."""

    async def with_answer(self, conversation: str, longest: float) -> str:
        """What could not be posted yet, to go with the answer of a turn, at most so long."""

    async def fared(self, message: str, state: str, code: str) -> None:
        """Note what the provider tells of a message that it had taken."""


class Redactor(Protocol):
    """Asks the provider to forget bodies (`bot.twilio.redaction`)."""

    async def ask(self, message_id: str) -> None:
        """Have the body of a message forgotten."""


@dataclass
class Services:
    """The parts of one process.

    Attributes:
        reader: Understands words.
        dialogue: Chooses what is said.
        redis: Client of the state store (codes only); its calls give up after a second.
        redactor: Asks Twilio to forget bodies.
        handoff: Cases, and the relay of words while one is active.
        store: Whether the state store can be used now.
        unfinished: Erasings that the store could not take.
    """

    settings: Settings
    reader: Reader
    dialogue: Dialogue
    redis: Store
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


def services_of(request: Request) -> Services:
    """The services of the app that a request came to."""
    found: Services = request.app.state.services
    return found
