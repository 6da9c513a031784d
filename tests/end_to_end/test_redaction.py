"""Twilio is asked to forget the body of every message that was answered."""

from __future__ import annotations

import pytest

from tests.conftest import TOKEN, running
from tests.end_to_end.fake_twilio import SID, fake_twilio


@pytest.mark.parametrize(
    "failures", [0, pytest.param(1, marks=pytest.mark.proof)], ids=["at once", "at the second try"]
)
def test_a_body_is_redacted_after_answering_also_when_twilio_fails_at_first(
    tmp_path_factory: pytest.TempPathFactory, failures: int
) -> None:
    folder = tmp_path_factory.mktemp("redacting") / "var"
    with fake_twilio(SID, TOKEN, failures=failures) as twilio:
        settings = {"CHASKI_TWILIO_ACCOUNT_SID": SID, "CHASKI_TWILIO_API_URL": twilio.url}
        with running(folder, **settings) as app:
            form = app.form("donde denuncio")
            assert app.post_form(form).status_code == 200
            assert app.eventually(lambda: bool(twilio.emptied), 40)
            assert twilio.emptied == [form["MessageSid"]]
            assert len(twilio.asked) == failures + 1
            assert app.eventually(lambda: app.store.zcard("redaction:waiting") == 0)
