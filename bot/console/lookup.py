"""What an operator looks up: Chaski's own answers, the nearest offices, which lines answer now.

Decides how answers are searched (by the words of topic, title and text, in the operator's and the
person's language), and that each comes in both languages, so that an operator can send a text in a
language they do not write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot import hours
from bot.answers.offices import office_answer
from bot.answers.tables import AnswerError, answers, open_now, opening_hours, say, title
from bot.directory.areas import area
from bot.directory.gazetteer import gazetteer
from bot.directory.tables import Service, tables
from bot.text.folding import words
from bot.text.numbers import whole_number

MOST = 12
FIRST = (
    "report_where report_anonymously report_fear free_lawyer shelter medical_care mental_health "
    "regularise_status asylum_how_to_apply ngo_help child_protection witness_protection"
).split()
"""What is shown before anything is searched."""

NOT_TO_SEND = ("handoff_", "menu", "error_", "urgent_")
SERVICES: tuple[Service, ...] = ("fistrap", "cem", "upe", "police")


@dataclass(frozen=True)
class _Found:
    key: str
    score: int


def find_answers(query: str, language: str, operators: str) -> list[dict[str, Any]]:
    """Chaski's answers, best first, in the person's and the operator's language."""
    wanted = words(query)
    found = []
    for key, one in answers().items():
        if not one.title or not one.text or key.startswith(NOT_TO_SEND):
            continue
        if not wanted:
            score = len(FIRST) - FIRST.index(key) if key in FIRST else 0
        else:
            score = _score(wanted, key, one.title, one.text, {language, operators})
        if score:
            found.append(_Found(key, score))
    found.sort(key=lambda one: (-one.score, one.key))
    rows = []
    for hit in found:
        try:
            rows.append(
                {
                    "topic": hit.key,
                    "title": title(hit.key, operators),
                    "text": say(hit.key, language),
                    "operators": say(hit.key, operators),
                    "source": answers()[hit.key].source,
                }
            )
        except AnswerError:  # filled in by an action only
            continue
        if len(rows) == MOST:
            break
    return rows


def _score(wanted: list[str], key: str, titles: Any, texts: Any, languages: set[str]) -> int:
    headed = words(key.replace("_", " "))
    said: list[str] = []
    for language in languages:
        headed += words(titles.get(language, ""))
        said += words(texts.get(language, ""))
    score = 0
    for word in wanted:
        heading = max((_alike(word, other) for other in headed), default=0)
        text = max((_alike(word, other) for other in said), default=0)
        score += 4 * heading + text
        if not heading and not text:
            score -= 3
    return max(score, 0)


def _alike(word: str, other: str) -> int:
    if word == other:
        return 2
    return 1 if len(word) >= 3 and other.startswith(word[: max(4, len(word) - 2)]) else 0


def find_offices(place: str, service: Service, language: str, operators: str) -> dict[str, Any]:
    """The nearest offices for a place that is typed or known by its code."""
    code, candidates = place, []
    if whole_number(place) is None:
        read = gazetteer().read(f"en {place}")
        code = read.code
        candidates = [{"code": one, "name": area(one).full_name} for one in read.candidates]
    if not code:
        return {"text": "", "candidates": candidates}
    try:
        return {
            "text": office_answer(service, code, language).text,
            "operators": office_answer(service, code, operators).text,
            "place": area(code).full_name,
            "candidates": [],
        }
    except KeyError:
        return {"text": "", "candidates": []}


def lines(operators: str) -> list[dict[str, Any]]:
    """The lines that one calls, and whether each answers now."""
    moment = hours.now()
    rows = []
    for contact in tables().contacts.values():
        if contact.channel != "phone" or not contact.hours:
            continue
        parsed = hours.parse(contact.hours)
        rows.append(
            {
                "name": contact.institution,
                "number": contact.display,
                "hours": opening_hours(contact, operators),
                "open": parsed is not None and hours.is_open(parsed, moment),
                "now": open_now(contact, operators, moment),
            }
        )
    return sorted(rows, key=lambda row: (not row["open"], row["name"]))
