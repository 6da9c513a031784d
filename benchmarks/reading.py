"""What reading a message costs: the cues, the vector, the whole, short and long.

Run as `python -m benchmarks.reading` on an idle machine, after `make train`. Goals (issue and
DESIGN): cues at most 5 ms for 30 words and 60 ms for 2,000; a 2,000-word message at most 400 ms.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from bot.nlu.corpus import ordinary_words
from bot.nlu.cues import Cues
from bot.nlu.vectors import vector
from bot.rasa_adapter.assistant import Assistant, newest_model
from bot.settings import Settings

ROUNDS = 30

SENTENCE = (
    "buenas tardes quisiera saber si puedo trabajar con el carnet de solicitante de refugio porque "
    "en el mercado me dijeron que no y mi esposo tampoco consigue nada desde hace un mes "
)
DANGER = "por favor me tienen encerrada en un cuarto y no me dejan salir"


def words(count: int) -> str:
    """A message of so many words; its last ones are a plea."""
    plea = DANGER.split()
    found = (SENTENCE.split() * (count // 30 + 1))[: count - len(plea)]
    return " ".join(found + plea)


def median(action: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    action()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def main() -> int:
    """Measure and print; whether every goal is reached."""
    cues = Cues(known_words=ordinary_words())
    assistant = Assistant(newest_model(Settings.from_environment().model_dir), None)
    goals = [
        ("cues, 30 words", lambda: cues.read(words(30)), 5.0),
        ("cues, 2,000 words", lambda: cues.read(words(2000)), 60.0),
        ("vector, 12 words", lambda: vector(words(12)), 0.0),
        ("whole message, 12 words", lambda: assistant.read_now(words(12)), 0.0),
        ("whole message, 30 words", lambda: assistant.read_now(words(30)), 0.0),
        ("whole message, 2,000 words", lambda: assistant.read_now(words(2000)), 400.0),
    ]
    reached = assistant.read_now(words(2000)).urgency == "urgent"
    for name, action, goal in goals:
        taken = median(action)
        reached &= not goal or taken <= goal
        wanted = f"at most {goal:.0f} ms" if goal else ""
        print(f"{name:28} {taken:8.1f} ms   {wanted}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
