"""Does every phrase that code says stand in a table? A part of `python -m bot check`.

Decides where code names a phrase: in calls of what says one (`SAYERS`), written there as it is, as
one of two, as a name that is given a text beside it, or with a part that is filled in (then some
phrase must fit). What a caller hands on is not followed; of phrases that are made from a list
(`FAMILIES`) each is looked for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import get_args

from bot.directory.serving import FOR_ALL
from bot.directory.tables import ORGANISATION_SERVICES, SERVED
from bot.paths import ROOT
from bot.turn import NUMBER_OF, Emergency

CODE = ("bot", "actions")

SAYERS: Mapping[str, int] = {
    "say": 0,
    "title": 0,
    "choice_title": 0,
    "speak": 1,
    "RequestRefused": 2,
}
"""Functions that say a phrase, to the number of the argument that names it."""

SAYING_METHODS: Mapping[str, int] = {"answer": 1}
"""The same for methods (`bot.stages.context.Context.answer`)."""

SAYING_KEYWORDS = frozenset({"notice"})
"""Arguments that name a phrase wherever they are given (`bot.handoff.cases`)."""

FAMILIES: Mapping[str, Iterable[str]] = {
    "urgent_": get_args(Emergency),
    "number_": set(NUMBER_OF.values()),
    "service_": ORGANISATION_SERVICES,
    "serves_": SERVED - FOR_ALL,
    "day_": tuple("0123456"),
}
"""Beginnings of phrases to what each is made for."""

_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\*[a-z0-9_]*)*|\*[a-z0-9_]+")
"""How a phrase is named."""


@dataclass(frozen=True)
class Named:
    """A phrase that code names; a star stands for what is filled in."""

    where: str
    phrase: str

    def means(self, phrase: str) -> bool:
        """Whether it may be this phrase."""
        return fnmatchcase(phrase, self.phrase)


def problems(phrases: Iterable[str], root: Path = ROOT) -> Iterator[str]:
    """Phrases that code says and no table has, a sentence each.

    Args:
        phrases: Names of the phrases and topics of the tables.
        root: Of the folders `CODE`.
    """
    known = set(phrases)
    for one in named(root):
        if not any(one.means(phrase) for phrase in known):
            yield f"phrases: {one.where} says {one.phrase}, which stands in no table"
    for beginning, endings in FAMILIES.items():
        for phrase in sorted(f"{beginning}{ending}" for ending in endings):
            if phrase not in known:
                yield f"phrases: {phrase} stands in no table"


def named(root: Path = ROOT) -> list[Named]:
    """Every phrase that code names, as far as it can be found."""
    return [
        Named(f"{path.relative_to(root)}:{line}", phrase)
        for folder in CODE
        for path in sorted((root / folder).rglob("*.py"))
        for line, phrase in _in_file(ast.parse(path.read_text(encoding="utf-8")))
    ]


def _in_file(module: ast.Module) -> Iterator[tuple[int, str]]:
    constants = _given(module.body)
    functions = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    seen: set[int] = set()
    for scope in (*reversed(functions), module):  # inner ones first
        known = constants | _given(ast.walk(scope)) if scope is not module else constants
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and id(node) not in seen:
                seen.add(id(node))
                for argument in _naming(node):
                    yield from ((node.lineno, text) for text in _possible(argument, known))


def _naming(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that name a phrase."""
    if isinstance(call.func, ast.Name):
        number = SAYERS.get(call.func.id)
    elif isinstance(call.func, ast.Attribute):
        number = SAYING_METHODS.get(call.func.attr)
    else:
        number = None
    if number is not None and number < len(call.args):
        yield call.args[number]
    yield from (one.value for one in call.keywords if one.arg in SAYING_KEYWORDS)


def _given(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """What names are given, each to its values."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def _possible(node: ast.expr, known: Mapping[str, list[ast.expr]]) -> Iterator[str]:
    """The phrases that an expression may name."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        written = node.value
    elif isinstance(node, ast.JoinedStr):
        written = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from _possible(node.body, known)
        yield from _possible(node.orelse, known)
        return
    elif isinstance(node, ast.Name):
        for value in known.get(node.id, ()):
            if not isinstance(value, ast.Name):
                yield from _possible(value, known)
        return
    else:
        return
    name = written.partition("?")[0]
    if _NAME.fullmatch(name):
        yield name
