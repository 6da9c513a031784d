"""What strangers send is bounded, and read without surprises, before anything else sees it."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from contextlib import ExitStack

import pytest
from twilio.request_validator import RequestValidator

from bot.channels.refusals import (
    FAILURES,
    MOST_ADDRESSES,
    MOST_AT_ONCE,
    WINDOW_SECONDS,
    Refusals,
)
from bot.channels.web_messages import _position
from bot.console import accounts
from bot.http.body import MOST_FIELDS, TooLarge, read_form, read_json
from bot.http.errors import RequestRefused
from bot.privacy.pseudonyms import new_session_token, valid_session_token
from bot.stages import STAGES, hand_over, throttle
from bot.text.numbers import whole_number

ADDRESS = "https://chaski.example.org/webhooks/whatsapp"


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.0", " 1", "1" * 10_000])
def test_what_only_looks_like_a_whole_number_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_a_whole_number_is_read() -> None:
    assert whole_number("0030") == 30


def test_a_form_of_too_many_fields_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        read_form(b"&".join(b"f%d=1" % number for number in range(MOST_FIELDS + 1)))


def test_twilios_validator_accepts_blank_and_repeated_fields() -> None:
    form = read_form(b"Body=&From=whatsapp%3A%2B51&Body=second&Body=first&NumMedia=0")
    signed = {"Body": ["", "second", "first"], "From": ["whatsapp:+51"], "NumMedia": ["0"]}
    text = ADDRESS + "".join(
        name + value for name in sorted(signed) for value in sorted(signed[name])
    )
    signature = RequestValidator("token").compute_signature(text, {})
    assert RequestValidator("token").validate(ADDRESS, form, signature)
    assert not RequestValidator("token").validate(ADDRESS, read_form(b"Body="), signature)


def test_the_cost_of_a_signature_grows_with_the_fields_and_not_with_their_square() -> None:
    def seconds(fields: int) -> float:
        form = read_form(b"&".join(b"f%d=1" % number for number in range(fields)))
        best = 1e9
        for _ in range(5):
            began = time.perf_counter()
            RequestValidator("token").validate(ADDRESS, form, "x")
            best = min(best, time.perf_counter() - began)
        return best

    assert seconds(MOST_FIELDS) < 30 * seconds(MOST_FIELDS // 10)


def test_an_address_that_fails_again_and_again_waits_and_others_do_not() -> None:
    refusals = Refusals()
    waits = [refusals.wait("one", 0.0) for _ in range(FAILURES)]
    assert waits == [0] * (FAILURES - 1) + [WINDOW_SECONDS]
    assert refusals.wait("other", 0.0) == 0
    assert refusals.wait("one", WINDOW_SECONDS + 1.0) == 0


def test_the_addresses_that_are_remembered_are_bounded() -> None:
    refusals = Refusals()
    for number in range(MOST_ADDRESSES + 100):
        refusals.wait(str(number), 0.0)
    assert len(refusals._counts) == MOST_ADDRESSES


def test_half_a_letter_in_json_can_be_written_down() -> None:
    found = read_json(rb'{"text": "a\ud83d", "list": ["\udc00"], "\ud83d": 1}')
    json.dumps(found, ensure_ascii=False).encode()
    assert found["text"] == "a?"


@pytest.mark.parametrize("body", [b"[" * 100_000, b"NaN", b"1" * 10_000, b'{"a": Infinity}'])
def test_json_that_no_reader_can_hold_is_an_error_of_the_sender(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any kind of it is caught
        read_json(body)


def test_a_position_beyond_all_numbers_is_a_bad_request() -> None:
    with pytest.raises(RequestRefused) as refused:
        _position({"lat": 10**400, "lon": 0})
    assert refused.value.status == 400


def test_a_session_token_has_one_spelling() -> None:
    token = new_session_token("secret")
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = {token[:-1] + letter for letter in letters} | {token + "=", token + "=="}
    same = {
        one
        for one in others - {token}
        if base64.urlsafe_b64decode(one.rstrip("=") + "=" * (-len(one.rstrip("=")) % 4)) == raw
    }
    assert same, "there is no other spelling to refuse"
    assert valid_session_token("secret", token)
    assert not any(valid_session_token("secret", one) for one in same)


def test_of_an_address_that_fails_again_and_again_few_signatures_are_looked_at_at_once() -> None:
    refusals = Refusals()
    for _ in range(FAILURES):
        refusals.wait("2001:db8::1")
    with ExitStack() as stack:
        looked = [
            stack.enter_context(refusals.looking(f"2001:db8::{number}")) for number in range(5)
        ]
        assert looked == [True] * MOST_AT_ONCE + [False] * (5 - MOST_AT_ONCE)
        assert stack.enter_context(refusals.looking("203.0.113.7"))
    with refusals.looking("2001:db8::1") as free:
        assert free


def test_strangers_cannot_fill_the_line_of_a_known_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts._strangers, "waiting", accounts.LONGEST_LINE)
    with pytest.raises(accounts.Busy):
        asyncio.run(accounts.opens(None, "a long password"))
    assert not asyncio.run(accounts.opens(None, "a long password", device=True))


def test_what_goes_to_an_operator_is_not_counted_against_the_conversation() -> None:
    assert STAGES.index(hand_over.run) < STAGES.index(throttle.run)
