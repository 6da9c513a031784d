"""The answer tables and the check that guards them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.answers import check
from bot.answers.tables import Answer, AnswerError, answers, choice_title, fill, say
from bot.channels.whatsapp import fit
from bot.directory.tables import TableError, load
from bot.text.languages import LANGUAGES


def test_the_directory_and_the_answers_are_sound() -> None:
    assert check.problems() == []


GOOD = Answer(
    key="report_where",
    source="SOP 5.1",
    reviewed=date(2026, 11, 23),
    title=dict.fromkeys(LANGUAGES, "Title"),
    text=dict.fromkeys(LANGUAGES, "Call {number:1818}."),
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Call 1818.", "digit"),
        ("Call {number:1819}.", "no number"),
        ("Call {number:1818.", "placeholder"),
        ("What happened to you?", "question"),
        ("Call {number:1818}. " + "a" * 600, "characters"),
        ("You are a victim: {number:1818}.", "victim"),
        ("", "no text"),
        ("Call.", "other placeholders"),
    ],
)
def test_the_check_finds_what_must_not_be_said(text: str, problem: str) -> None:
    bad = replace(GOOD, text={**GOOD.text, "en": text})
    assert any(problem in found for found in check.text_problems("report_where", bad))
    assert not list(check.text_problems("report_where", GOOD))


def test_the_check_finds_a_title_that_is_too_long_or_missing() -> None:
    bad = replace(GOOD, title={**GOOD.title, "fr": "x" * 29, "ht": ""})
    assert len(list(check.title_problems(bad))) == 2


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("Plaza de Armas. {Comisaría}", "{}"),
        ("<b>Huaura</b>", "<><>"),
        ("\u200eHuallhua", "\u200e"),
        ("two\nlines", "\n"),
        ("Jr. Ñahui N° 3 - Mz. “C” (altura km 5+400)", ""),
    ],
)
def test_the_check_finds_what_no_address_is_written_with(text: str, stray: str) -> None:
    assert check.stray_characters(text) == stray


def test_a_placeholder_without_a_fact_is_an_error_and_never_an_empty_word() -> None:
    for text in ("{number:nobody}", "{figure:nothing}", "{place}", "{web:1818}"):
        with pytest.raises(AnswerError):
            fill(text, "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_safe_answer_has_the_three_numbers(language: str) -> None:
    text = say("safe", language)
    assert all(number in text for number in ("105", "1818", "100"))


@pytest.mark.parametrize("key", [key for key in answers() if key.startswith("urgent_")])
def test_an_urgent_answer_begins_with_a_number_to_call(key: str) -> None:
    for language in LANGUAGES:
        assert any(sign.isdigit() for sign in say(key, language).splitlines()[0][:6])


def test_a_choice_is_titled_by_its_topic_its_place_or_its_language() -> None:
    assert choice_title("report_fear", "en") == "I am afraid to report"
    assert choice_title("give_place?place=211101", "en") == "Juliaca (San Román, Puno)"
    assert choice_title("choose_language?language=ht", "es") == "Kreyòl ayisyen"


def test_a_long_turn_keeps_its_first_text_and_its_choices() -> None:
    message = fit(["first", "b" * 1000, "c" * 1000], "1. choice", 1600)
    assert message.startswith("first")
    assert message.endswith("1. choice")
    assert len(message) <= 1600
    assert "b" in message
    long = fit(["105 first\n\n" + "d" * 3000], "1. choice", 1600)
    assert long.startswith("105 first")
    assert len(fit(["😀" * 1500], "", 1600).encode("utf-16-le")) // 2 <= 1600


def test_a_malformed_row_names_its_file_and_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    from shutil import copytree

    from bot.directory.tables import FOLDER

    folder = copytree(FOLDER, tmp_path_factory.mktemp("tables") / "directory")
    lines = (folder / "offices.csv").read_text().splitlines()
    lines[3] = lines[3].replace("sar,", "zoo,", 1)
    (folder / "offices.csv").write_text("\n".join(lines))
    with pytest.raises(TableError, match=r"offices\.csv, line 4"):
        load(folder)
