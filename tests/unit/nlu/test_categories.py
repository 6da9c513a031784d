"""Categories of danger: one file each, and what a broken head is told of."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copytree

import pytest

from bot.console.texts import texts
from bot.nlu import categories
from bot.nlu.categories import about_children
from bot.nlu.cues import Cues
from bot.nlu.parts import windows
from bot.nlu.urgency import category_scores
from bot.paths import ROOT

NEW = """
note: "test"
rank: 5
who: any
label: {es: nueva, en: new}
referral: [street]
es:
  urgent: [nadie sabe donde me llevan encapuchada]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copytree(
        categories.FOLDER,
        tmp_path / "urgency",
        ignore=lambda _, names: [name for name in names if name in ("examples", "calibration")],
    )


def test_the_categories_are_sound_and_the_most_dangerous_comes_first() -> None:
    assert categories.problems() == []
    found = [one.name for one in categories.categories()]
    assert found[0] == "kidnapping"
    assert found[-1] == "homelessness"
    assert about_children() == {"child"}


def test_a_new_category_is_one_file(folder: Path) -> None:
    (folder / "cues" / "hooded.yml").write_text(NEW, encoding="utf-8")
    assert categories.problems(folder) == []
    plea = "nadie sabe donde me llevan encapuchada, me pegan. "
    text = "hola buenas tardes " * 60 + plea + "gracias por su tiempo " * 60
    reading = Cues(folder).read(text)
    assert next(iter(category_scores(reading))) == "hooded"
    assert any("encapuchada" in window for window in windows(text, reading))


def test_a_language_in_which_nobody_would_be_heard_is_named(folder: Path) -> None:
    assert categories.unspoken() == []
    (folder / "cues" / "hooded.yml").write_text(f"{NEW}qu:\n  high: []\n", encoding="utf-8")
    assert categories.unspoken(folder) == [
        f"hooded.yml: no cue in {language}" for language in ("en", "pt", "fr", "ht", "qu")
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("rank: 170\n", "", "rank is missing"),
        ("rank: 170\n", "rank: 10\n", "rank 10 is that of debt.yml too"),
        ("rank: 170\n", "rank: first\n", "rank is a whole number from 1 on, not 'first'"),
        ("rank: 170\n", "rank: 0\n", "rank is a whole number from 1 on, not 0"),
        ("rank: 170\n", "rank: yes\n", "rank is a whole number from 1 on, not True"),
        ("rank: 170\n", "rank: 17.5\n", "rank is a whole number from 1 on, not 17.5"),
        ("who: any\n", "who: nobody\n", "who is one of any, child, not 'nobody'"),
        (", en: debt}", "}", "label has no text in en"),
        ("referral: [trafficking]\n", "referral: [jail]\n", "referral is a list of trafficking"),
        ("rank: 170\n", "rank: [\n", "no YAML"),
    ],
)
def test_a_broken_head_is_named(folder: Path, before: str, after: str, told: str) -> None:
    path = folder / "cues" / "debt.yml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert any(told in problem for problem in categories.problems(folder))


def test_every_category_has_its_label_at_the_desk() -> None:
    for language in categories.LABEL_LANGUAGES:
        for one in categories.categories():
            assert texts(language)[f"cue_{one.name}"] == one.label[language]


def test_every_box_that_a_category_may_suggest_is_on_the_referral_form() -> None:
    form = (ROOT / "bot/console/templates/referral.html").read_text(encoding="utf-8")
    assert set(re.findall(r'"(\w+)" in suggested', form)) == set(categories.REFERRALS)
