"""Text that is meant to break whoever reads it harms nobody (law 8)."""

from __future__ import annotations

import threading

import pytest

from tests.conftest import App
from tests.end_to_end.bystander import bystander

HOSTILE = {
    "one letter that becomes eighteen": "ﷺ" * 5200,
    "marks on one letter": "a" + "\u0301" * 7000,
    "joined pictures": "👩\u200d👩\u200d👧" * 700,
    "one word without an end": "x" * 15_900,
    "control pieces": "</s><s>" * 2000,
    "unassigned letters": "\U0010fffd" * 3900,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_gets_an_answer_and_the_process_lives(app: App, name: str) -> None:
    assert app.process
    alive = app.process.pid
    assert len(app.web("es").say(HOSTILE[name])) > 20
    assert app.process.poll() is None
    assert app.process.pid == alive


@pytest.mark.alone
def test_while_hostile_texts_come_a_plea_is_answered(app: App) -> None:
    with bystander(app) as person:

        def attack() -> None:
            for text in HOSTILE.values():
                app.web("es").post(text=text)

        attackers = [threading.Thread(target=attack) for _ in range(3)]
        for attacker in attackers:
            attacker.start()
        for attacker in attackers:
            attacker.join()
    person.was_served(at_least=3)
