"""The plan of the house: which floor each room stands on, and what its modules import.

Decides the order of the rooms: an import goes down, never up and never to a neighbour of the same
floor. `python -m tests.house` draws it (`docs/house.svg`); `tests/unit/test_house.py` holds it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from html import escape
from pathlib import Path

from bot.paths import ROOT

FLOORS: tuple[tuple[str, ...], ...] = (
    ("bot.paths", "bot.turn", "bot.hours", "bot.tasks", "bot.work"),
    ("bot.text",),
    ("bot.privacy",),
    ("bot.stores",),
    ("bot.sites", "bot.http"),
    ("bot.settings",),
    ("bot.directory",),
    ("bot.nlu",),
    ("bot.twilio",),
    ("bot.answers",),
    ("bot.handoff",),
    ("actions",),
    ("bot.rasa_adapter",),
    ("bot.services",),
    ("bot.stages",),
    ("bot.channels", "bot.console", "bot.widget"),
    ("bot.health", "bot.errors"),
    ("bot.app",),
    ("bot.evaluation", "bot.doctor", "bot.server"),
    ("bot.cli",),
    ("bot.__main__",),
)
"""Rooms and loose files, from the ground up."""

LOOSE = frozenset(
    "__init__ __main__ app cli doctor errors health hours paths server services settings sites "
    "tasks turn work".split()
)
"""Files of `bot/` that lie in no room: what several need, and what puts the rooms together."""

FLOOR_OF = {room: number for number, floor in enumerate(FLOORS) for room in floor}

PICTURE = ROOT / "docs" / "house.svg"

WIDTH, STEP, BOX_WIDTH, BOX_HEIGHT = 900, 62, 128, 34
"""Of the picture, in pixels: the whole, from floor to floor, and of one room."""


def modules() -> dict[str, Path]:
    """Every module of the product, by name."""
    found = {}
    for package in ("bot", "actions"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    del found["bot"]  # it sets the threads of libraries before anything is imported
    return found


def room_of(module: str) -> str:
    """The room of a module, or the loose file that it is."""
    parts = module.split(".")
    return "actions" if parts[0] == "actions" else ".".join(parts[:2])


def imports(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Every module that a file imports, also within a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                yield whole if whole in known else node.module


def arrows() -> dict[str, set[str]]:
    """Each room to the rooms that it imports."""
    known = modules()
    found: dict[str, set[str]] = {room: set() for floor in FLOORS for room in floor}
    for module, path in known.items():
        for wanted in imports(path, known):
            if wanted in known and room_of(wanted) != room_of(module):
                found[room_of(module)].add(room_of(wanted))
    return found


def needed(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """The arrows without those that a way over other rooms makes plain."""

    def reached(room: str) -> set[str]:
        return found[room].union(*(reached(below) for below in found[room]))

    return {
        room: {one for one in below if not any(one in reached(other) for other in below - {one})}
        for room, below in found.items()
    }


def drawn() -> str:
    """The picture as SVG: a row a floor, a line an import."""
    height = STEP * len(FLOORS) + 20
    centre: dict[str, tuple[float, float]] = {}
    for number, floor in enumerate(FLOORS):
        for index, room in enumerate(floor):
            across = WIDTH * (index + 1) / (len(floor) + 1)
            if len(floor) == 1:  # beside each other, so that lines can pass
                across += (number % 3 - 1) * 200
            centre[room] = (across, height - 20 - STEP * number - BOX_HEIGHT / 2)
    lines = [
        f'<line x1="{centre[room][0]:.0f}" y1="{centre[room][1]:.0f}" '
        f'x2="{centre[below][0]:.0f}" y2="{centre[below][1]:.0f}"/>'
        for room, all_below in sorted(needed(arrows()).items())
        for below in sorted(all_below)
    ]
    boxes = []
    for room, (across, down) in centre.items():
        left, top = across - BOX_WIDTH / 2, down - BOX_HEIGHT / 2
        name = room.removeprefix("bot.")
        boxes.append(
            f'<rect x="{left:.0f}" y="{top:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5"/>'
            f'<text x="{across:.0f}" y="{down + 5:.0f}">{escape(name)}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'role="img" aria-label="Rooms of the house by floor; lines are imports, all downwards">\n'
        "<style>rect{fill:#f3efe6;stroke:#7a5c2e}line{stroke:#b9a67f;stroke-width:1.2}"
        "text{font:14px sans-serif;text-anchor:middle;fill:#222}</style>\n"
        '<rect width="100%" height="100%" style="fill:#fff;stroke:none"/>\n'
        + "\n".join([*lines, *boxes])
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
