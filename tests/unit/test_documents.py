"""The documents say what is there: links, decisions, words, commands, settings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.paths import ROOT
from bot.settings import Settings
from tests.house import modules

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")]
)
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives"]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"(?:bot|actions|tests|benchmarks|data|docs|docker)/[\w./-]*\w")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    targets = [one for one in LINK.findall(path.read_text()) if "://" not in one]
    assert not [one for one in targets if not (path.parent / one).exists()]


@pytest.mark.parametrize("path", [*DOCUMENTS], ids=named)
def test_files_that_are_named_are_there(path: Path) -> None:
    if path.name == "CHANGELOG.md" or path in DECISIONS:  # these tell of their time
        return
    files = [one for code in CODE.findall(path.read_text()) for one in FILE.findall(code)]
    gone = [
        one
        for one in files
        if not (ROOT / one).exists() and not (ROOT / f"{one}.py").exists() and "<" not in one
    ]
    assert not gone


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_form_and_stands_in_the_list(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {path.stem[:4]}. ")
    assert re.search(r"^- Date: 20\d\d-\d\d-\d\d$", text, re.M)
    assert re.search(r"^- Status: (accepted|superseded by)", text, re.M)
    assert re.findall(r"^## (.*)$", text, re.M) == SECTIONS
    assert f"({path.name})" in (path.parent / "README.md").read_text()


def test_no_number_of_a_decision_is_missing() -> None:
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def avoided() -> set[str]:
    rows = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    return {
        word
        for row in rows
        if row.startswith("| ")
        for word in CODE.findall(row.rstrip("| ").rpartition("|")[2])
        if row.count("|") == 5 and not row.endswith("| |")
    }


def test_words_to_avoid_name_nothing() -> None:
    assert {"ear", "Margins", "lesson"} <= avoided()
    used = set()
    for module, path in modules().items():
        used.add(module.rpartition(".")[2])
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                used.add(node.name)
    assert not avoided() & used


def told(pattern: str) -> set[str]:
    """What the documents name; decisions tell of their time."""
    texts = [path.read_text() for path in DOCUMENTS if path not in DECISIONS]
    return {one for text in texts for one in re.findall(pattern, text)}


def test_every_command_of_the_documents_exists() -> None:
    source = (ROOT / "bot" / "cli.py").read_text()
    known = set(re.findall(r"(?:command|add_parser)\(\s*\"([\w-]+)\"", source))
    assert told(r"python -m bot (\w[\w-]*)") <= known


def test_every_goal_of_make_in_the_documents_exists() -> None:
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert told(r"`make ([a-z]+)") <= goals


def test_every_setting_is_documented() -> None:
    named_there = set(re.findall(r"CHASKI_(\w+)", (ROOT / "docs" / "settings.md").read_text()))
    made = {"warnings"}  # what a start tells of the others
    assert {name.upper() for name in Settings.__fields__} - named_there <= {
        one.upper() for one in made
    }
