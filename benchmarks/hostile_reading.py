"""What the dearest messages cost to read: CPU milliseconds of each part, for 16,000 characters.

Run as `python -m benchmarks.hostile_reading`, after `make train`. Fails where the parts beside the
sentence vectors cost more than `MOST_MILLISECONDS`, or where more operations are done than
`bot.work.MOST` allows: reading is bounded by work, whatever is sent. The first column of figures is
all of it as the assistant reads it; what vectors cost is the encoder's matter (their number is in
the last column).
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from bot.directory.gazetteer import gazetteer
from bot.directory.tables import tables
from bot.nlu.age import age_group
from bot.nlu.corpus import ordinary_words
from bot.nlu.cues import Cues
from bot.paths import ROOT
from bot.rasa_adapter.assistant import Assistant, newest_model
from bot.settings import Settings
from bot.text.cleaning import LONGEST, clean
from bot.text.folding import fold, words
from bot.work import MOST, Work, doing

MOST_MILLISECONDS = 250.0
"""CPU of a message beside its vectors, with room for a busy machine: 150 and less when idle."""


def fill(part: str) -> str:
    """As much of a part, repeated, as a message can be long."""
    return (part * (LONGEST // max(1, len(part)) + 1))[:LONGEST]


def cue_words() -> list[str]:
    """The words of all cues."""
    found: set[str] = set()
    for path in sorted((ROOT / "data" / "urgency" / "cues").glob("*.yml")):
        found.update(words(path.read_text(encoding="utf-8")))
    return sorted(found)


def cue_phrases() -> list[str]:
    """One plain reading of each cue of the files."""
    found = []
    for path in sorted((ROOT / "data" / "urgency" / "cues").glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for by_level in content.values():
            if isinstance(by_level, dict):
                for lines in by_level.values():
                    found += [first_reading(line) for line in lines]
    return found


def first_reading(cue: str) -> str:
    """A cue with the first alternative of each bracket."""
    plain = cue
    while "(" in plain:
        before, _, rest = plain.partition("(")
        inside, _, after = rest.partition(")")
        plain = before + inside.split("|")[0] + after
    return plain.replace("...", "a b c")


def hostile_messages() -> Iterator[tuple[str, str]]:
    """Messages of `LONGEST` characters by name, each dear in another way."""
    chance = random.Random(7)  # noqa: S311 - to be repeated, not to be secret
    places = sorted({fold(place.district) for place in tables().places})
    often = "a no si la el en me se ya te que esta"
    ambiguous = ["san juan", "santa rosa", "miraflores", "san pedro", "santa ana", "union"]
    cue = [word for word in cue_words() if len(word) >= 4]
    letters = "abcdefghijklmnopqrstuvwxyz"
    typos = [
        word[:place] + chance.choice(letters) + word[place + 1 :]
        for word in (chance.choice(cue) for _ in range(3000))
        for place in (chance.randrange(len(word)),)
    ]
    yield "one ambiguous place, repeated", fill("san juan de ")
    yield "two areas, repeated", fill("san juan lima ")
    yield "ambiguous places", fill(" ".join(ambiguous) + " ")
    yield "all districts", fill(" ".join(places) + " ")
    yield "districts, shuffled", fill(" ".join(chance.sample(places, len(places))) + " ")
    yield "places abroad", fill("caracas bogota quito trujillo venezuela ")
    yield "typos of cue words", fill(" ".join(typos) + " ")
    yield (
        "made-up words",
        fill(
            " ".join("".join(chance.choices(letters, k=chance.randint(4, 12))) for _ in range(3000))
        ),
    )
    yield (
        "long made-up words",
        fill(" ".join("".join(chance.choices(letters, k=14)) for _ in range(3000))),
    )
    yield "all cue words", fill(" ".join(cue) + " ")
    phrases = cue_phrases()
    yield "all cues", fill(". ".join(phrases))
    yield "cues, shuffled", fill(" ".join(chance.sample(phrases, len(phrases))))
    for word in often.split():
        yield f"{word!r}, repeated", fill(f"{word} ")
    yield "short words of many cues", fill(f"{often} ")
    yield "one cue, repeated", fill("me quiere matar ")
    yield "a gap, never closed", fill("no me ")
    yield "negations", fill("no nunca jamas ")
    yield "short sentences", fill("me pegan hoy. ")
    yield "one-word sentences", fill("ayuda. ")
    yield "full stops", fill(".")
    yield "commas", fill("a,")
    yield "clauses", fill("tengo miedo porque, ")
    yield "one letter", fill("a")
    yield "two letters", fill("ab")
    yield "spaces", fill(" ")
    yield "space and letter", fill("a ")
    yield "letters, one by one", fill(" ".join(letters) + " ")
    yield "distinct signs", fill(" ".join(map(chr, range(0x4E00, 0x4E00 + 8000))))
    yield "digits", fill("1")
    yield "ages", fill("tengo 15 ")
    yield "ages, never said", fill("tengo solo ")
    yield "combining marks", fill("a" + "\u0301\u0323\u0300" * 5)
    yield "combining marks, unordered", fill("e" + "\u0301\u0323" * 2000)
    yield "emoji", fill("\U0001f6a8")
    yield "emoji, joined", fill("\U0001f469\u200d\U0001f469\u200d\U0001f467 ")
    yield "mixed scripts", fill("ayuda помогите مساعدة 帮助 βοήθεια ")
    yield "foreign words", fill("ich brauche hilfe weil mein mann mich schlaegt und ")
    yield "laughter", fill("jaja kkkk haha ")
    yield "laughter, unbroken", fill("ja")
    yield "laughter of k", fill("kkkk a")
    yield "slashes", fill(" /")
    yield "zero width", fill("\u200b")
    yield "underscores", fill("_ ")
    yield "new lines", fill("\n")
    yield "apostrophes", fill("d'")
    yield "ligatures", fill("\ufdfa")
    yield "ligatures in words", fill("\ufdfa ")


def milliseconds(call: Callable[[], Any]) -> float:
    """CPU of this thread for one call."""
    began = time.thread_time()
    call()
    return 1000 * (time.thread_time() - began)


def main() -> int:
    """Measure and print; whether every message stays within its bounds."""
    assistant = Assistant(newest_model(Settings.from_environment().model_dir), None)
    cues = Cues(known_words=ordinary_words())
    names = ("whole", "clean", "cues", "places", "language", "age")
    print(" " * 30 + "".join(f"{name:>10}" for name in names) + "   operations")
    bounded = True
    for name, raw in hostile_messages():
        text = clean(raw)
        cues.read(text)  # patterns are compiled once in a process
        work = Work()
        with doing(work):
            whole = milliseconds(lambda text=text: assistant.read_now(text))  # type: ignore[misc]
        parts = {
            "clean": lambda raw=raw: clean(raw),
            "cues": lambda text=text: cues.read(text),
            "places": lambda text=text: gazetteer().read(text),
            "language": lambda text=text: assistant.identify(text),
            "age": lambda text=text: age_group(text),
        }
        costs = [milliseconds(call) for call in parts.values()]
        bounded &= sum(costs) <= MOST_MILLISECONDS
        bounded &= all(work.done[kind] <= most for kind, most in MOST.items())
        figures = "".join(f"{cost:10.1f}" for cost in (whole, *costs))
        print(f"{name:30}{figures}   {work.done}", flush=True)
    return 0 if bounded else 1


if __name__ == "__main__":
    sys.exit(main())
