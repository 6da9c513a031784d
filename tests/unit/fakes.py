"""Small fakes of what stages and actions need, and real stores where a store is meant.

A store is never a fake: scripts, expiry and atomic steps are what is relied upon.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.handoff.case import Case, new_case
from bot.handoff.entries import Entry
from bot.handoff.service import HandOffService, Situation
from bot.services import Services
from bot.settings import Settings
from bot.stages.context import Context
from bot.stores.client import client
from bot.turn import Channel, Said, Turn, Understanding

CONVERSATION = "0" * 32
SECRET = "a-secret-of-the-tests-that-is-long-enough"

Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives, in a loop of its own."""
    return asyncio.run(coroutine)


@dataclass(frozen=True)
class Stores:
    """Addresses of the two stores."""

    state: str
    relay: str

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[Any, Any]]:
        """Clients of both, as the app makes them."""
        state, relay = client(self.state), client(self.relay)
        try:
            yield state, relay
        finally:
            for one in (state, relay):
                await one.close()
                await one.connection_pool.disconnect()


def reading(intent: str = "report_where", confidence: float = 0.9, **more: Any) -> Understanding:
    """A reading as the model gives it."""
    ranking = more.pop("ranking", ((intent, confidence), ("shelter", 0.05)))
    return Understanding(
        language=more.pop("language", "es"),
        intent=intent,
        confidence=confidence,
        ranking=ranking,
        **more,
    )


class FakeReader:
    """Reads what it was told that texts mean."""

    def __init__(self) -> None:
        self.language, self.confidence = "es", 0.9
        self.found = reading()
        self.asked: list[tuple[str, str]] = []

    def identify(self, text: str) -> tuple[str, float]:
        return self.language, self.confidence if text else 0.0

    async def read(self, text: str, origin: str) -> Understanding:
        self.asked.append((text, origin))
        return self.found


class FakeDialogue:
    """Says what it was told to say."""

    intents = frozenset({"report_where", "shelter", "menu", "talk_to_human", "give_place"})

    def __init__(self) -> None:
        self.says = [Said("Puedes denunciar en el 1818.", "report_where")]
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.fails: Exception | None = None

    async def respond(self, conversation: str, intent: str, entities: dict[str, str]) -> list[Said]:
        self.asked.append((intent, entities))
        if self.fails is not None:
            raise self.fails
        return list(self.says)


class FakeHandOff:
    """A hand-off with at most one case, which notes what is done."""

    def __init__(self) -> None:
        self.case: Case | None = None
        self.done: list[tuple[Any, ...]] = []
        self.relay_signals: Any = None
        self.fails: Exception | None = None

    def _note(self, *what: Any) -> None:
        if self.fails is not None:
            raise self.fails
        self.done.append(what)

    async def case_of(self, conversation: str) -> Case | None:
        return self.case

    async def speaks(self, case: Case, language: str) -> None:
        self._note("speaks", language)

    async def keep_address(self, conversation: str, sealed: str) -> None:
        self._note("keep_address", sealed)

    async def from_person(
        self, case: Case, text: str, kind: str = "person", message_id: str = ""
    ) -> None:
        self._note("from_person", kind, text, message_id)

    async def leave(self, conversation: str) -> bool:
        self._note("leave")
        return True

    async def forget(self, conversation: str) -> None:
        self._note("forget", conversation)

    async def entries(self, conversation: str, after: str) -> list[Entry]:
        return []

    async def delivered(self, conversation: str, entry: str) -> None:
        self._note("delivered", entry)

    async def with_answer(self, conversation: str, longest: int) -> str:
        return ""

    async def fared(self, message: str, state: str, code: str) -> None:
        self._note("fared", message, state, code)


