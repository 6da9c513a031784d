"""Messages that are dear to read cost their senders, not the next person (law 8)."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from benchmarks.hostile_reading import hostile_messages
from tests.conftest import App, new_number, running
from tests.end_to_end.bystander import bystander, from_address

PLEAS_ANSWERED = 25
"""Pleas of others that an attack lasts for: some ten seconds."""

ATTACK_SECONDS = 40.0
"""And no longer."""

IDLE_SHARE = 0.3
"""Of one core, below which the process does nothing but watch its queues."""

IDLE_WITHIN_SECONDS = 6.0
"""After an attack: a turn's time and a reading's."""

DEAREST = (
    "one ambiguous place, repeated",
    "ambiguous places",
    "all districts",
    "typos of cue words",
    "long made-up words",
    "all cues",
    "cues, shuffled",
    "short words of many cues",
    "foreign words",
    "distinct signs",
)


LIMIT = 15_900
"""Bytes of a message: the channel takes 16 kB of body."""


def within_bytes(text: str) -> str:
    return text.encode()[:LIMIT].decode("utf-8", "ignore")


MESSAGES = [within_bytes(text) for name, text in hostile_messages() if name in DEAREST]


@pytest.fixture(scope="module")
def unlimited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Limits by count and by cost are out of the way: what is proved is the work and the queue."""
    with running(
        tmp_path_factory.mktemp("cost") / "var",
        CHASKI_ADDRESS_PER_MINUTE="1000000",
        CHASKI_CONVERSATION_CHARACTERS_PER_MINUTE="1000000000",
        CHASKI_ADDRESS_CHARACTERS_PER_MINUTE="1000000000",
    ) as found:
        yield found


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The limits of cost as they are by default."""
    with running(
        tmp_path_factory.mktemp("limited") / "var", CHASKI_ADDRESS_CHARACTERS_PER_MINUTE="120000"
    ) as found:
        yield found


class Sender:
    """Sends the dearest messages as fast as it can, from an address of its own."""

    def __init__(self, app: App, number: int) -> None:
        self._app, self._number = app, number
        self._http = from_address(f"127.0.0.{60 + number}")
        self.sent = 0

    def token(self) -> str:
        url = f"{self._app.url}/webhooks/web/sessions"
        return str(self._http.post(url, json={}, timeout=30).json()["token"])

    def post(self, token: str, text: str) -> requests.Response:
        return self._http.post(
            f"{self._app.url}/webhooks/web/messages",
            json={"text": text},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def send_until(self, over: threading.Event) -> None:
        token = self.token()
        for text in itertools.islice(itertools.cycle(MESSAGES), self._number, None):
            if over.is_set():
                return
            self.post(token, text)
            self.sent += 1


@contextmanager
def attack(app: App, senders: int) -> Iterator[list[Sender]]:
    """So many senders at addresses of their own, as long as the block lasts."""
    over = threading.Event()
    found = [Sender(app, number) for number in range(senders)]
    threads = [
        threading.Thread(target=sender.send_until, args=(over,), daemon=True) for sender in found
    ]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=60)


def cpu_seconds(app: App) -> float:
    """CPU that the process has used so far."""
    assert app.process
    fields = Path(f"/proc/{app.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_idle(app: App, seconds: float = 0.5) -> bool:
    before, began = cpu_seconds(app), time.monotonic()
    time.sleep(seconds)  # what is measured is what happens in this time
    return cpu_seconds(app) - before <= IDLE_SHARE * (time.monotonic() - began)


@pytest.mark.alone
@pytest.mark.parametrize("senders", [4, 10])
def test_people_are_answered_in_time_while_some_send_what_is_dear_to_read(
    unlimited: App, senders: int
) -> None:
    with bystander(unlimited) as person, attack(unlimited, senders) as attackers:
        unlimited.eventually(lambda: len(person.waits) >= PLEAS_ANSWERED, ATTACK_SECONDS)
    person.was_served()
    assert all(sender.sent for sender in attackers)
    assert unlimited.eventually(lambda: is_idle(unlimited), IDLE_WITHIN_SECONDS)


@pytest.mark.alone
def test_work_whose_sender_has_left_stops(unlimited: App) -> None:
    senders = [Sender(unlimited, 20 + number) for number in range(4)]
    tokens = [(sender, sender.token()) for sender in senders for _ in range(4)]
    threads = []
    for number, (sender, token) in enumerate(tokens):
        text = MESSAGES[number % len(MESSAGES)]
        threads.append(threading.Thread(target=sender.post, args=(token, text), daemon=True))
        threads[-1].start()
    assert unlimited.eventually(lambda: not is_idle(unlimited, 0.2))
    for thread in threads:
        thread.join(timeout=30)
    assert unlimited.eventually(lambda: is_idle(unlimited), IDLE_WITHIN_SECONDS)


def test_a_conversation_may_have_so_much_read_a_minute_and_still_plead(limited: App) -> None:
    web = limited.web("es")
    answered = [web.post(text=MESSAGES[0]) for _ in range(3)]
    assert [response.status_code for response in answered] == [200, 429, 429]
    assert "105" in answered[-1].json()["error"]["message"][:40]
    assert web.send(text="me tienen encerrada, no me dejan salir")["urgency"] == "urgent"


def test_an_address_may_have_so_much_read_a_minute_in_all_its_conversations(limited: App) -> None:
    sender = Sender(limited, 40)
    answers = [sender.post(sender.token(), MESSAGES[0]).status_code for _ in range(9)]
    assert answers[:7] == [200] * 7
    assert answers[-1] == 429
    plea = sender.post(sender.token(), "me tienen encerrada, no me dejan salir")
    assert plea.json()["urgency"] == "urgent"
    elsewhere = Sender(limited, 41)
    assert elsewhere.post(elsewhere.token(), MESSAGES[0]).status_code == 200


def test_on_whatsapp_too_what_is_dear_is_answered_shortly_and_a_plea_is_read(limited: App) -> None:
    number = new_number()
    limited.whatsapp(MESSAGES[0], number)
    assert limited.whatsapp(MESSAGES[0], number).startswith("105")
    assert "105" in limited.whatsapp("me tienen encerrada, no me dejan salir", number)[:60]


@pytest.mark.parametrize("place", ["head", "middle", "end"])
def test_danger_in_two_thousand_words_is_found_wherever_it_stands(limited: App, place: str) -> None:
    calm = "quisiera saber si puedo trabajar en el mercado con mi carnet de refugio ".split() * 160
    plea = "me tienen encerrada en un cuarto y no me dejan salir".split()
    at = {"head": 0, "middle": len(calm) // 2, "end": len(calm)}[place]
    text = " ".join([*calm[:at], *plea, *calm[at:]])
    assert limited.web("es").send(text=text)["urgency"] != "none"
