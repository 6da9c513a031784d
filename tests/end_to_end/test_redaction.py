"""Twilio is asked to forget the body of every message that was answered."""

from __future__ import annotations

import time

import pytest

from tests.conftest import TOKEN, running
from tests.end_to_end.fake_twilio import fake_twilio

SID = "AC" + "1" * 32


def test_a_body_is_redacted_after_answering_also_when_twilio_fails_at_first(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("redacting") / "var"
    with fake_twilio(SID, TOKEN, failures=1) as twilio:
        settings = {"CHASKI_TWILIO_ACCOUNT_SID": SID, "CHASKI_TWILIO_API_URL": twilio.url}
        with running(folder, **settings) as app:
            form = app.form("donde denuncio")
            assert app.post_form(form).status_code == 200
            deadline = time.monotonic() + 40
            while not twilio.emptied and time.monotonic() < deadline:
                time.sleep(0.2)
            assert twilio.emptied == [form["MessageSid"]]
            assert len(twilio.asked) == 2
            time.sleep(1)
            assert app.store.zcard("redaction:waiting") == 0
