"""The house: rooms stand on floors, imports go down, and Rasa stays behind its wall."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.paths import ROOT

FLOORS: tuple[tuple[str, ...], ...] = (
    ("bot", "bot.paths", "bot.turn", "bot.hours", "bot.tasks", "bot.work"),
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
"""Rooms and loose files from the ground up; those of one floor know nothing of each other."""

LOOSE = frozenset(
    "__init__ __main__ app cli doctor errors health hours paths server services settings sites "
    "tasks turn work".split()
)
"""Files that lie in no room: what several need, and what puts the rooms together."""

RASA_MAY = ("actions", "bot.rasa_adapter")
LONGEST_FILE = 350
"""Lines, unless the docstring says why ("Long, since …")."""

FLOOR_OF = {room: number for number, floor in enumerate(FLOORS) for room in floor}


def modules() -> dict[str, Path]:
    found = {}
    for package in ("bot", "actions"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()


def room_of(module: str) -> str:
    parts = module.split(".")
    return "actions" if parts[0] == "actions" else ".".join(parts[:2])


def imports(module: str) -> Iterator[str]:
    """Every module that one imports, also within a function."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                yield whole if whole in MODULES else node.module


def test_every_room_has_its_floor() -> None:
    assert {room_of(module) for module in MODULES} == set(FLOOR_OF)


def test_imports_go_down() -> None:
    up = [
        f"{module} → {wanted}"
        for module in MODULES
        for wanted in imports(module)
        if wanted in MODULES
        and wanted != "bot"
        and room_of(wanted) != room_of(module)
        and FLOOR_OF[room_of(wanted)] >= FLOOR_OF[room_of(module)]
    ]
    assert not up


def test_no_import_goes_round() -> None:
    below = {
        module: {wanted for wanted in imports(module) if wanted in MODULES} - {module}
        for module in MODULES
    }
    while ready := {module for module, wanted in below.items() if not wanted}:
        below = {module: wanted - ready for module, wanted in below.items() if module not in ready}
    assert not below


def test_rasa_stays_behind_its_wall() -> None:
    outside = {
        module
        for module in MODULES
        if room_of(module) not in RASA_MAY
        for wanted in imports(module)
        if wanted.partition(".")[0] in ("rasa", "rasa_sdk")
    }
    assert not outside


def test_only_what_puts_rooms_together_lies_outside_of_them() -> None:
    assert {path.stem for path in (ROOT / "bot").glob("*.py")} == LOOSE


@pytest.mark.parametrize("module", ["bot.stages.choose", "bot.nlu.urgency", "bot.handoff.cases"])
def test_a_room_is_entered_without_tensorflow_or_rasa(module: str) -> None:
    code = f"import sys, {module}; print({{'rasa', 'tensorflow', 'sklearn'}} & set(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "set()"


def test_a_long_file_says_why() -> None:
    unexplained = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in MODULES.values()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
        and "Long, since" not in (ast.get_docstring(ast.parse(path.read_text())) or "")
    ]
    assert not unexplained
