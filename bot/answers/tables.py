"""What Chaski says: the tables of `data/responses/`, filled with facts, in the person's language.

Decides how an answer is put together. Our own schema, read only here (Rasa took 3.6 s to load and
25 s to train the same texts): for each topic its source, review date, choices, title and text in
six languages. No fact is typed in a text: `{number:1818}`, `{hours:…}`, `{open:…}`, `{web:…}`,
`{email:…}`, `{address:…}` and `{figure:…}` are filled from `data/directory/`, and `{name}` by the
caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import yaml

from bot import hours
from bot.directory.tables import Contact, tables
from bot.paths import ROOT
from bot.text.languages import DRAFTS, NAMES, ORIGINAL

FOLDER = ROOT / "data" / "responses"

PHRASES = "phrases*.yml"
"""Building blocks: texts without a title and without choices."""

LONGEST_TEXT = 600
"""Characters of an answer, filled in (CONTENT.md, "How answers are written")."""

EMERGENCY_LINE = "105"
"""The police; told first in danger."""

ALWAYS_OPEN_LINE = "1818"
"""Told when another line is closed: 24 hours, free, anonymous (SOP 5.1)."""

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")


class AnswerError(ValueError):
    """A text or a fact is missing; the message names the topic."""


@dataclass(frozen=True)
class Answer:
    """One topic.

    Attributes:
        source: Section of the SOP, or another named source.
        reviewed: When it was last checked against its source.
        choices: Topics that lead on, in order.
        state_service: Whether it sends an adult to a service that must report (SOP note 101).
        title: How the topic is named on a button, by language.
        text: What is said, by language.
        speakers: When a speaker of the language reviewed the translation, by language.
    """

    key: str
    source: str
    reviewed: date
    choices: tuple[str, ...] = ()
    state_service: bool = False
    title: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    speakers: Mapping[str, date] = field(default_factory=dict)

    def is_draft(self, language: str) -> bool:
        """Whether no speaker of a language has reviewed what is said in it."""
        return language in DRAFTS and language not in self.speakers

    @property
    def lines(self) -> tuple[str, ...]:
        """Names of the phone lines that the text tells, in its order."""
        found = PLACEHOLDER.findall(self.text.get(ORIGINAL, ""))
        return tuple(dict.fromkeys(name for kind, name in found if kind == "number"))


def load(folder: Path = FOLDER) -> dict[str, Answer]:
    """Read all answers and phrases of a folder.

    Raises:
        AnswerError: A topic is malformed or written twice.
    """
    found: dict[str, Answer] = {}
    for path in sorted(folder.glob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for key, row in content.items():
            if key in found:
                raise AnswerError(f"{path.name}: {key} is written twice")
            try:
                found[key] = Answer(
                    key=key,
                    source=row["source"],
                    reviewed=row["reviewed"],
                    choices=tuple(row.get("choices", ())),
                    state_service=bool(row.get("state_service", False)),
                    title=row.get("title", {}),
                    text={code: _spaced(text) for code, text in row.get("text", {}).items()},
                    speakers=row.get("speakers", {}),
                )
            except (KeyError, TypeError, AttributeError) as error:
                raise AnswerError(f"{path.name}: {key}: {error!r}") from None
    return found


@lru_cache(maxsize=1)
def answers() -> dict[str, Answer]:
    """The project's own answers, read once in a process."""
    return load()


def answer(key: str) -> Answer:
    """The answer of a topic.

    Raises:
        AnswerError: There is none.
    """
    try:
        return answers()[key]
    except KeyError:
        raise AnswerError(f"no answer {key!r}") from None


def say(key: str, language: str, moment: datetime | None = None, /, **values: str) -> str:
    """The text of a topic or phrase, filled in.

    Args:
        key: Topic or phrase.
        language: Code of `bot.text.languages`; Spanish where the text lacks it.
        moment: For "open now"; the present where None.
        **values: What the plain placeholders stand for.

    Raises:
        AnswerError: The text or a fact is missing.
    """
    texts = answer(key).text
    return fill(texts.get(language) or texts[ORIGINAL], language, moment, **values)


