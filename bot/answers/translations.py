"""A translator's path: answers out to a spreadsheet, and back with every check.

Decides what a translator gets (a CSV file that any spreadsheet opens: key, Spanish, translation,
source, reviewed, note) and what is taken back: a row whose Spanish has changed since, whose
placeholders differ, that asks an open question, types a digit or is too long stops the whole
import, with a sentence for each; nothing is half imported. A row with a date (or "yes") under
`reviewed` is marked as reviewed by a speaker: it is no draft any more.
"""

from __future__ import annotations

import csv
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from bot.answers.check import LONGEST_TITLE, text_problems, title_problems
from bot.answers.tables import FOLDER, LONGEST_TEXT, PLACEHOLDER, Answer, load
from bot.text.languages import LANGUAGES, ORIGINAL

COLUMNS = ("key", "spanish", "translation", "source", "reviewed", "note")

TITLE = ".title"
"""Ends the key of a row that is a button's title."""

YES = frozenset({"yes", "si", "sí", "wi", "ari", "arí", "sim", "oui", "x"})

WIDTH = 100
"""Characters of a line in the answer files."""


class TranslationError(ValueError):
    """The spreadsheet cannot be taken; one sentence a line, for the translator."""


@dataclass(frozen=True)
class Row:
    """One text of the spreadsheet."""

    key: str
    spanish: str
    translation: str
    source: str
    reviewed: str
    note: str


@dataclass(frozen=True)
class Imported:
    """What an import did: texts that changed, topics marked as reviewed, notes to read."""

    changed: int
    reviewed: int
    notes: tuple[str, ...]


def rows(language: str, folder: Path = FOLDER) -> list[Row]:
    """The texts of a language, as a translator gets them.

    Args:
        language: A code of `bot.text.languages`, not Spanish.
        folder: Of the answers.

    Raises:
        TranslationError: The language is none of the others.
    """
    if language not in LANGUAGES or language == ORIGINAL:
        raise TranslationError(f"language is one of {', '.join(LANGUAGES[1:])}.")
    found = []
    for answer in load(folder).values():
        reviewed = answer.speakers.get(language)
        mark = reviewed.isoformat() if reviewed else ""
        for key, texts, longest in (
            (answer.key + TITLE, answer.title, LONGEST_TITLE),
            (answer.key, answer.text, LONGEST_TEXT),
        ):
            if ORIGINAL in texts and (language in texts or len(texts) == len(LANGUAGES)):
                note = _advice(texts[ORIGINAL], longest)
                found.append(
                    Row(key, texts[ORIGINAL], texts.get(language, ""), answer.source, mark, note)
                )
    return found


def _advice(spanish: str, longest: int) -> str:
    kept = sorted({match.group() for match in PLACEHOLDER.finditer(spanish)})
    keep = f"Keep as they are: {' '.join(kept)}. " if kept else ""
    return f"{keep}At most {longest} characters."


