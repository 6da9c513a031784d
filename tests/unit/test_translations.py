"""The translator's path: out to a spreadsheet and back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.answers import translations
from bot.answers.tables import FOLDER, load
from bot.answers.translations import Row, TranslationError
from bot.cli import main
from bot.text.languages import LANGUAGES

TODAY = date(2026, 11, 25)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "responses"))


def row_of(key: str, language: str, folder: Path) -> Row:
    return next(row for row in translations.rows(language, folder) if row.key == key)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_what_goes_out_and_comes_back_unchanged_changes_nothing(
    language: str, folder: Path, tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in folder.glob("*.yml")}
    translations.write(tmp_path / "sheet.csv", translations.rows(language, folder))
    done = translations.take(language, translations.read(tmp_path / "sheet.csv"), TODAY, folder)
    assert (done.changed, done.reviewed, done.notes) == (0, 0, ())
    assert {path.name: path.read_bytes() for path in folder.glob("*.yml")} == before


def test_every_text_can_be_replaced_and_nothing_else_changes(folder: Path) -> None:
    before = load(folder)
    sent = [
        replace(row, translation=row.translation.rstrip(".") + " x") if not _full(row) else row
        for row in translations.rows("ht", folder)
    ]
    changed = [row for row in sent if row.translation.endswith(" x")]
    assert len(changed) > 100
    assert translations.take("ht", sent, TODAY, folder).changed == len(changed)
    after = load(folder)
    assert {row.key: row.translation for row in translations.rows("ht", folder)} == {
        row.key: row.translation for row in sent
    }
    for key, answer in after.items():
        for language in set(LANGUAGES) - {"ht"}:
            assert answer.text.get(language) == before[key].text.get(language), (key, language)
            assert answer.title.get(language) == before[key].title.get(language), (key, language)


def _full(row: Row) -> bool:
    longest = 24 if row.key.endswith(".title") else 500
    return len(row.spanish) > longest or len(row.translation) > longest


def test_a_reviewed_text_is_no_draft_any_more(folder: Path) -> None:
    assert load(folder)["shelter"].is_draft("qu")
    sent = [replace(row_of("shelter", "qu", folder), reviewed="yes")]
    assert translations.take("qu", sent, TODAY, folder).reviewed == 1
    shelter = load(folder)["shelter"]
    assert not shelter.is_draft("qu")
    assert shelter.is_draft("ht")
    assert shelter.speakers["qu"] == TODAY


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"translation": "Rele 1818."}, "digit"),
        ({"translation": "Kisa ki pase ou?"}, "question"),
        ({"translation": "Rele yo."}, "placeholders"),
        ({"translation": ""}, "no text"),
        ({"spanish": "Otra cosa."}, "has changed since"),
        ({"key": "nothing"}, "no such text"),
        ({"reviewed": "soon"}, "reviewed is a date"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_nothing_is_changed(
    changes: dict[str, str], problem: str, folder: Path
) -> None:
    good = replace(row_of("greet.title", "ht", folder), translation="Alo")
    bad = replace(row_of("report_anonymously", "ht", folder), **changes)
    with pytest.raises(TranslationError, match=problem):
        translations.take("ht", [good, bad], TODAY, folder)
    assert row_of("greet.title", "ht", folder).translation != "Alo"


def test_the_translators_notes_are_told(folder: Path) -> None:
    sent = [replace(row_of("thank", "fr", folder), note="Trop formel ?")]
    assert translations.take("fr", sent, TODAY, folder).notes == ("thank: Trop formel ?",)


def test_a_sheet_saved_with_semicolons_is_read(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(
        "key;spanish;translation;source;reviewed;note\nx;y;z;;;\n", encoding="utf-8-sig"
    )
    assert translations.read(path) == [Row("x", "y", "z", "", "", "")]


def test_a_file_that_is_no_such_sheet_is_refused_clearly(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(TranslationError, match="has no column"):
        translations.read(path)


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ht.csv"
    assert main(["answers", "export", "--lang", "ht", "--file", str(path)]) == 0
    assert main(["answers", "import", "--lang", "ht", "--file", str(path)]) == 0
    assert "0 texts changed" in capsys.readouterr().out
    assert main(["answers", "export", "--lang", "es", "--file", str(path)]) == 1
