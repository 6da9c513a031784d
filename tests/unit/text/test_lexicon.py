"""The lexicon: what a broken one is told of, and what it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.paths import ROOT
from bot.text import lexicon
from bot.text.brackets import BracketError, spelled_out


def instead(before: str, after: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert before in text
        return text.replace(before, after, 1)

    return change


def test_the_lexicon_is_sound() -> None:
    assert lexicon.problems() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (instead("stop:\n", "halt:\n"), "nobody reads the list 'halt'"),
        (instead("stop:\n", "halt:\n"), "the list stop is missing"),
        (instead("  ht: kanpe, sispann\n", ""), "stop, ht is missing"),
        (instead("  ht: kanpe", "  de: halt\n  ht: kanpe"), "stop, 'de' is none of the six"),
        (instead("ht: kanpe", "ht: kanpe, kanpe"), "stop, ht: 'kanpe' stands twice"),
        (instead("(ya |)no gracias", "no gracias, (ya |)no gracias"), "'no gracias' stands twice"),
        (instead("ht: kanpe", "ht: Kanpe"), "stop, ht: 'Kanpe' is not folded: 'kanpe'"),
        (instead("fr: stop, arret", "fr: stop, arrêt"), "'arrêt' is not folded: 'arret'"),
        (instead("j ai, jai", "j'ai, jai"), "\"j'ai\" is not folded: 'j ai'"),
        (instead("ht: kanpe", "ht: kanpe,"), "stop, ht: an entry is empty"),
        (instead('  es: "no"', "  es: no"), "negations, es: False is no text: write it in quotes"),
        (instead("wata(yuq|yoq)", "wata(yuq|yoq"), "unbalanced brackets"),
        (instead("  fr: frances, french", "  fr: frances, english"), "under en and fr"),
        (instead("    1: one, first", "    1: one, first, two"), "'two' stands under 1 and 2"),
        (instead("    1: one, first", "    0: one, first"), "ordinals, en: 0 is none of 1, 2"),
        (instead("  en:\n    1: one, first", "  pt:\n    1: one, first"), "'pt' stands twice"),
        (instead("stop:\n", "stop: no\nhalt:\n"), "its words do not stand under languages"),
        (instead("  qu: sayachiy, sayay", "  qu: [sayachiy]"), "['sayachiy'] is no text"),
        (lambda text: text + "\n]", "no YAML"),
        (lambda text: "- x", "not a list by its name"),
    ],
)
def test_a_broken_lexicon_is_named(tmp_path: Path, change: Callable[[str], str], told: str) -> None:
    broken = tmp_path / "lexicon.yml"
    broken.write_text(change(lexicon.FILE.read_text(encoding="utf-8")), encoding="utf-8")
    found = lexicon.problems(broken)
    assert any(told in problem for problem in found), found


def test_a_list_without_a_word_would_match_everything_and_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "lexicon.yml"
    text = lexicon.FILE.read_text(encoding="utf-8")
    broken.write_text(instead("  qu: pi, ta, manta, wan", "  qu:")(text), encoding="utf-8")
    assert lexicon.problems(broken) == [
        "lexicon: language_endings, it holds no word in any language"
    ]


@pytest.mark.parametrize("name", lexicon.LISTS)
def test_every_list_is_read_by_some_module(name: str) -> None:
    readers = [
        path
        for path in (ROOT / "bot").rglob("*.py")
        if path != Path(lexicon.__file__)
        and (f'"{name}"' in (text := path.read_text(encoding="utf-8")) or f"'{name}'" in text)
    ]
    assert readers


def test_entries_of_all_languages_are_looked_for_at_once() -> None:
    assert {"salir", "exit", "sair", "quitter", "soti", "lluqsiy"} <= lexicon.entries("leave")
    assert {"no gracias", "ya no gracias", "non mesi"} <= lexicon.entries("no_thanks")
    assert lexicon.by_language("greetings")["bonswa"] == "ht"
    assert lexicon.by_code("ordinals")["dezyem"] == "2"


def test_alternatives_try_the_longest_first() -> None:
    assert lexicon.alternatives("place_endings").startswith("mantaqa|manpas|manta|")


def test_brackets_are_spelled_out_in_their_order() -> None:
    assert spelled_out("(ya |)no (quiero|gracias)") == [
        "ya no quiero",
        "ya no gracias",
        "no quiero",
        "no gracias",
    ]
    for broken in ("(a|b", "a)", "((a))", "a|b", "(0|1)" * 9):
        with pytest.raises(BracketError):
            spelled_out(broken)
