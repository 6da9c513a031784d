"""Learning what the components know, in processes of their own.

Decides when: the first component that asks sets all fit jobs going, so that a machine with two
cores takes half as long, and Rasa reads its files meanwhile. Which components learn, the pipeline
in config.yml says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import ClassVar, Protocol

import yaml

from bot.nlu.fitted import FitJob, Fitted
from bot.nlu.vectors import vectors_of_examples
from bot.paths import ROOT


class Learner(Protocol):
    """A class of components that learn."""

    __module__: str
    __qualname__: str
    effort: ClassVar[int]

    @classmethod
    def texts(cls) -> Iterable[str]:
        """The examples whose vectors it learns from."""

    @classmethod
    def fit_jobs(cls) -> Sequence[FitJob]:
        """What it learns, in parts that need nothing of each other."""


def learners() -> list[type[Learner]]:
    """The learning components of the pipeline, in its order."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    found = []
    for row in config["pipeline"]:
        module, _, name = row["name"].rpartition(".")
        component = getattr(import_module(module), name)
        if hasattr(component, "fit_jobs"):
            found.append(component)
    return found


def texts() -> list[str]:
    """All examples that any component learns from, each once."""
    return list(dict.fromkeys(text for learner in learners() for text in learner.texts()))


_begun: dict[str, list[Future[dict[str, Fitted]]]] = {}
"""Each learner's fit jobs."""


def begin() -> None:
    """Make the vectors of all examples, with progress, and set all fit jobs going."""
    processes = os.cpu_count() or 1
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    for _ in range(processes):
        pool.submit(learners)  # they load their modules while the vectors are read
    vectors_of_examples(texts(), progress=print_progress)  # the processes find them on disk
    _begun.clear()
    for learner in sorted(learners(), key=lambda one: -one.effort):
        _begun[_name(learner)] = [pool.submit(job) for job in learner.fit_jobs()]
    pool.shutdown(wait=False)  # the processes end with the last of them


def fitted(learner: type[Learner]) -> dict[str, Fitted]:
    """What a component has learnt, by name; waits for it.

    Raises:
        Exception: What went wrong in a fit job.
    """
    if _name(learner) not in _begun:
        begin()
    found: dict[str, Fitted] = {}
    for job in _begun.pop(_name(learner)):
        found |= job.result()
    return found


def _name(learner: type[Learner]) -> str:
    return f"{learner.__module__}.{learner.__qualname__}"


def print_progress(done: int, total: int) -> None:
    """Say on the error stream how many examples are read."""
    sys.stderr.write(f"\rReading training examples: {done} of {total}")
    sys.stderr.write("\n" if done == total else "")
    sys.stderr.flush()
