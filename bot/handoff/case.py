"""A case: who asked for a person, in codes; no words.

Decides its fields and the states it can be in: waiting → active → closed | refused | expired.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from bot.turn import Channel, Urgency

State = Literal["waiting", "active", "closed", "refused", "expired"]
Age = Literal["adult", "minor", "unknown"]
Outcome = Literal["oriented", "referred", "emergency", "no_answer", "declined", "not_ours", "test"]

OPEN: tuple[State, ...] = ("waiting", "active")
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
AGES: tuple[Age, ...] = get_args(Age)


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
