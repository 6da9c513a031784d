"""A turn: what one message carries through the stages, and what comes back.

Decides the shape of the data that channels, stages, the assistant and the actions hand to each
other. A `Turn` lives in memory while one message is answered; of it, only codes are ever stored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Channel = str
"""Where a person writes: a code of `CHANNELS`."""

Urgency = Literal["none", "high", "urgent"]
HandOffState = Literal["none", "offered", "waiting", "active", "closed"]

Emergency = Literal["danger", "child", "child_alone", "medical", "self_harm"]
"""Kinds of emergency: each has a number that fits (CONTENT.md, "Urgency")."""

Who = Literal["self", "child", "other"]

NUMBER_OF: Mapping[str, Emergency] = {
    "danger": "danger",
    "child": "danger",
    "child_alone": "danger",
    "medical": "medical",
    "self_harm": "self_harm",
}
"""Each kind of emergency to the one whose number its answer begins with: 105 is for a child too."""


URGENCY_LEVELS: tuple[Urgency, ...] = ("none", "high", "urgent")
"""From calm to danger now; a later one is higher (SOP, Annex 2)."""


ReplyForm = Literal["buttons", "numbered", "spoken"]


@dataclass(frozen=True)
class Abilities:
    """What a channel can do.

    Attributes:
        file: Its module in `bot.channels`; several channels may share one.
        label: How operators read its name, by language of the desk.
        reply_form: How its replies give choices: as buttons, numbered in one message a turn, or
            spoken.
        relayed: Whether an operator can write back.
        posted: Whether what comes later is posted to the person, for which the provider's
            credentials and a return address are needed; else the person's page asks for it.
        signed: Whether the provider signs what comes in.
        longest_message: UTF-16 units of one message to the person.
        window_seconds: How long after their last message a person may be written to; None where
            nothing bounds it.
    """

    file: str
    label: Mapping[str, str]
    reply_form: ReplyForm
    relayed: bool = False
    posted: bool = False
    signed: bool = False
    longest_message: float = math.inf
    window_seconds: int | None = None


CHANNELS: Mapping[Channel, Abilities] = {
    "whatsapp": Abilities(
        file="whatsapp",
        label={"es": "WhatsApp", "en": "WhatsApp"},
        reply_form="numbered",
        relayed=True,
        posted=True,
        signed=True,
        longest_message=1600,
        window_seconds=24 * 3600,
    ),
    "sms": Abilities(
        file="whatsapp",
        label={"es": "SMS", "en": "SMS"},
        reply_form="numbered",
        relayed=True,
        posted=True,
        signed=True,
        longest_message=1600,
    ),
    "web": Abilities(
        file="web",
        label={"es": "Web", "en": "Web"},
        reply_form="buttons",
        relayed=True,
    ),
}
"""The channels, in the order in which operators see them: the one list that everything reads."""

NO_ABILITIES = Abilities(file="", label={}, reply_form="buttons")


def abilities_of(channel: Channel) -> Abilities:
    """What a channel can do; nothing where a damaged record names none."""
    return CHANNELS.get(channel, NO_ABILITIES)


@dataclass(frozen=True)
class Position:
    """A shared position, in degrees (WGS 84); dropped as soon as it has become a district."""

    latitude: float
    longitude: float

    @classmethod
    def of(cls, latitude: float, longitude: float) -> Position:
        """A position as somebody sent it.

        Raises:
            ValueError: It is none on earth.
        """
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError("degrees")
        return cls(latitude, longitude)


@dataclass(frozen=True)
class Choice:
    """A button: an opaque id, valid for the conversation's last reply only, and its title."""

    id: str
    title: str


@dataclass
class Said:
    """One message of an action, before its choices have ids.

    Attributes:
        text: What is said.
        topic: What it is about.
        choices: Codes that lead on.
        asks: What it asks for: "place" or "handoff"; empty where it asks nothing.
        effect: What happens with it: "erase", or the state of the hand-off after it.
    """

    text: str
    topic: str
    choices: list[str] = field(default_factory=list)
    asks: str = ""
    effect: Literal["", "erase"] | HandOffState = ""