def write(path: Path, found: list[Row]) -> None:
    """Write rows as a CSV file that spreadsheets open with its letters right."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in found:
            writer.writerow([getattr(row, column) for column in COLUMNS])


def read(path: Path) -> list[Row]:
    """Read what a translator sends back.

    Raises:
        TranslationError: It is no such spreadsheet.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            sample = file.readline()
            file.seek(0)
            delimiter = ";" if sample.count(";") > sample.count(",") else ","
            table = csv.DictReader(file, delimiter=delimiter)
            missing = set(COLUMNS) - set(table.fieldnames or ())
            if missing:
                raise TranslationError(f"{path.name} has no column {', '.join(sorted(missing))}.")
            return [Row(**{name: (row[name] or "").strip() for name in COLUMNS}) for row in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TranslationError(f"{path.name} cannot be read: {error}") from None


def take(language: str, sent: list[Row], today: date, folder: Path = FOLDER) -> Imported:
    """Take a translator's rows into the answer files, all or nothing.

    Args:
        language: The rows' language.
        sent: As `read` gives them; rows left out stay as they are.
        today: The date of a review marked "yes".
        folder: Of the answers.

    Raises:
        TranslationError: A row cannot be taken; nothing is changed.
    """
    before = {row.key: row for row in rows(language, folder)}
    answers = load(folder)
    problems = list(_problems(language, sent, before, answers, today))
    if problems:
        raise TranslationError("\n".join(problems))
    changed = {
        row.key: row.translation for row in sent if row.translation != before[row.key].translation
    }
    marks = {
        row.key.removesuffix(TITLE): _review(row.reviewed, today)
        for row in sent
        if row.reviewed and row.reviewed != before[row.key].reviewed
    }
    for path in sorted(folder.glob("*.yml")):
        written = path.read_text(encoding="utf-8")
        edited = _edited(written, language, changed, marks)
        if edited != written:
            path.write_text(edited, encoding="utf-8")
    notes = tuple(
        f"{row.key}: {row.note}" for row in sent if row.note and row.note != before[row.key].note
    )
    return Imported(len(changed), sum(date is not None for date in marks.values()), notes)


def _problems(
    language: str,
    sent: list[Row],
    before: Mapping[str, Row],
    answers: Mapping[str, Answer],
    today: date,
) -> Iterator[str]:
    seen: set[str] = set()
    for row in sent:
        known = before.get(row.key)
        if known is None:
            yield f"{row.key}: there is no such text"
            continue
        if row.key in seen:
            yield f"{row.key}: stands twice"
        seen.add(row.key)
        if row.spanish != known.spanish:
            yield f"{row.key}: the Spanish text has changed since the export; export it anew"
        if _review(row.reviewed, today) is None and row.reviewed:
            yield f"{row.key}: reviewed is a date (2026-11-25), yes, or empty"
        topic = row.key.removesuffix(TITLE)
        answer = answers[topic]
        if row.key.endswith(TITLE):
            candidate = replace(answer, title={**answer.title, language: row.translation})
            found = title_problems(candidate)
        else:
            candidate = replace(answer, text={**answer.text, language: row.translation})
            found = text_problems(topic, candidate)
        yield from (f"{row.key}: {problem}" for problem in found if _concerns(problem, language))


def _concerns(problem: str, language: str) -> bool:
    return re.search(rf"\bin {language}\b", problem) is not None


def _review(written: str, today: date) -> date | None:
    if written.casefold() in YES:
        return today
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _edited(
    written: str, language: str, changed: Mapping[str, str], marks: Mapping[str, date | None]
) -> str:
    """A file with new texts and review marks; every other line stays as it is."""
    blocks = re.split(r"(?m)^(?=\w[\w]*:)", written)
    for number, block in enumerate(blocks):
        topic = re.match(r"(\w+):", block)
        if not topic:
            continue
        name = topic.group(1)
        for part, key in (("title", name + TITLE), ("text", name)):
            if key in changed:
                block = _with_text(block, part, language, changed[key])
        if marks.get(name):
            block = _with_mark(block, language, str(marks[name]))
        blocks[number] = block
    return "".join(blocks)


def _with_text(block: str, part: str, language: str, text: str) -> str:
    """Put a text into its place: the lines under `part:` that begin with the language."""
    section = re.search(rf"(?m)^  {part}:\n(?:^(?:    .*)?\n?)*", block)
    if section is None:
        raise TranslationError(f"no {part} in {block.splitlines()[0]}")
    old = re.search(rf"(?m)^    {language}:.*\n?(?:^(?:      .*|[ ]*)\n)*", section.group())
    body = section.group()
    new = f"    {language}: {_scalar(text)}\n"
    if old is None:
        body = body.rstrip("\n") + "\n" + new + "\n"
    else:
        blank = "\n" if old.group().endswith("\n\n") else ""
        body = body[: old.start()] + new + blank + body[old.end() :]
    return block[: section.start()] + body + block[section.end() :]


def _scalar(text: str) -> str:
    """A text as YAML: a folded block, or one plain or quoted line."""
    if "\n" not in text and len(text) < WIDTH // 2:
        plain = yaml.safe_dump(text, allow_unicode=True, width=10_000).strip()
        return plain.removesuffix("...").strip()
    lines = []
    for paragraph in re.split(r"\n+", text):
        lines += textwrap.wrap(paragraph, WIDTH - 6, break_long_words=False, break_on_hyphens=False)
        lines.append("")
    return ">-\n" + "\n".join(f"      {line}" if line else "" for line in lines[:-1])


def _with_mark(block: str, language: str, mark: str) -> str:
    line = f"    {language}: {mark}\n"
    section = re.search(r"(?m)^  speakers:\n(?:^    .*\n)*", block)
    if section is None:
        return re.sub(r"(?m)^(  reviewed: .*\n)", rf"\g<1>  speakers:\n{line}", block, count=1)
    old = re.search(rf"(?m)^    {language}: .*\n", section.group())
    body = section.group().replace(old.group(), line) if old else section.group() + line
    return block[: section.start()] + body + block[section.end() :]
