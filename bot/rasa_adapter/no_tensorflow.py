"""Answering without TensorFlow: a stand-in for the module that Rasa imports and we never use.

Decides that a process which answers does not load it: Rasa imports it with its own neural
classifiers and policies, none of which stands in config.yml, and it costs 265 MB of each process
and three seconds of each start (docs/adr/0014). Names can be looked up, inherited from and used as
decorators, which is all that happens while Rasa is imported; a call of anything is an error, so
that whoever adds a component that needs TensorFlow learns of it at once. Training loads the real
one.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

LEFT_OUT = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_text", "keras"})
"""Packages that a process which answers does without."""


class TensorFlowNeededError(RuntimeError):
    """Something called TensorFlow in a process that answers."""


class _AcceptsAll:
    def __init_subclass__(cls, **named: Any) -> None:
        """Take whatever a class that inherits says of itself."""
        del named


class _Absent(type):
    """What stands for a class, a function or a namespace: it has every name, and does nothing."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(f"{cls.__qualname__}.{name}")

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        decorated = arguments[0] if len(arguments) == 1 and not named else None
        if isinstance(decorated, FunctionType | type):
            return decorated
        raise TensorFlowNeededError(cls.__qualname__)


def _absent(name: str) -> type:
    return _Absent(name, (_AcceptsAll,), {})


class _Module(ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - what Python asks of a package

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _absent(name)
        setattr(self, name, found)
        return found


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        del path, target
        left_out = name.partition(".")[0] in LEFT_OUT
        return ModuleSpec(name, self, is_package=True) if left_out else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        del module


def leave_out() -> None:
    """Let what is imported from now on find the stand-in; nothing changes where it is loaded."""
    if not LEFT_OUT & sys.modules.keys():
        sys.meta_path.insert(0, _Finder())