@dataclass
class Reply:
    """One message to the person: its text, the topic it answers, and what leads on."""

    text: str
    topic: str
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class PlaceReading:
    """Which place a message names.

    Attributes:
        code: INEI code of the one place meant: 2 digits a department, 4 a province, 6 a district;
            empty where none or several are meant.
        candidates: Codes of the places it may be, most likely first; empty where `code` is set.
        foreign: Name of a place outside Peru, as in our table, where only such a one is named.
        guess: Whether spelling had to be guessed far (counts only where a place was asked for).
    """

    code: str = ""
    candidates: tuple[str, ...] = ()
    foreign: str = ""
    guess: bool = False


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """What the words meant, in codes; from here on the words are gone (law 1).

    Attributes:
        intent: CONTENT.md's name of the topic.
        confidence: Of the intent, from 0 to 1; 1 where no model was asked.
        language: One of `bot.text.languages.LANGUAGES`; what the message itself is written in.
        ranking: The likeliest intents with their confidence, best first.
        place: The place named.
        urgency: Level of danger (SOP 2.5, Annex 2).
        cues: Categories of the cues found, most dangerous first.
        kind: Kind of emergency; empty unless urgent.
        also: Another kind whose number is told too, since it may be meant; mostly empty.
        who: Who is in danger: "self", "child", "other"; empty where nobody is.
        is_account: Whether the person has begun to tell what happened.
        other_language: The message is in none of the six languages.
        follow_up: A kind of `bot.nlu.follow_up.KINDS`, where the message only makes sense after an
            answer; empty else.
        follow_up_confidence: From 0 to 1.
        age_group: What the person says of their own age: "adult", "minor", or nothing.
    """

    intent: str
    confidence: float = 1.0
    language: str = ""
    ranking: tuple[tuple[str, float], ...] = ()
    place: PlaceReading = PlaceReading()
    urgency: Urgency = "none"
    cues: tuple[str, ...] = ()
    kind: str = ""
    also: str = ""
    who: str = ""
    is_account: bool = False
    other_language: bool = False
    follow_up: str = ""
    follow_up_confidence: float = 0.0
    age_group: str = ""


@dataclass
class Turn:
    """One message on its way through the stages.

    Attributes:
        channel: Where it came from.
        conversation: The pseudonym of `bot.privacy.pseudonyms`; never a number or a name.
        origin: Keyed code of the web address on this day (`bot.privacy.web_addresses`): whose
            share of the readers it takes, and how many of its cases wait. Empty where the provider
            signs the sender; then the share is the conversation's. Kept with an open case only.
        message_id: The provider's id, or the widget's own, by which a repeated delivery is known;
            empty where none.
        site: The site through whose widget a conversation begins; empty in later turns.
        text: The words, cleaned; emptied by the stage `understand`.
        choice: Id of a button that was pressed.
        position: A shared position.
        media: Whether something came that is neither text nor position (never fetched).
        language: The language of the replies, once known.
        understanding: Set by `choose` or `understand`.
        replies: What the person gets.
        urgency: Level of this message.
        handoff: State of the hand-off after this turn.
        erase: Whether everything kept of the conversation goes when the turn is over.
        throttled: Whether the conversation is over its limit of messages.
        return_address: Where an operator's answer would go, sealed by the channel; kept only while
            a hand-off is open. Empty on the web, where the page asks for events.
        relayed: Whether the message went to an operator, so that the bot is silent.
    """

    channel: Channel
    conversation: str
    origin: str = ""
    message_id: str = ""
    site: str = ""
    text: str = ""
    choice: str = ""
    position: Position | None = None
    media: bool = False
    language: str = ""
    understanding: Understanding | None = None
    replies: list[Reply] = field(default_factory=list)
    urgency: Urgency = "none"
    handoff: HandOffState = "none"
    erase: bool = False
    throttled: bool = False
    return_address: str = ""
    relayed: bool = False


class Answered(Exception):
    """The turn has its replies; no later stage runs."""
