"""What the stages of one turn share beside the turn: the services and the conversation's codes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.answers.tables import answer, choice_title, say
from bot.handoff.case import Case
from bot.services import Services
from bot.stores import conversation as kept
from bot.stores.conversation import Conversation
from bot.text.folding import fold
from bot.turn import Choice, Reply, Turn

MADE_BY_CHOICE = "topic"
"""Intent of a button whose topic no classifier names."""

ID_BYTES = 6
"""Random bytes of a choice's id."""


@dataclass
class Context:
    """The services, the conversation's codes, and its case where a hand-off is open."""

    services: Services
    conversation: Conversation = field(default_factory=Conversation)
    case: Case | None = None

    async def load(self, turn: Turn) -> None:
        """Read the codes of the turn's conversation."""
        self.conversation = await kept.load(self.services.redis, turn.conversation)
        self.conversation.site = self.conversation.site or turn.site

    async def keep(self, turn: Turn) -> None:
        """Write them, or erase everything where the person asked for it."""
        if turn.erase:
            await self.services.handoff.forget(turn.conversation)
            await kept.erase(self.services.redis, turn.conversation)
            return
        if turn.language:
            self.conversation.language = turn.language
        await kept.save(self.services.redis, turn.conversation, self.conversation)

    def reply(self, turn: Turn, text: str, topic: str, codes: Iterable[str] = ()) -> None:
        """Add a reply; its choices get ids that are good until the next reply."""
        turn.replies.append(Reply(text, topic, self._choices(turn.language, codes)))

    def answer(self, turn: Turn, topic: str) -> None:
        """Answer with a topic of the tables alone, in the turn's language."""
        self.begin_replies(turn)
        self.reply(turn, say(topic, turn.language), topic, answer(topic).choices)

    def begin_replies(self, turn: Turn) -> None:
        """Forget the replies so far and the choices of the last turn."""
        turn.replies = []
        self.conversation.choices, self.conversation.titles = {}, {}
        self.conversation.asks = ""

    def _choices(self, language: str, topics: Iterable[str]) -> list[Choice]:
        choices = []
        for code in map(self._code, topics):
            identity = secrets.token_urlsafe(ID_BYTES)
            title = choice_title(code, language)
            self.conversation.choices[identity] = code
            self.conversation.titles[fold(title)] = identity
            choices.append(Choice(identity, title))
        return choices

    def _code(self, topic: str) -> str:
        """A topic as a choice code; one that Rasa has no intent for travels as an entity."""
        if "?" in topic or topic in self.services.dialogue.intents:
            return topic
        return f"{MADE_BY_CHOICE}?topic={topic}"
