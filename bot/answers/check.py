"""`python -m bot check`: are the directory, the answers and the training data sound?

Decides what a release must hold (laws 3 and 4, CONTENT.md "How answers are written"): six
languages, lengths, placeholders that are filled, no digit outside a table, closed questions only,
a source and a review date; rows that agree with each other; nothing trained on twice; topics that
are whole (`bot.answers.check_topics`), and no phrase that code says and no table has
(`bot.answers.check_phrases`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from bot import hours
from bot.answers import check_phrases, check_topics
from bot.answers.tables import (
    FOLDER,
    LONGEST_TEXT,
    PLACEHOLDER,
    Answer,
    AnswerError,
    answers,
    fill,
)
from bot.directory.areas import exists
from bot.directory.tables import Tables, tables
from bot.nlu import categories, follow_up
from bot.nlu.corpus import corpus
from bot.nlu.cue import CueError
from bot.nlu.cues import Cues
from bot.nlu.urgency_examples import read_examples
from bot.paths import ROOT
from bot.text.folding import fold, words
from bot.text.languages import LANGUAGES
from bot.text.lexicon import alternatives
from bot.turn import CHANNELS

LONGEST_TITLE = 28
MOST_CHOICES = 3
"""Of an answer; a menu may have more, and where there is danger one says that it is over."""

MENUS = ("menu", "give_place", "urgent_")

BOUNDS = (-18.5, 0.1, -81.5, -68.5)
"""South, north, west and east of Peru, degrees."""

ONLY_SPANISH_AND_ENGLISH = frozenset({"unknown_language"})
"""Said together, to somebody whose language is none of the six."""

CLOSED_QUESTIONS = frozenset(
    {
        "ask_place",  # which district or city
        "ask_place_which",  # one of the choices
        "ask_place_foreign",
        "guess",  # one of the choices
        "position_outside",
        "choose_language",  # which language
        "place_noted",  # one of the choices
        "handoff_offer",  # do you want a person, yes or no
    }
)
"""The only texts that may ask something (law 3)."""

TO_THE_FACE = re.compile(rf"\b(?:{alternatives('never_to_the_face')})\b")
INSTITUTIONS = re.compile(rf"\b(?:{alternatives('institutions')})\b")
"""Names that hold such a word and stay."""

NEVER_IN_A_TABLE = frozenset("{}[]<>\\")
"""Of templates and markup: left over from somebody's copying, and shown to people as they are."""

UNKNOWN_ADDRESS = frozenset({"fistrap", "feccor", "police"})
"""Services of which no address or phone is known: a row that has one was made up."""

CLOSED_MOMENT = datetime(2026, 7, 28, 3, 0, tzinfo=hours.LIMA)
"""A public holiday at night: the longest form of every text."""


def problems() -> list[str]:
    """Everything that is wrong, a sentence each; empty where all is sound."""
    found: list[str] = []
    for part in (
        _cells,
        _places,
        _offices,
        _contacts,
        _names,
        _answers,
        _topics,
        _static_numbers,
        _widget,
        _training,
    ):
        try:
            found.extend(part())
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            found.append(f"{part.__name__.strip('_')}: {error}")
    return found


def stray_characters(text: str) -> str:
    """What no name, address or phone is written with: brackets of templates, invisible characters.

    Args:
        text: One line, or one cell of a table.

    Returns:
        The characters found, in their order; empty where there are none.
    """
    return "".join(one for one in text if one in NEVER_IN_A_TABLE or not one.isprintable())


def _cells() -> Iterator[str]:
    source = tables()
    for table in (
        source.places,
        source.offices,
        source.contacts.values(),
        source.figures.values(),
        source.organisations,
        source.aliases,
        source.foreign,
    ):
        for record in table:
            for name, value in vars(record).items():
                if isinstance(value, str) and (stray := stray_characters(value)):
                    yield f"directory: {name} {value!r} holds {stray!r}"


