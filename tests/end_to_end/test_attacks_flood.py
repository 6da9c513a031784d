"""Somebody floods the queue from one address: a real plea is still near the front."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from bot.answers.tables import say
from tests.conftest import TOKEN, App, new_number, running
from tests.end_to_end.bystander import PLEAS, bystander, from_address
from tests.end_to_end.desk import Caller, add_operator
from tests.end_to_end.fake_twilio import SID, fake_twilio

FALSE_CASES = 300
WAITING = 10
NEAR_THE_FRONT = 5


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One app for all tests of this module."""
    with fake_twilio(SID, TOKEN) as twilio:
        settings = {
            "CHASKI_TWILIO_ACCOUNT_SID": SID,
            "CHASKI_TWILIO_API_URL": twilio.url,
            "CHASKI_WAITING_PER_ADDRESS": str(WAITING),
        }
        with running(tmp_path_factory.mktemp("flood") / "data", **settings) as found:
            add_operator(found, "vera", "supervisor")
            yield found


def plead(app: App, http: requests.Session, words: str = PLEAS["es"][0]) -> str:
    """Begin a session on the web and plead; everything that is answered."""
    token = http.post(f"{app.url}/webhooks/web/sessions", json={}, timeout=20).json()["token"]
    answer = http.post(
        f"{app.url}/webhooks/web/messages",
        json={"text": words},
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )
    assert answer.status_code == 200, answer.text
    return "\n".join(reply["text"] for reply in answer.json()["replies"])


def test_a_flood_from_one_address_leaves_real_pleas_near_the_front(app: App) -> None:
    supervisor = Caller(app, "vera").sign_in()
    attacker = from_address("127.0.0.66")
    answers = [plead(app, attacker) for _ in range(FALSE_CASES)]
    full = say("handoff_full", "es")
    assert all("105" in one for one in answers)
    assert full not in answers[0]
    assert full in answers[-1]
    assert len(supervisor.desk()["queue"]) == WAITING

    supervisor.beat()
    app.whatsapp(PLEAS["es"][0], new_number())
    assert full not in plead(app, from_address("127.0.0.67"))
    front = supervisor.desk()["queue"][:NEAR_THE_FRONT]
    assert {row["channel"] for row in front} == {"whatsapp", "web"}
    assert len({row["group"] for row in front[:3]}) == 3

    group = [row["id"] for row in supervisor.desk()["queue"] if row["group"] == front[0]["group"]]
    closed = supervisor.call("close_waiting", cases=group, outcome="not_ours")
    assert closed.json() == {"closed": WAITING}
    assert len(supervisor.desk()["queue"]) == 2
    trail = [row for _, row in app.store.xrange("audit:trail")]
    assert [row[b"detail"] for row in trail if row[b"what"] == b"closed_many"] == [b"10 not_ours"]
    assert not list(app.store.scan_iter("case_origin:" + str(front[0]["group"])))


@pytest.mark.alone
def test_others_are_served_while_one_address_floods(app: App) -> None:
    attacker = from_address("127.0.0.68")
    with bystander(app) as others:
        while len(others.waits) < 10:
            plead(app, attacker)
    others.was_served()