def title(key: str, language: str) -> str:
    """How a topic is named on a button."""
    titles = answer(key).title
    return fill(titles.get(language) or titles[ORIGINAL], language)


def fill(text: str, language: str, moment: datetime | None = None, /, **values: str) -> str:
    """Replace the placeholders of a text.

    Raises:
        AnswerError: A placeholder stands for nothing.
    """

    def one(match: re.Match[str]) -> str:
        kind, name = match.group(1), match.group(2)
        if name is None:
            if kind not in values:
                raise AnswerError(f"nothing for {{{kind}}}")
            return values[kind]
        return _fact(kind, name, language, moment)

    return PLACEHOLDER.sub(one, text)


def _fact(kind: str, name: str, language: str, moment: datetime | None) -> str:
    if kind == "figure":
        figure = tables().figures.get(name)
        if figure is None:
            raise AnswerError(f"no figure {name!r}")
        return figure.value
    contact = _contact(kind, name)
    if kind == "hours":
        return opening_hours(contact, language)
    if kind == "open":
        return open_now(contact, language, moment or hours.now())
    if kind in ("number", "web", "email", "address"):
        return contact.display
    raise AnswerError(f"unknown placeholder {{{kind}:{name}}}")


def _contact(kind: str, name: str) -> Contact:
    contacts = tables().contacts
    for key in (f"{name}_{kind}", name):
        if key in contacts and (
            kind not in ("web", "email", "address") or contacts[key].channel == kind
        ):
            return contacts[key]
    raise AnswerError(f"no {kind} of {name!r}")


def opening_hours(contact: Contact, language: str) -> str:
    """The hours of a line as a phrase: "Monday to Friday, 08:00 to 18:00"."""
    parsed = hours.parse(contact.hours)
    if parsed is None:
        return say("hours_unknown", language)
    if parsed.always:
        return say("hours_always", language)
    return say(
        "hours_range",
        language,
        days=say("days_daily" if parsed.daily else "days_mon_fri", language),
        **{"from": f"{parsed.opens:%H:%M}", "to": f"{parsed.closes:%H:%M}"},
    )


def open_now(contact: Contact, language: str, moment: datetime) -> str:
    """Whether a line answers now; if not, when it opens and which one answers meanwhile."""
    parsed = hours.parse(contact.hours)
    if parsed is None:
        return say("hours_unknown", language)
    if hours.is_open(parsed, moment):
        return say("open_now", language)
    local = moment.astimezone(hours.LIMA)
    opens = when_opens(hours.next_opening(parsed, moment), language, moment)
    instead = tables().contacts[ALWAYS_OPEN_LINE]
    sentences = [
        say("holiday_today", language) if hours.is_holiday(local.date()) else "",
        say("closed_now", language, opens=opens),
        say("use_instead", language, line=instead.display),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def when_opens(opening: datetime, language: str, moment: datetime | None = None) -> str:
    """An opening as one says it: "tomorrow at 08:00"."""
    today = (moment or hours.now()).astimezone(hours.LIMA).date()
    days = (opening.date() - today).days
    key = {0: "opens_today", 1: "opens_tomorrow"}.get(days, "opens_at")
    return say(
        key,
        language,
        day=say(f"day_{opening.weekday()}", language),
        time=f"{opening:%H:%M}",
    )


def choice_title(code: str, language: str) -> str:
    """The title of a choice code: a topic, or a topic with "?name=value".

    "give_place?place=210101" is titled by the place, "choose_language?language=en" by the
    language's own name, anything else by its topic.
    """
    from bot.directory.areas import area

    topic, _, value = code.partition("?")
    if value.startswith("place="):
        return area(value.removeprefix("place=")).full_name
    if value.startswith("language="):
        return NAMES[value.removeprefix("language=")]
    if value.startswith("topic="):
        return title(value.removeprefix("topic="), language)
    return title(topic, language)


def _spaced(text: str) -> str:
    """Paragraphs with an empty line between, as a person reads them; lists stay close."""
    return re.sub(r"\n+(?!- )", "\n\n", text.strip()).replace("\n\n- ", "\n- ")
