"""Cases: who asked for a person, in codes, and the one way in which their state changes.

Decides the states (waiting → active → closed | refused | expired; back to waiting when an operator
is lost or hands over), the order of the queue (urgent first; of them the first of each origin,
then the second of each, and so on; then oldest), how many cases of one origin wait, and that every
change is one atomic step in Redis together with its line in the audit trail, its counts and the
notice that the person must get: of two operators who claim at the same instant one gets the case,
and a process that dies leaves nothing half done.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from redis.exceptions import ResponseError

from bot.handoff import audit
from bot.handoff.case import OPEN, Case, Outcome, State
from bot.handoff.rows import from_row, is_sound, to_row
from bot.handoff.topics import CHANNEL, DESK
from bot.stores import records
from bot.stores.keys import RETENTION, key
from bot.stores.lua import script
from bot.stores.store import Store

QUEUE = key("desk", "queue")
ACTIVE = key("desk", "active")
NOTICES = key("desk", "notices")

SCRIPTS = Path(__file__).parent / "scripts"

RESERVED_SECONDS = 120
"""How long a case that was handed to one operator waits for that operator alone."""

_LATER = 10**14
"""Added to the time of a case that is not urgent: it comes after every urgent one."""

_BEHIND = 10**10
"""Added to the time of a case for each one of its origin before it: more than any time."""

Moved = Literal["ok", "missing", "other", "reserved"] | State
"""What became of a change: done; no such case; another operator has it; it waits for another
operator; or the state it is in, from which the change is not possible."""


class Cases:
    """The cases in the state store."""

    def __init__(self, redis: Store) -> None:
        self._redis = redis
        self._open = script(redis, SCRIPTS, "order", "audit", "open")
        self._move = script(redis, SCRIPTS, "order", "audit", "move")
        self._raise = script(redis, SCRIPTS, "order", "raise_level")
        self._note = script(redis, SCRIPTS, "note")
        self._unpromise = script(redis, SCRIPTS, "unpromise")

    async def open(self, case: Case, most_of_origin: int) -> Case | None:
        """Put a case into the queue; a conversation has one open case at most.

        Args:
            case: A new one.
            most_of_origin: How many cases of its origin may wait.

        Returns:
            The case, or the one that was open already; None where as many of its origin wait.
        """
        line = audit.opened(case)
        found = await self._open(
            keys=[key("case_of", case.conversation), QUEUE],
            args=[
                key("case", ""),
                json.dumps(to_row(case)),
                RETENTION["case"],
                _score(case),
                json.dumps(line),
                json.dumps(_QUEUE_ORDER | {"most": most_of_origin}),
            ],
        )
        if not found:
            return None
        if found.decode() == case.id:
            return case
        return await self.get(found.decode()) or case

    async def get(self, case_id: str) -> Case | None:
        """A case by its id; None where none is kept."""
        name = key("case", case_id)
        return await records.read(self._redis, name, self._redis.hgetall(name), from_row, None)

    async def of(self, conversation: str) -> Case | None:
        """The open case of a conversation."""
        name = key("case_of", conversation)
        found = await records.read(self._redis, name, self._redis.get(name), records.text, "")
        case = await self.get(found) if found else None
        return case if case is not None and case.is_open else None

    async def refused_before(self, conversation: str) -> bool:
        """Whether the person has refused a hand-off within a day."""
        return bool(await self._redis.exists(key("refused", conversation)))

    async def forget_refusal(self, conversation: str) -> None:
        """The person wants somebody after all."""
        await self._redis.delete(key("refused", conversation))

    async def waiting(self) -> list[Case]:
        """The queue, in its order."""
        return await self._many(await self._redis.zrange(QUEUE, 0, -1), QUEUE)

    async def active(self) -> list[Case]:
        """The cases that somebody has."""
        return await self._many(sorted(await self._redis.smembers(ACTIVE)), ACTIVE)

    async def ahead_of(self, case_id: str) -> int:
        """How many wait before this case."""
        return int(await self._redis.zrank(QUEUE, case_id) or 0)

    async def raise_level(self, case: Case, cues: Iterable[str]) -> None:
        """A case that waits becomes urgent."""
        found = " ".join(dict.fromkeys([*cues, *case.cues]))
        await self._raise(
            keys=[key("case", case.id), QUEUE],
            args=[found, case.id, CHANNEL, DESK, json.dumps(_QUEUE_ORDER)],
        )

    async def unpromise(self, case: Case) -> None:
        """Tell a person who waits that nobody is on duty any more; once."""
        notice = {
            "id": secrets.token_hex(8),
            "case": case.id,
            "code": "handoff_waits_for_nobody",
            "conversation": case.conversation,
            "final": False,
            "channel": case.channel,
            "language": case.language,
            "state": "waiting",
        }
        await self._unpromise(
            keys=[key("case", case.id), NOTICES],
            args=[json.dumps(notice), RETENTION["desk"], CHANNEL, DESK],
        )

    async def note(self, case_id: str, **fields: str | float) -> bool:
        """Note codes of a case that is kept.

        Returns:
            Whether it is.
        """
        flat = [part for name, value in fields.items() for part in (name, str(value))]
        return bool(await self._note(keys=[key("case", case_id)], args=flat))

    async def claim(self, case: Case, operator: str) -> Moved:
        """Give a waiting case to an operator."""
        now = time.time()
        return await self._change(
            case,
            ("waiting",),
            "active",
            who=operator,
            what="claimed",
            notice="handoff_joined",
            set={
                "operator": operator,
                "claimed": now,
                "touched": now,
                "reserved": "",
                "reserved_until": 0,
            },
            waited=now - case.queued,
        )

    async def hand_over(self, case: Case, operator: str, to: str = "") -> Moved:
        """Give a case back to the queue, or to one operator who is told."""
        now = time.time()
        return await self._change(
            case,
            ("active",),
            "waiting",
            who=operator,
            operator=operator,
            what="transferred",
            notice="handoff_transferred",
            set={
                "operator": "",
                "queued": now,
                "reserved": to,
                "reserved_until": now + RESERVED_SECONDS if to else 0,
            },
            handled=now - case.claimed,
        )

    async def lose_operator(self, case: Case) -> Moved:
        """Back to the queue, since its operator's page has gone."""
        now = time.time()
        return await self._change(
            case,
            ("active",),
            "waiting",
            who="",
            operator=case.operator,
            what="lost",
            notice="handoff_lost",
            set={"operator": "", "queued": now},
            handled=now - case.claimed,
        )

    async def close(self, case: Case, operator: str, outcome: Outcome) -> Moved:
        """End an active case with its outcome."""
        return await self._end(
            case, ("active",), "closed", operator, "handoff_closed", outcome=outcome
        )

    async def close_waiting(self, case: Case, operator: str, outcome: Outcome) -> Moved:
        """End a case that waits, as one of many: the caller writes one line of the audit trail."""
        now = time.time()
        return await self._change(
            case,
            ("waiting",),
            "closed",
            who=operator,
            notice="handoff_expired",
            set={"ended": now, "outcome": outcome},
            outcome=outcome,
            audited=False,
        )

    async def refuse(self, case: Case) -> Moved:
        """The person ends it; they are told by the reply to what they did."""
        return await self._end(case, OPEN, "refused", "", "")

    async def expire(self, case: Case) -> Moved:
        """End a case that waited, or lay still, too long."""
        notice = "handoff_expired" if case.state == "waiting" else "handoff_still"
        return await self._end(case, (case.state,), "expired", "", notice)

    async def _end(
        self,
        case: Case,
        states: tuple[State, ...],
        to: State,
        operator: str,
        notice: str,
        outcome: str = "",
    ) -> Moved:
        now = time.time()
        return await self._change(
            case,
            states,
            to,
            who=operator,
            operator=operator,
            notice=notice,
            set={"ended": now, "outcome": outcome},
            handled=now - case.claimed if case.state == "active" else None,
            outcome=outcome,
        )

    async def _change(
        self,
        case: Case,
        states: tuple[State, ...],
        to: State,
        *,
        who: str,
        notice: str,
        set: Mapping[str, str | float],  # noqa: A002 - what is set
        operator: str = "",
        what: str = "",
        waited: float | None = None,
        handled: float | None = None,
        outcome: str = "",
        audited: bool = True,
    ) -> Moved:
        change = {
            "from": states,
            "to": to,
            "operator": operator,
            "set": {name: str(value) for name, value in set.items()},
            "now": time.time(),
            **_QUEUE_ORDER,
            "kept": RETENTION["case"],
            "case_of": key("case_of", ""),
            "refused": key("refused", "") if to == "refused" else "",
            "notice": notice,
            "notice_id": secrets.token_hex(8),
        }
        line = audit.changed(case, what or to, who, waited, handled, outcome)
        if not audited:
            line["line"] = []
        done: bytes = await self._move(
            keys=[key("case", case.id), QUEUE, ACTIVE, NOTICES],
            args=[json.dumps(change), json.dumps(line)],
        )
        moved: Moved = done.decode()  # type: ignore[assignment]
        return moved

    async def _many(self, ids: Iterable[bytes], where: str) -> list[Case]:
        found = list(ids)
        pipeline = self._redis.pipeline(transaction=False)
        for one in found:
            pipeline.hgetall(key("case", one.decode()))
        rows = await pipeline.execute(raise_on_error=False) if found else []
        cases = []
        for one, row in zip(found, rows, strict=True):
            if isinstance(row, ResponseError) or not is_sound(row):
                case = await self.get(one.decode())  # removes what is damaged
            else:
                case = from_row(row)
            if case is not None:
                cases.append(case)
            elif where == QUEUE:  # it died of age
                await self._redis.zrem(where, one)
            else:
                await self._redis.srem(where, one)
        return cases


def _score(case: Case) -> float:
    return case.opened if case.level == "urgent" else case.opened + _LATER


_QUEUE_ORDER = {
    "cases": key("case", ""),
    "origins": key("case_origin", ""),
    "later": _LATER,
    "behind": _BEHIND,
}
"""What the scripts need to order the cases of one origin."""
