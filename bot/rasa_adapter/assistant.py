"""Rasa in this process: read a message, forget its words, choose and run the actions.

Decides how Rasa is used without its server: its `MessageProcessor`, with actions as plain calls
(an action server answered 33 messages a second, this 242 and more; 24 ms of every call was Rasa
checking its own JSON schema), with failures that end the turn (Rasa prints the tracker and goes on
in silence), and with an NLU result that holds codes only. Relies on these names of Rasa 3.6.21
that are no public API, pinned and tested: `MessageProcessor._run_action`,
`MessageProcessor._parse_message_with_graph`, `RemoteAction._utter_responses`,
`DaskGraphRunner._instantiated_nodes`.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot.rasa_adapter import no_tensorflow

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
if "tensorflow" not in sys.modules:
    no_tensorflow.leave_out()

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.utils import call_potential_coroutine

from bot.nlu.age import age_group
from bot.nlu.ngrams import LONGEST_READ
from bot.nlu.reading_queue import ReadingQueue
from bot.rasa_adapter.components.language import LanguageIdentifier
from bot.rasa_adapter.nlg import AnswersNLG
from bot.turn import PlaceReading, Said, Understanding
from bot.work import current, doing

READERS = 2
"""Messages read at once, beside the loop: a vector takes a core for some 30 ms."""

SWITCH_SECONDS = 0.001
"""After which a thread that computes gives way to another. Python's own 5 ms, at each of the dozen
steps that a turn takes on the loop, would add up to what a person notices while others are read."""


class ActionFailed(Exception):
    """An action raised: the turn ends with the safe answer (law 5)."""


class ModelMissing(Exception):
    """There is no trained model in the folder."""


class LocalAction(Action):  # type: ignore[misc]
    """A rasa_sdk action, called here: no JSON schema check, no copy of the events."""

    def __init__(self, name: str, call: Any) -> None:
        self._name, self._call = name, call

    def name(self) -> str:
        """As `domain.yml` and the rules name it."""
        return self._name

    async def run(self, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Any]:
        """Call it, and say what it dispatched."""
        del domain
        dispatcher = CollectingDispatcher()
        view = Tracker.from_dict(tracker.current_state(EventVerbosity.NONE))
        events = await call_potential_coroutine(self._call(dispatcher, view, {})) or []
        said = await RemoteAction._utter_responses(
            dispatcher.messages, output_channel, nlg, tracker
        )
        return [*said, *deserialise_events(events)]


class Processor(MessageProcessor):  # type: ignore[misc]
    """Rasa's processor; remote actions become local, and their failure is not swallowed."""

    def __init__(self, *arguments: Any, executor: ActionExecutor, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._executor = executor

    async def _run_action(
        self, action: Any, tracker: Any, output_channel: Any, nlg: Any, prediction: Any
    ) -> bool:
        if isinstance(action, RemoteAction):
            action = LocalAction(action.name(), self._executor.actions[action.name()])
        run, failures = action.run, []

        async def guarded(*arguments: Any) -> Any:
            try:
                return await run(*arguments)
            except ActionExecutionRejection:  # Rasa's own signal
                raise
            except Exception as error:
                failures.append(error)
                return []

        action.run = guarded  # Rasa makes a new Action object for each call
        again = await super()._run_action(action, tracker, output_channel, nlg, prediction)
        if failures:
            raise ActionFailed(action.name()) from failures[0]
        return bool(again)


class Collector(OutputChannel):  # type: ignore[misc]
    """Takes what the actions say."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    @classmethod
    def name(cls) -> str:
        """As a tracker names where its messages come from."""
        return "chaski"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one message."""
        del recipient_id
        about = message.get("custom") or {}
        self.said.append(
            Said(
                text=message.get("text") or "",
                topic=about.get("topic", ""),
                choices=list(about.get("choices", [])),
                asks=about.get("asks", ""),
                effect=about.get("effect", ""),
            )
        )


class Assistant:
    """The trained assistant."""

    def __init__(self, model: Path, tracker_store: Any) -> None:
        executor = ActionExecutor()
        executor.register_package("actions")
        self._processor = Processor(
            model_path=str(model),
            tracker_store=tracker_store,
            lock_store=InMemoryLockStore(),  # never used: order is kept in bot/stages/order.py
            generator=AnswersNLG(),
            executor=executor,
        )
        if tracker_store is not None:  # reading alone needs none
            tracker_store.domain = self._processor.domain
        sys.setswitchinterval(SWITCH_SECONDS)
        readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._queue = ReadingQueue(self.read_now, readers, READERS)
        self._language = self._component(LanguageIdentifier)
        self.intents = frozenset(self._processor.domain.intents)

    def _component(self, kind: type) -> Any:
        for node in self._processor.graph_runner._instantiated_nodes.values():
            if isinstance(node._component, kind):
                return node._component
        raise ModelMissing(f"the model has no {kind.__name__}: train again")

    def identify(self, text: str) -> tuple[str, float]:
        """The language of a text and the confidence, 0 to 1; costs a fraction of a millisecond."""
        language, confidence = self._language.identify(text[:LONGEST_READ])
        return str(language), float(confidence)

    async def read(self, text: str, origin: str) -> Understanding:
        """Understand a message, beside the loop, when it is its turn.

        Args:
            text: The message.
            origin: Whose share of the readers it takes (`bot.nlu.reading_queue`).

        Raises:
            bot.nlu.reading_queue.Crowded: Too many messages wait.
        """
        return await self._queue.read(text, origin)

    def read_now(self, text: str) -> Understanding:
        """Understand a message, here."""
        with doing(current()):
            parsed = self._parse(text)
        place = parsed["place"]
        ranking = tuple((row["name"], row["confidence"]) for row in parsed["intent_ranking"])
        return Understanding(
            language=parsed["language"]["name"],
            intent=parsed["intent"]["name"],
            confidence=parsed["intent"]["confidence"],
            ranking=ranking,
            place=PlaceReading(
                place["code"], tuple(place["candidates"]), place["foreign"], place["guess"]
            ),
            urgency=parsed["urgency"]["level"],
            cues=tuple(parsed["urgency"]["categories"]),
            kind=parsed["urgency"]["kind"] or "",
            also=parsed["urgency"]["also"] or "",
            who=parsed["urgency"]["who"] or "",
            is_account=parsed["is_account"],
            other_language=parsed["other_language"],
            follow_up=parsed["follow_up"]["kind"],
            follow_up_confidence=parsed["follow_up"]["confidence"],
            age_group=age_group(text),
        )

    def explain_now(self, text: str) -> dict[str, Any]:
        """Why a message is urgent or not: probabilities, cues with their state, contexts."""
        urgency: dict[str, Any] = self._parse(text)["urgency"]
        return {
            name: urgency[name]
            for name in ("probabilities", "scores", "who_score", "cues", "contexts")
        }

    def _parse(self, text: str) -> dict[str, Any]:
        # "parse_message" would log the text; the graph alone does not
        parsed: dict[str, Any] = self._processor._parse_message_with_graph(
            UserMessage(text, sender_id="reading"),
            DialogueStateTracker.from_events("reading", []),
        )
        return parsed

    async def respond(self, conversation: str, intent: str, entities: dict[str, str]) -> list[Said]:
        """Choose and run the actions for an intent.

        Args:
            conversation: Its pseudonym.
            intent: As the domain names it.
            entities: Codes by name; empty ones are left out.

        Raises:
            ActionFailed: An action raised.
        """
        collector = Collector()
        found = [{"entity": name, "value": value} for name, value in entities.items() if value]
        text = f"/{intent}"
        await self._processor.handle_message(
            UserMessage(
                text,
                output_channel=collector,
                sender_id=conversation,
                parse_data={
                    "text": text,
                    "intent": {"name": intent, "confidence": 1.0},
                    "entities": found,
                },
            )
        )
        return collector.said


def newest_model(folder: Path) -> Path:
    """The model to load.

    Raises:
        ModelMissing: The folder holds none.
    """
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise ModelMissing(f"no model in {folder}: run `make train`")
    return models[-1]
