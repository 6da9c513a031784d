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
import math
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from redis.exceptions import ResponseError

from bot.handoff import record
from bot.stores import records
from bot.stores.keys import RETENTION, key
from bot.turn import URGENCY_LEVELS, Channel, Urgency

State = Literal["waiting", "active", "closed", "refused", "expired"]
Age = Literal["adult", "minor", "unknown"]
Outcome = Literal["oriented", "referred", "emergency", "no_answer", "declined", "not_ours", "test"]

OPEN: tuple[State, ...] = ("waiting", "active")
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
AGES: tuple[Age, ...] = get_args(Age)

QUEUE = key("desk", "queue")
ACTIVE = key("desk", "active")
NOTICES = key("desk", "notices")

DESK = "desk"
"""Topic of `Signals` under which every change is told."""

RESERVED_SECONDS = 120
"""How long a case that was handed to one operator waits for that operator alone."""

_LATER = 10**14
"""Added to the time of a case that is not urgent: it comes after every urgent one."""

_BEHIND = 10**10
"""Added to the time of a case for each one of its origin before it: more than any time."""

Moved = Literal["ok", "missing", "other", "reserved"] | State
"""What became of a change: done; no such case; another operator has it; it waits for another
operator; or the state it is in, from which the change is not possible."""


@dataclass(frozen=True)
class Case:
    """One person who asked for another, in codes.

    Attributes:
        id: Of the case; random, it says nothing about the person.
        level: Urgency (SOP, Annex 2).
        cues: Categories of danger, most dangerous first.
        language: The person's.
        district: INEI code of the place, or empty.
        age: Adult, minor or unknown.
        channel: Where the person writes.
        conversation: Pseudonym; emptied when the case ends.
        opened, queued, claimed, ended: Seconds since 1970; 0 where it has not come to that.
        person_wrote: When the person last wrote: WhatsApp lets us answer for 24 hours.
        touched: When either side last wrote.
        state: Of the case.
        operator: Who has it; empty while it waits.
        reserved: For whom it waits, after a transfer to one operator, until `reserved_until`.
        outcome: Code, once closed.
        consent: Time at which the person agreed to a referral; 0 where they did not.
        origin: Keyed code of the web address on the day of opening; emptied when the case ends.
        promised: "yes" where the person was told that somebody is there; until told otherwise.
        window_closed: Whether Twilio refused a message because of the 24 hours or an opt-out.
    """

    id: str
    level: Urgency
    cues: tuple[str, ...]
    language: str
    district: str
    age: Age
    channel: Channel
    conversation: str
    opened: float
    queued: float
    person_wrote: float
    touched: float
    state: State = "waiting"
    operator: str = ""
    reserved: str = ""
    reserved_until: float = 0.0
    claimed: float = 0.0
    ended: float = 0.0
    outcome: str = ""
    consent: float = 0.0
    window_closed: str = ""
    promised: str = ""
    origin: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits or is active."""
        return self.state in OPEN


def new_case(
    conversation: str,
    channel: Channel,
    language: str,
    level: Urgency = "none",
    cues: Iterable[str] = (),
    district: str = "",
    age: Age = "unknown",
    *,
    promised: bool = False,
    origin: str = "",
) -> Case:
    """A case as it is opened."""
    moment = time.time()
    return Case(
        id=secrets.token_hex(6),
        level=level,
        cues=tuple(cues),
        language=language,
        district=district,
        age=age,
        channel=channel,
        conversation=conversation,
        opened=moment,
        queued=moment,
        person_wrote=moment,
        touched=moment,
        promised="yes" if promised else "",
        origin=origin,
    )


_ORDER_SCRIPT = """
local function order(queue, cases, origins, origin, later, behind)
  if not origin or origin == '' then return 0 end
  local rows = {}
  for _, id in ipairs(redis.call('SMEMBERS', origins .. origin)) do
    local of = redis.call('HMGET', cases .. id, 'opened', 'level', 'state')
    local opened = tonumber(of[1])
    if opened and of[3] == 'waiting' then
      rows[#rows + 1] = {id, opened + (of[2] == 'urgent' and 0 or later)}
    else
      redis.call('SREM', origins .. origin, id)
    end
  end
  table.sort(rows, function(a, b) return a[2] < b[2] or (a[2] == b[2] and a[1] < b[1]) end)
  for index, row in ipairs(rows) do
    redis.call('ZADD', queue, 'XX', row[2] + (index - 1) * behind, row[1])
  end
  return #rows
end
"""
"""Puts the waiting cases of one origin where they belong; how many they are."""

_OPEN_SCRIPT = """
local found = redis.call('GET', KEYS[1])
if found and redis.call('EXISTS', ARGV[1] .. found) == 1 then return found end
local case = cjson.decode(ARGV[2])
local name = ARGV[1] .. case.id
local place = cjson.decode(ARGV[6])
local waiting = order(KEYS[2], ARGV[1], place.origins, case.origin, place.later, place.behind)
if waiting >= place.most then return '' end
for field, value in pairs(case) do redis.call('HSET', name, field, value) end
redis.call('EXPIRE', name, ARGV[3])
redis.call('SET', KEYS[1], case.id, 'EX', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], case.id)
redis.call('EXPIRE', KEYS[2], ARGV[3])
if case.origin ~= '' then
  redis.call('SADD', place.origins .. case.origin, case.id)
  redis.call('EXPIRE', place.origins .. case.origin, ARGV[3])
  order(KEYS[2], ARGV[1], place.origins, case.origin, place.later, place.behind)