def _places() -> Iterator[str]:
    source = tables()
    seen = Counter(place.ubigeo for place in source.places)
    yield from (f"places.csv: {code} stands twice" for code, count in seen.items() if count > 1)
    names: dict[str, set[str]] = defaultdict(set)
    for place in source.places:
        names[place.ubigeo[:2]].add(place.department)
        names[place.ubigeo[:4]].add(place.province)
        if (place.latitude is None) != (place.longitude is None):
            yield f"places.csv: {place.ubigeo} has half a point"
        if not _in_peru(place.latitude, place.longitude):
            yield f"places.csv: {place.ubigeo} lies outside Peru"
    for code, called in names.items():
        if len(called) > 1:
            yield f"places.csv: {code} has several names: {sorted(called)}"


def _offices() -> Iterator[str]:
    source = tables()
    seen = Counter(office.id for office in source.offices)
    yield from (f"offices: {one} stands twice" for one, count in seen.items() if count > 1)
    for office in source.offices:
        about = f"offices: {office.id} ({office.name})"
        if not exists(office.ubigeo):
            yield f"{about} has an unknown place {office.ubigeo!r}"
        if not (office.name and office.source and office.source_date):
            yield f"{about} lacks a name, a source or its date"
        if office.exact and None in (office.latitude, office.longitude):
            yield f"{about} has an exact point that is missing"
        if not _in_peru(office.latitude, office.longitude):
            yield f"{about} lies outside Peru"
        if office.service in UNKNOWN_ADDRESS and (office.address or office.phones):
            yield f"{about} has an address or a phone that no source gives"
        for phone in office.phones:
            if not (phone.isdigit() and 6 <= len(phone) <= 9):
                yield f"{about} has a phone that cannot be dialled: {phone}"


def _in_peru(latitude: float | None, longitude: float | None) -> bool:
    if latitude is None or longitude is None:
        return True
    south, north, west, east = BOUNDS
    return south <= latitude <= north and west <= longitude <= east


def _contacts() -> Iterator[str]:
    source: Tables = tables()
    for contact in source.contacts.values():
        about = f"contacts.csv: {contact.id}"
        if not contact.source:
            yield f"{about} has no source"
        if contact.channel in ("phone", "whatsapp"):
            digits = re.sub(r"\D", "", contact.display)
            if not digits or re.sub(r"\D", "", contact.dial) != digits:
                yield f"{about} shows another number than it dials"
        try:
            hours.parse(contact.hours)
        except ValueError as error:
            yield f"{about}: {error}"
    for figure in source.figures.values():
        if not (figure.value.isdigit() and figure.source and figure.meaning):
            yield f"figures.csv: {figure.name} lacks a number, a meaning or a source"


def _names() -> Iterator[str]:
    source = tables()
    rows = Counter((alias.alias, alias.code) for alias in source.aliases)
    for (alias, code), count in rows.items():
        if count > 1:
            yield f"aliases.csv: {alias} stands twice for {code}"
        if not exists(code):
            yield f"aliases.csv: {alias} has an unknown code {code}"
        if " ".join(words(alias)) != alias:
            yield f"aliases.csv: {alias!r} is not folded"
    for place in source.foreign:
        if " ".join(words(place.name)) != place.name or not place.country:
            yield f"foreign_places.csv: {place.name!r} is not folded or has no country"


def _answers() -> Iterator[str]:
    phrases = check_topics.phrases_of(FOLDER)
    for key, one in answers().items():
        about = f"answers: {key}"
        if not one.source or not isinstance(one.reviewed, date):
            yield f"{about} lacks a source or a review date"
        yield from (f"{about}: {problem}" for problem in text_problems(key, one))
        if key not in phrases or one.title:
            yield from (f"{about}: {problem}" for problem in title_problems(one))
        for choice in one.choices:
            if choice not in answers():
                yield f"{about} leads to {choice}, which does not exist"
        if len(one.choices) > MOST_CHOICES and not key.startswith(MENUS):
            yield f"{about} has more than {MOST_CHOICES} choices"


def _topics() -> Iterator[str]:
    yield from check_topics.problems(check_topics.parts(), check_phrases.named())
    yield from check_phrases.problems(answers())


