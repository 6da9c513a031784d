"""A language asked for by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.asked_language import requested
from bot.text.languages import LANGUAGES, NAMES


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("english please", "en"),
        ("puedes hablar en creole?", "ht"),
        ("fale português por favor", "pt"),
        ("en français svp", "fr"),
        ("runasimipi rimayta munani", "qu"),
        ("español", "es"),
        ("no entiendo español, english please", "en"),
    ],
)
def test_a_request_names_the_language(text: str, language: str) -> None:
    assert requested(text) == language


@pytest.mark.parametrize("name", NAMES.values())
def test_every_language_is_asked_for_by_its_own_name(name: str) -> None:
    assert requested(name) in LANGUAGES


@pytest.mark.parametrize(
    "text",
    [
        "necesito un interprete de quechua para la denuncia",
        "no entiendo español",
        "i do not understand spanish",
        "mwen pa konprann panyol",
        "el policia solo habla español y no me atendio",
        "hola",
        "",
        "my boss is portuguese and keeps my passport",
    ],
)
def test_naming_a_language_is_not_asking_for_it(text: str) -> None:
    assert requested(text) is None


@given(st.text())
def test_any_text_asks_for_one_of_the_six_or_none(text: str) -> None:
    assert requested(text) in (None, *LANGUAGES)
