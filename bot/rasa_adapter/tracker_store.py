"""Rasa's trackers in Redis: codes of the last turns only, bounded, failing loudly.

Decides what of a dialogue is kept: the slots and the last turns, without the bot's texts, for a
day. A turn costs the same after 200 turns as after one; Rasa's own store grew to 120 ms and 345 kB,
froze the loop when Redis hung, and moved silently to memory when it died.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.stores import records
from bot.stores.absence import without_store
from bot.stores.keys import KEPT_SECONDS, key
from bot.stores.store import Store

KEPT_TURNS = 5


def _key(conversation: str) -> str:
    """Where Redis keeps a tracker."""
    return key("tracker", conversation)


class BoundedTrackerStore(TrackerStore):  # type: ignore[misc]
    """Trackers of at most `KEPT_TURNS` turns."""

    def __init__(self, domain: Any, redis: Store) -> None:
        super().__init__(domain)
        self._redis = redis

    async def create_tracker(
        self, sender_id: str, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """A new tracker; it is written when the turn is over, not before."""
        del append_action_listen
        return self.init_tracker(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last turns and the slots."""
        if without_store():
            return
        rows = [_codes_only(event) for event in _last_turns(tracker)]
        await self._redis.set(_key(tracker.sender_id), json.dumps(rows), ex=KEPT_SECONDS)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a conversation; None where none is kept, or none that can be read."""
        if without_store():
            return None
        name = _key(sender_id)

        def decoded(stored: bytes | None) -> DialogueStateTracker | None:
            if not stored:
                return None
            rows = json.loads(stored)
            return DialogueStateTracker.from_dict(sender_id, rows, self.domain.slots)

        return await records.read(self._redis, name, self._redis.get(name), decoded, None)


def _last_turns(tracker: DialogueStateTracker) -> list[Event]:
    events = list(tracker.events)
    turns = [number for number, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= KEPT_TURNS:
        return events
    start = turns[-KEPT_TURNS]
    moment = events[start].timestamp
    past = tracker.travel_back_in_time(moment - 1e-9)
    slots = [
        SlotSet(name, value, timestamp=moment - 1e-6)
        for name, value in past.current_slot_values().items()
        if value is not None
    ]
    before = moment - 2e-6
    return [
        ActionExecuted("action_session_start", timestamp=before),
        SessionStarted(timestamp=before),
        *slots,
        ActionExecuted("action_listen", timestamp=before),
        *events[start:],
    ]


def _codes_only(event: Event) -> dict[str, Any]:
    row: dict[str, Any] = event.as_dict()
    if row.get("event") == "bot":
        row = {**row, "text": None, "data": {}, "metadata": {}}
    return row
