"""Law 8: what is not signed costs nobody but its sender."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from tests.conftest import App
from tests.end_to_end.bystander import bystander, from_address

FORM = "&".join(f"f{number}=" for number in range(26_000))


@pytest.mark.alone
@pytest.mark.parametrize("path", ["/webhooks/whatsapp", "/webhooks/whatsapp/status"])
def test_unsigned_forms_of_many_fields_hold_nobody_up(app: App, path: str) -> None:
    over, statuses = threading.Event(), []
    attacker = from_address("127.0.0.66")

    def attack() -> None:
        while not over.is_set():
            answer = attacker.post(
                f"{app.url}{path}",
                data=FORM,
                headers={
                    "X-Twilio-Signature": "x",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                timeout=90,
            )
            statuses.append(answer.status_code)

    thread = threading.Thread(target=attack, daemon=True)
    with bystander(app) as person:
        thread.start()
        ended = time.monotonic() + 12
        while len(person.waits) < 12 and time.monotonic() < ended:
            time.sleep(0.1)
        over.set()
    thread.join(timeout=90)
    person.was_served()
    assert set(statuses) == {413}


def test_wrong_signatures_wait_and_right_ones_never_do(app: App) -> None:
    attacker = from_address("127.0.0.1")
    answers = [
        attacker.post(
            f"{app.url}/webhooks/whatsapp",
            data={"Body": "x"},
            headers={"X-Twilio-Signature": "x"},
            timeout=10,
        )
        for _ in range(25)
    ]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert "105" in app.whatsapp("estoy encerrada no me dejan salir")


def test_odd_numbers_are_no_failure_of_ours(app: App) -> None:
    assert "105" in app.whatsapp("estoy encerrada no me dejan salir", NumMedia="²")
    assert app.post_status("SMabc", "failed", ErrorCode="²").status_code == 204
    huge = '{"location": {"lat": 1' + "0" * 400 + ', "lon": 0}}'
    answer = requests.post(
        f"{app.url}/webhooks/web/messages",
        data=huge,
        headers={"Authorization": f"Bearer {app.web('es').token}"},
        timeout=10,
    )
    assert answer.status_code == 400
