"""The locks: complete, hashed, without an address, and each with what it is for."""

from __future__ import annotations

import ast
import re
from importlib.metadata import packages_distributions

import pytest

from bot.paths import ROOT

LOCKS = ("requirements", "requirements-dev", "requirements-build")
RUN, DEVELOPMENT = "requirements", "requirements-dev"
IMPORTED_GROUP = "# What Chaski imports"


def same_name(name: str) -> str:
    """As indexes compare names: case, "-", "_" and "." make no difference."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines: list[str]) -> dict[str, str]:
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in wanted), wanted
    named = [line.split("==") for line in wanted]
    found = {same_name(name): version for name, version in named}
    assert len(found) == len(named), "a package is named twice"
    return found


def wanted(name: str) -> dict[str, str]:
    return pins((ROOT / f"{name}.in").read_text().splitlines())


def locked(name: str) -> dict[str, list[str]]:
    """The lines of hashes of each pinned package of a lock."""
    entries: dict[str, list[str]] = {}
    for line in (ROOT / f"{name}.lock").read_text().splitlines():
        if line.startswith(" "):
            entries[list(entries)[-1]].append(line.strip(" \\"))
        else:
            entries[line.removesuffix(" \\")] = []
    return entries


def imported() -> set[str]:
    """The distributions that bot/ and actions/ import, also inside functions."""
    modules: set[str] = set()
    for folder in ("bot", "actions"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module.partition(".")[0])
    known = packages_distributions()
    found = {same_name(name) for module in modules for name in known.get(module, [])}
    assert "rasa" in found
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_is_wanted_and_nothing_else(name: str) -> None:
    assert pins(list(locked(name))) == wanted(name)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_hashes(name: str) -> None:
    for package, hashes in locked(name).items():
        assert hashes, package
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), package


@pytest.mark.parametrize("name", LOCKS)
def test_no_file_names_an_index(name: str) -> None:
    for ending in (".in", ".lock"):
        text = (ROOT / f"{name}{ending}").read_text()
        assert "://" not in text
        assert not re.search(r"^\s*(--index|--extra|-i\b|--find-links|-f\b)", text, re.M)


def test_no_package_stands_in_both_locks() -> None:
    assert not wanted(RUN).keys() & wanted(DEVELOPMENT).keys()


def test_what_serves_people_imports_no_tool_of_development() -> None:
    assert not imported() & wanted(DEVELOPMENT).keys()


def test_what_chaski_imports_is_named_as_such() -> None:
    text = (ROOT / f"{RUN}.in").read_text()
    group = text.partition(f"{IMPORTED_GROUP}\n")[2].partition("\n\n")[0]
    assert imported() <= pins(group.splitlines()).keys()