class FakeRedactor:
    """Notes which bodies are to be forgotten."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.on = False

    async def ask(self, message_id: str) -> None:
        self.asked.append(message_id)


@dataclass
class Parts:
    """The fakes of one test, and the services that are made of them."""

    reader: FakeReader = field(default_factory=FakeReader)
    dialogue: FakeDialogue = field(default_factory=FakeDialogue)
    handoff: FakeHandOff = field(default_factory=FakeHandOff)
    redactor: FakeRedactor = field(default_factory=FakeRedactor)
    settings: Settings = field(default_factory=lambda: Settings(secret=SECRET))

    def services(self, redis: Any = None) -> Services:
        """The parts of a process."""
        return Services(
            self.settings, self.reader, self.dialogue, redis, self.redactor, self.handoff
        )

    def context(self, redis: Any = None) -> Context:
        """What stages share in one turn."""
        return Context(self.services(redis))


def turn(text: str = "", channel: Channel = "whatsapp", **more: Any) -> Turn:
    """A turn as a channel makes it."""
    return Turn(channel=channel, conversation=CONVERSATION, text=text, **more)


def case(state: str = "waiting", **more: Any) -> Case:
    """A case of the conversation."""
    opened = new_case(CONVERSATION, more.pop("channel", "whatsapp"), more.pop("language", "es"))
    return Case(**{**opened.__dict__, "state": state, **more})


# Actions


def tracker(intent: str = "greet", slots: dict[str, Any] | None = None, **entities: str) -> Tracker:
    """A conversation as an action sees it: slots, and the latest message in codes."""
    channel = entities.pop("channel", "web")
    found = {"channel": channel, **entities}
    return Tracker(
        CONVERSATION,
        {"language": "es", **(slots or {})},
        {
            "intent": {"name": intent, "confidence": 1.0},
            "entities": [{"entity": name, "value": value} for name, value in found.items()],
        },
        [],
        False,
        None,
        {},
        "action_listen",
    )


@dataclass
class Spoken:
    """What an action said and remembered."""

    messages: list[dict[str, Any]]
    slots: dict[str, Any]

    @property
    def keys(self) -> list[str]:
        """Topics and phrases that were said; a text put together by code as such."""
        return [one.get("response") or one.get("text") or "" for one in self.messages]

    @property
    def about(self) -> list[str]:
        """What each message is about."""
        return [one["custom"]["topic"] for one in self.messages]

    @property
    def choices(self) -> list[str]:
        """What leads on from the last message."""
        return list(self.messages[-1]["custom"]["choices"])

    @property
    def effects(self) -> list[str]:
        """What happens with each message."""
        return [one["custom"].get("effect", "") for one in self.messages]

    @property
    def asks(self) -> list[str]:
        """What each message asks for."""
        return [one["custom"].get("asks", "") for one in self.messages]


def acted(action: Any, seen: Tracker) -> Spoken:
    """What an action does in a conversation."""
    return spoken(lambda dispatcher: action.run(dispatcher, seen, {}))


def spoken(call: Callable[[CollectingDispatcher], Any]) -> Spoken:
    """What something says that speaks through a dispatcher."""
    dispatcher = CollectingDispatcher()
    events = call(dispatcher)
    if asyncio.iscoroutine(events):
        events = run(events)
    found = events if isinstance(events, list) else []
    slots = {one["name"]: one["value"] for one in found}
    return Spoken(dispatcher.messages, slots)


class FakeDesk(HandOffService):
    """The hand-off as actions use it: a situation, and what is opened or left."""

    def __init__(self, situation: Situation, *, full: bool = False, ahead: int = 0) -> None:
        self.now, self.full, self.ahead = situation, full, ahead
        self.opened: list[dict[str, Any]] = []
        self.left = 0

    async def situation(self, conversation: str, channel: Channel) -> Situation:
        return self.now

    async def open(self, *given: Any, **named: Any) -> tuple[Case | None, int]:
        names = ("conversation", "channel", "language", "level", "cues", "district")
        self.opened.append({**dict(zip(names, given, strict=False)), **named})
        return (None, 0) if self.full else (case(), self.ahead)

    async def leave(self, conversation: str) -> bool:
        self.left += 1
        return True