end
"""

_MOVE_SCRIPT = """
local a = cjson.decode(ARGV[1])
local name = KEYS[1]
local state = redis.call('HGET', name, 'state')
if not state then return 'missing' end
local allowed = false
for _, one in ipairs(a.from) do allowed = allowed or one == state end
if not allowed then return state end
local operator = redis.call('HGET', name, 'operator')
if a.operator ~= '' and operator ~= a.operator then return 'other' end
if a.to == 'active' then
  local reserved = redis.call('HGET', name, 'reserved')
  local till = tonumber(redis.call('HGET', name, 'reserved_until')) or 0
  if reserved ~= '' and reserved ~= a.set.operator and till > a.now then return 'reserved' end
end
local case_id = redis.call('HGET', name, 'id')
local conversation = redis.call('HGET', name, 'conversation')
redis.call('HSET', name, 'state', a.to)
for field, value in pairs(a.set) do redis.call('HSET', name, field, value) end
if a.to == 'waiting' then
  local score = tonumber(redis.call('HGET', name, 'opened'))
  if redis.call('HGET', name, 'level') ~= 'urgent' then score = score + a.later end
  redis.call('ZADD', KEYS[2], score, case_id)
  redis.call('EXPIRE', KEYS[2], a.kept)
else
  redis.call('ZREM', KEYS[2], case_id)
end
local origin = redis.call('HGET', name, 'origin')
if origin and origin ~= '' then
  if a.to == 'waiting' then
    redis.call('SADD', a.origins .. origin, case_id)
    redis.call('EXPIRE', a.origins .. origin, a.kept)
  end
  order(KEYS[2], a.cases, a.origins, origin, a.later, a.behind)
end
if a.to == 'active' then
  redis.call('SADD', KEYS[3], case_id)
  redis.call('EXPIRE', KEYS[3], a.kept)
else
  redis.call('SREM', KEYS[3], case_id)
end
redis.call('EXPIRE', name, a.kept)
local final = a.to ~= 'waiting' and a.to ~= 'active'
if final then
  redis.call('DEL', a.case_of .. conversation)
  redis.call('HSET', name, 'conversation', '', 'origin', '')
  if a.refused ~= '' then redis.call('SET', a.refused .. conversation, '1', 'EX', a.kept) end
else
  redis.call('EXPIRE', a.case_of .. conversation, a.kept)
end
if a.notice ~= '' or final then
  redis.call('RPUSH', KEYS[4], cjson.encode({
    id = a.notice_id, case = case_id, code = a.notice, conversation = conversation, final = final,
    channel = redis.call('HGET', name, 'channel'), language = redis.call('HGET', name, 'language'),
    state = a.to}))
  redis.call('EXPIRE', KEYS[4], a.kept)
end
"""

_RECORD_SCRIPT = """
local r = cjson.decode(ARGV[{argument}])
if #r.line > 0 then
  redis.call('XADD', r.audit, 'MINID', '~', r.oldest, '*', unpack(r.line))
end
redis.call('EXPIRE', r.audit, r.audit_kept)
for field, by in pairs(r.counts) do redis.call('HINCRBY', r.day, field, by) end
for field, value in pairs(r.longest) do
  local known = tonumber(redis.call('HGET', r.day, field) or '0')
  if value > known then redis.call('HSET', r.day, field, value) end
end
redis.call('EXPIRE', r.day, r.day_kept)
redis.call('PUBLISH', r.channel, r.topic)
"""

_RAISE_SCRIPT = """
if redis.call('HGET', KEYS[1], 'state') ~= 'waiting' then return 0 end
redis.call('HSET', KEYS[1], 'level', 'urgent', 'cues', ARGV[1])
redis.call('ZADD', KEYS[2], 'XX', redis.call('HGET', KEYS[1], 'opened'), ARGV[2])
local place = cjson.decode(ARGV[5])
local origin = redis.call('HGET', KEYS[1], 'origin')
order(KEYS[2], place.cases, place.origins, origin, place.later, place.behind)
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
"""

_UNPROMISE_SCRIPT = """
if redis.call('HGET', KEYS[1], 'state') ~= 'waiting' then return 0 end
if redis.call('HGET', KEYS[1], 'promised') ~= 'yes' then return 0 end
redis.call('HSET', KEYS[1], 'promised', '')
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
"""

_SET_SCRIPT = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
"""