def text_problems(key: str, one: Answer) -> Iterator[str]:
    """What is wrong with the texts of a topic; each sentence names the language."""
    if not one.text:  # made from the directory
        return
    expected = ("es", "en") if key in ONLY_SPANISH_AND_ENGLISH else LANGUAGES
    placeholders = {language: _placeholders(text) for language, text in one.text.items()}
    for language in expected:
        text = one.text.get(language, "")
        if not text:
            yield f"no text in {language}"
            continue
        if placeholders[language] != placeholders["es"]:
            yield f"other placeholders in {language} than in es"
        bare = PLACEHOLDER.sub("", text)
        if re.search(r"\d", bare):
            yield f"a digit that comes from no table in {language}"
        if "{" in bare or "}" in bare:
            yield f"a broken placeholder in {language}"
        if "?" in text and key not in CLOSED_QUESTIONS:
            yield f"a question in {language} (law 3)"
        if TO_THE_FACE.search(INSTITUTIONS.sub("", fold(bare))):
            yield f"'victim' to the person's face in {language}"
        try:
            values = {name: "x" * 12 for name, part in placeholders[language] if not part}
            length = len(fill(text, language, CLOSED_MOMENT, **values))
        except AnswerError as error:
            yield f"{error} in {language}"
            continue
        if length > LONGEST_TEXT:
            yield f"{length} characters in {language}, {LONGEST_TEXT} are allowed"


def title_problems(one: Answer) -> Iterator[str]:
    """What is wrong with the titles of a topic; each sentence names the language."""
    for language in LANGUAGES:
        title = one.title.get(language, "")
        if not title:
            yield f"no title in {language}"
            continue
        if re.search(r"\d", PLACEHOLDER.sub("", title)):
            yield f"a digit in the title in {language}"
        if len(fill(title, language)) > LONGEST_TITLE:
            yield f"the title in {language} is longer than {LONGEST_TITLE}"


def _placeholders(text: str) -> set[tuple[str, str]]:
    return {(match.group(1), match.group(2) or "") for match in PLACEHOLDER.finditer(text)}


def _static_numbers() -> Iterator[str]:
    """Texts that must work without the app: their numbers are those of the table."""
    known = {contact.dial for contact in tables().contacts.values()}
    fallback = (ROOT / "docker" / "fallback.xml").read_text(encoding="utf-8")
    message = fallback.split("<Message>")[1].split("</Message>")[0]
    widget = (ROOT / "bot" / "widget" / "client" / "texts.js").read_text(encoding="utf-8")
    for name, text in (("docker/fallback.xml", message), ("client/texts.js", widget)):
        for number in sorted(set(re.findall(r"\d+", text)) - known):
            yield f"{name}: {number} is in no table"
        for number in ("105", "1818", "100"):
            if text.count(number) < len(LANGUAGES):
                yield f"{name}: {number} is missing in some language"
    longest = min(one.longest_message for one in CHANNELS.values() if one.signed)
    if len(message) > longest:
        yield "docker/fallback.xml: longer than a message may be"


def _widget() -> Iterator[str]:
    """The widget's own words: the same in each of the six languages."""
    source = (ROOT / "bot" / "widget" / "client" / "texts.js").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^  (\w\w): \{\n(.*?)^  \},$", source, re.M | re.S))
    if sorted(blocks) != sorted(LANGUAGES):
        yield f"client/texts.js: has {sorted(blocks)}"
    keys = {language: re.findall(r'\b(\w+): "[^"]', block) for language, block in blocks.items()}
    for language, found in keys.items():
        if sorted(found) != sorted(keys["es"]):
            other = sorted(set(found) ^ set(keys["es"]))
            yield f"client/texts.js: {language} has other texts than es: {other}"
    if "?" in source:
        yield "client/texts.js: a question (law 3)"


def _training() -> Iterator[str]:
    yield from _taught_twice((one.language, one.intent, one.text) for one in corpus())
    yield from _taught_twice((one.language, one.level, one.text) for one in read_examples())
    yield from _taught_twice(follow_up.read_examples())
    broken = categories.problems()
    yield from (f"cues: {problem}" for problem in broken)
    if not broken:
        yield from (f"cues: {problem}" for problem in categories.unspoken())
        try:
            Cues()
        except CueError as error:
            yield f"cues: {error}"


def _taught_twice(examples: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Texts that are examples of several things: language, what it is an example of, text."""
    under: dict[str, set[str]] = defaultdict(set)
    for language, label, text in examples:
        under[f"{language} {fold(text)}"].add(label)
    for text, labels in under.items():
        if len(labels) > 1:
            yield f"training: under {sorted(labels)}: {text}"
