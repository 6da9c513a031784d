"""One word stops or erases, without the model."""

from __future__ import annotations

import pytest

from bot.stages import opt_out
from tests.unit.fakes import Parts, run, turn


def wish(text: str) -> str:
    asked = turn(text)
    run(opt_out.run(asked, Parts().context()))
    return asked.understanding.intent if asked.understanding else ""


@pytest.mark.parametrize("word", ["STOP", "stop.", "¡Stop!", "BAJA", "arrêter", "parar"])
def test_a_lone_word_stops(word: str) -> None:
    assert wish(word) == "opt_out"


@pytest.mark.parametrize("word", ["BORRAR", "borrar", "erase", "apagar", "effacer", "efase"])
def test_a_lone_word_erases(word: str) -> None:
    assert wish(word) == "delete_my_data"


@pytest.mark.parametrize(
    "text", ["", "hola", "stop calling me", "quiero borrar", "stop" * 20, "no borrar"]
)
def test_anything_else_is_for_the_model(text: str) -> None:
    assert wish(text) == ""
