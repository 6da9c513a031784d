"""Pseudonyms, tokens, cleaning, and logs that cannot hold words."""

from __future__ import annotations

import io
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import logs
from bot.privacy.pseudonyms import (
    SESSION_SECONDS,
    conversation_id,
    new_session_token,
    valid_session_token,
)
from bot.text.cleaning import LONGEST, clean

SECRET = "s" * 64


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_pseudonym_is_stable_and_tells_senders_apart(sender: str, other: str) -> None:
    mine = conversation_id(SECRET, "whatsapp", sender)
    assert mine == conversation_id(SECRET, "whatsapp", sender)
    assert (mine == conversation_id(SECRET, "whatsapp", other)) == (sender == other)
    assert mine != conversation_id(SECRET, "sms", sender)
    assert mine != conversation_id("t" * 64, "whatsapp", sender)


def test_a_token_is_good_until_it_expires_and_only_here() -> None:
    token = new_session_token(SECRET, now=1_000)
    assert valid_session_token(SECRET, token, now=1_000)
    assert not valid_session_token(SECRET, token, now=1_001 + SESSION_SECONDS)
    assert not valid_session_token("t" * 64, token, now=1_000)


@given(st.text())
def test_no_made_up_token_is_good(token: str) -> None:
    assert not valid_session_token(SECRET, token)


@given(st.text())
def test_a_cleaned_message_is_no_command_and_can_be_encoded(text: str) -> None:
    cleaned = clean(text)
    assert not cleaned.startswith("/")
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")
    assert len(cleaned) <= 3 * LONGEST
    assert clean(cleaned) == cleaned


def _logged(write: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs._Formatter())
    for name in ("bot.somewhere", "rasa.core"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel("DEBUG")
    try:
        write()  # type: ignore[operator]
    finally:
        for name in ("bot.somewhere", "rasa.core"):
            logging.getLogger(name).removeHandler(handler)
    return stream.getvalue()


def test_another_librarys_message_is_never_rendered() -> None:
    def write() -> None:
        logging.getLogger("rasa.core").debug("Received 'me encerraron' %s", "canario")

    text = _logged(write)
    assert "rasa.core" in text
    assert "encerraron" not in text
    assert "canario" not in text


def test_a_traceback_carries_types_and_lines_never_messages() -> None:
    def write() -> None:
        secret = "canario"
        try:
            raise ValueError(secret)
        except ValueError as error:
            logs.failure(logging.getLogger("bot.somewhere"), "turn failed", error)

    text = _logged(write)
    assert "ValueError at test_privacy_parts.py" in text
    assert "canario" not in text


def test_only_named_fields_are_logged() -> None:
    with pytest.raises(ValueError, match="words"):
        logs.event(logging.getLogger("bot.somewhere"), logging.INFO, "x", words="canario")


def test_an_uncaught_error_prints_its_type_only() -> None:
    code = "from bot.privacy import logs; logs.set_up('DEBUG'); raise ValueError('canario')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ValueError" in done.stderr
    assert "canario" not in done.stderr + done.stdout
