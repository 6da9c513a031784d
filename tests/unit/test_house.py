"""The house: rooms stand on floors, imports go down, and Rasa stays behind its wall."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from bot.paths import ROOT
from tests.house import FLOOR_OF, LOOSE, PICTURE, drawn, imports, modules, room_of

MODULES = modules()

RASA_MAY = ("actions", "bot.rasa_adapter")

LONGEST_FILE = 350
"""Lines, unless the docstring says why ("Long, since …")."""


def test_every_room_has_its_floor() -> None:
    assert {room_of(module) for module in MODULES} == set(FLOOR_OF)


def test_imports_go_down() -> None:
    up = [
        f"{module} → {wanted}"
        for module, path in MODULES.items()
        for wanted in imports(path, MODULES)
        if wanted in MODULES
        and room_of(wanted) != room_of(module)
        and FLOOR_OF[room_of(wanted)] >= FLOOR_OF[room_of(module)]
    ]
    assert not up


def test_no_import_goes_round() -> None:
    below = {
        module: {wanted for wanted in imports(path, MODULES) if wanted in MODULES} - {module}
        for module, path in MODULES.items()
    }
    while ready := {module for module, wanted in below.items() if not wanted}:
        below = {module: wanted - ready for module, wanted in below.items() if module not in ready}
    assert not below


def test_rasa_stays_behind_its_wall() -> None:
    outside = {
        module
        for module, path in MODULES.items()
        if room_of(module) not in RASA_MAY
        for wanted in imports(path, MODULES)
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


def test_the_picture_shows_the_house_as_it_is() -> None:
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "draw it anew: python -m tests.house"
