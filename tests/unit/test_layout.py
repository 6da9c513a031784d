"""Tests lie where their module lies, and none leans on another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.paths import ROOT

TESTS = ROOT / "tests"

MIRRORED = {"bot/stages": "stages", "actions": "actions", "bot/handoff": "handoff"}
"""Rooms each of whose modules has a file of unit tests."""

PLAIN = {"topics.py"}
"""Names alone, without anything to test."""


def modules(room: str) -> list[str]:
    return [
        path.name
        for path in sorted((ROOT / room).glob("*.py"))
        if path.name not in {"__init__.py", *PLAIN}
    ]


@pytest.mark.parametrize("room", MIRRORED)
def test_each_module_has_its_unit_tests_under_its_own_name(room: str) -> None:
    tested = {path.name for path in (TESTS / "unit" / MIRRORED[room]).glob("test_*.py")}
    assert {f"test_{name}" for name in modules(room)} <= tested


def imported(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_no_test_module_imports_another() -> None:
    leaning = [
        f"{path.relative_to(ROOT)} → {name}"
        for path in TESTS.rglob("*.py")
        for name in imported(path)
        if name.rpartition(".")[2].startswith("test_")
    ]
    assert not leaning
