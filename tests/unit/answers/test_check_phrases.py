"""Which phrases code names, and that each stands in a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.check_phrases import named, problems
from bot.answers.tables import answers


def test_every_phrase_of_the_code_stands_in_a_table() -> None:
    assert list(problems(answers())) == []


@pytest.mark.parametrize(
    ("code", "phrases"),
    [
        ('say("one", language)', ["one"]),
        ('title("one", language)', ["one"]),
        ('speak(dispatcher, "one", "topic", choices)', ["one"]),
        ('context.answer(turn, "one")', ["one"]),
        ('raise RequestRefused(400, "bad", "one")', ["one"]),
        ('raise RequestRefused(400, "bad", "A sentence.")', []),
        ('say("one" if a else "two", language)', ["one", "two"]),
        ('say(f"one_{kind}", language)', ["one_*"]),
        ('say(f"{kind}_one", language)', ["*_one"]),
        ('choice_title("one?place=1", language)', ["one"]),
        ('KEY = "one"\nsay(KEY, language)', ["one"]),
        ('def f():\n    key = "one" if a else "two"\n    say(key, language)', ["one", "two"]),
        ('def f():\n    def g():\n        key = "one"\n        say(key, language)', ["one"]),
        ("def f(key):\n    say(key, language)", []),
        ('change(case, notice="one")', ["one"]),
        ('"one".title()', []),
        ("say(*parts)", []),
        ("key = key2\nkey2 = key\nsay(key, language)", []),
    ],
)
def test_a_phrase_is_found_where_code_says_it(
    tmp_path: Path, code: str, phrases: list[str]
) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "some.py").write_text(code, encoding="utf-8")
    assert [one.phrase for one in named(tmp_path)] == phrases


def test_a_phrase_that_no_table_has_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "actions").mkdir()
    code = 'x = 1\nspeak(dispatcher, "nowhere")\nspeak(dispatcher, f"nowhere_{x}")\nsay("menu")\n'
    (tmp_path / "actions" / "some.py").write_text(code, encoding="utf-8")
    assert list(problems(answers(), tmp_path)) == [
        "phrases: actions/some.py:2 says nowhere, which stands in no table",
        "phrases: actions/some.py:3 says nowhere_*, which stands in no table",
    ]


def test_a_phrase_that_is_made_from_a_list_is_missed(tmp_path: Path) -> None:
    known = set(answers()) - {"day_3", "urgent_child"}
    assert list(problems(known, tmp_path)) == [
        "phrases: urgent_child stands in no table",
        "phrases: day_3 stands in no table",
    ]
