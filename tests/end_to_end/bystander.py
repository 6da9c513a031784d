"""Somebody in danger who writes while something else goes on: right answers, in time (law 8)."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tests.conftest import App, new_number

PLEAS = {
    "es": ("estoy encerrada no me dejan salir", "105"),
    "en": ("i am locked in they dont let me out", "105"),
    "pt": ("estou trancada não me deixam sair", "105"),
    "fr": ("je suis enfermée on ne me laisse pas sortir", "105"),
    "ht": ("yo fèmen m yo pa kite m soti", "105"),
    "qu": ("wichqasqam kachkani mana lluqsichiwankuchu", "105"),
}
"""What is written in each language, and the number that the answer begins with."""

WITHIN_SECONDS = 2.0
"""The promise to everybody else while one attacks: 95 of 100 answers come in this time. What is so
promised is proved with the machine to itself: tests that look are marked `alone`."""

PAUSE_SECONDS = 0.2


class _FromAddress(HTTPAdapter):
    """Connects from another address of the loopback network, as another device would."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named, source_address=(self._address, 0))


def from_address(address: str) -> requests.Session:
    """A client at an address of its own ("127.0.0.66"): limits count by address."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _FromAddress(address))
    return session


@dataclass
class Bystander:
    """Who writes, what was wrong with the answers, and how long each took."""

    app: App
    waits: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """Seconds within which 95 of 100 answers came."""
        ordered = sorted(self.waits)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    def plead(self, language: str) -> None:
        """Write once, as somebody new, on WhatsApp."""
        plea, number = PLEAS[language]
        began = time.monotonic()
        try:
            first = self.app.whatsapp(plea, new_number()).splitlines()[0]
        except Exception as error:
            first = f"{type(error).__name__}: {error}"[:300]
        self.waits.append(time.monotonic() - began)
        if number not in first:
            self.wrong.append(f"{language}: {first}")

    def was_served(self, at_least: int = 10) -> None:
        """Check that every answer was right, and that they came in time."""
        assert len(self.waits) >= at_least, f"only {len(self.waits)} pleas"
        assert not self.wrong, self.wrong
        assert self.p95 <= WITHIN_SECONDS, sorted(self.waits)


@contextmanager
def bystander(app: App) -> Iterator[Bystander]:
    """Somebody pleads again and again, in six languages, as long as the block lasts."""
    found, over = Bystander(app), threading.Event()

    def write() -> None:
        for language in itertools.cycle(PLEAS):
            if over.wait(PAUSE_SECONDS):
                return
            found.plead(language)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join(timeout=30)