class Cases:
    """The cases in the state store."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._open = redis.register_script(
            _ORDER_SCRIPT
            + _OPEN_SCRIPT
            + _RECORD_SCRIPT.replace("{argument}", "5")
            + "return case.id"
        )
        self._move = redis.register_script(
            _ORDER_SCRIPT + _MOVE_SCRIPT + _RECORD_SCRIPT.replace("{argument}", "2") + "return 'ok'"
        )
        self._raise = redis.register_script(_ORDER_SCRIPT + _RAISE_SCRIPT)
        self._set = redis.register_script(_SET_SCRIPT)
        self._unpromise = redis.register_script(_UNPROMISE_SCRIPT)

    async def open(self, case: Case, most_of_origin: int) -> Case | None:
        """Put a case into the queue; a conversation has one open case at most.

        Args:
            case: A new one.
            most_of_origin: How many cases of its origin may wait.

        Returns:
            The case, or the one that was open already; None where as many of its origin wait.
        """
        line = record.opened(case)
        found = await self._open(
            keys=[key("case_of", case.conversation), QUEUE],
            args=[
                key("case", ""),
                json.dumps(_row(case)),
                RETENTION["case"],
                _score(case),
                json.dumps(line),
                json.dumps(_PLACE | {"most": most_of_origin}),
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
        return await records.read(self._redis, name, self._redis.hgetall(name), _case, None)

    async def of(self, conversation: str) -> Case | None:
        """The open case of a conversation."""
        name = key("case_of", conversation)
        found = await records.read(self._redis, name, self._redis.get(name), _text, "")
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

    async def place(self, case_id: str) -> int:
        """How many wait before this case."""
        return int(await self._redis.zrank(QUEUE, case_id) or 0)

    async def raise_level(self, case: Case, cues: Iterable[str]) -> None:
        """A case that waits becomes urgent."""
        found = " ".join(dict.fromkeys([*cues, *case.cues]))
        await self._raise(
            keys=[key("case", case.id), QUEUE],
            args=[found, case.id, record.CHANNEL, DESK, json.dumps(_PLACE)],
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
            args=[json.dumps(notice), RETENTION["desk"], record.CHANNEL, DESK],
        )

    async def note(self, case_id: str, **fields: str | float) -> bool:
        """Note codes of a case that is kept.

        Returns:
            Whether it is.
        """
        flat = [part for name, value in fields.items() for part in (name, str(value))]
        return bool(await self._set(keys=[key("case", case_id)], args=flat))

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
            **_PLACE,
            "kept": RETENTION["case"],
            "case_of": key("case_of", ""),
            "refused": key("refused", "") if to == "refused" else "",
            "notice": notice,
            "notice_id": secrets.token_hex(8),
        }
        line = record.changed(case, what or to, who, waited, handled, outcome)
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
            if isinstance(row, ResponseError) or not _is_sound(row):
                case = await self.get(one.decode())  # removes what is damaged
            else:
                case = _case(row)
            if case is not None:
                cases.append(case)
            elif where == QUEUE:  # it died of age
                await self._redis.zrem(where, one)
            else:
                await self._redis.srem(where, one)
        return cases


def with_state(case: Case, state: State) -> Case:
    """The case in another state, as far as this process knows."""
    return replace(case, state=state)


def _score(case: Case) -> float:
    return case.opened if case.level == "urgent" else case.opened + _LATER


def _row(case: Case) -> dict[str, str]:
    row = {}
    for name in Case.__dataclass_fields__:
        value = getattr(case, name)
        row[name] = " ".join(value) if isinstance(value, tuple) else str(value)
    return row


_PLACE = {
    "cases": key("case", ""),
    "origins": key("case_origin", ""),
    "later": _LATER,
    "behind": _BEHIND,
}
"""What the scripts need to order the cases of one origin."""

_NUMBERS = frozenset(
    "opened queued claimed ended person_wrote touched reserved_until consent".split()
)


def _case(row: Mapping[bytes, bytes]) -> Case | None:
    if not row:
        return None
    fields: dict[str, Any] = {}
    for name, value in row.items():
        text = value.decode("utf-8", "replace")
        field = name.decode("utf-8", "replace")
        if field in _NUMBERS:
            fields[field] = _number(text)
        elif field == "cues":
            fields[field] = tuple(text.split())
        elif field in Case.__dataclass_fields__:
            fields[field] = text
    try:
        case = Case(**fields)
    except TypeError:  # written after it had died: a lone field
        return None
    if case.state not in get_args(State) or case.level not in URGENCY_LEVELS:
        raise ValueError("state or level")
    return case


def _is_sound(row: Mapping[bytes, bytes]) -> bool:
    try:
        _case(row)
    except records.UNREADABLE:
        return False
    return True


def _text(stored: bytes | None) -> str:
    return stored.decode() if stored else ""


def _number(text: str) -> float:
    """A number of a record; 0 where it is damaged, so that the person behind it is not lost."""
    try:
        found = float(text or 0)
    except ValueError:
        return 0.0
    return found if math.isfinite(found) else 0.0
