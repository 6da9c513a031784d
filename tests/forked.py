"""Processes of Chaski for tests that start many: forked from one that has imported everything.

Decides nothing about Chaski: what runs is `python -m bot`'s own code, in a process of its own that
ends, crashes and is killed like any other, seconds sooner. That the command itself starts from
nothing is shown in `tests/end_to_end/test_start.py`.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

COMMAND_SECONDS = 120

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.prepared"])


@dataclass(frozen=True)
class Start:
    """How a process is started.

    Attributes:
        arguments: After `python -m bot`.
        environment: All of it.
        given: File that is its standard input.
        output: File that its standard output is added to.
        errors: File that its standard error is added to.
        limits: Soft and hard limit of open files; ours where None.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    given: str
    output: str
    errors: str
    limits: tuple[int, int] | None = None


class Forked:
    """A running `python -m bot …`, with what tests use of a `subprocess.Popen`."""

    def __init__(self, start: Start) -> None:
        self._process: ForkServerProcess = _context.Process(target=_run, args=(start,))
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """As `subprocess.Popen` has it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same, asked for."""
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def wait(self, timeout: float) -> None:
        """Wait until it has ended.

        Raises:
            TimeoutError: It has not.
        """
        self._process.join(timeout)
        if self.returncode is None:
            raise TimeoutError(f"process {self.pid} runs on")


@dataclass(frozen=True)
class Done:
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: str, text: str = "", **settings: str) -> Done:
    """Run `python -m bot …` to its end.

    Args:
        *arguments: Of the command.
        text: Its standard input.
        **settings: Variables beside those of this process.

    Raises:
        TimeoutError: It has not ended in time.
    """
    with tempfile.TemporaryDirectory() as folder:
        given, output, errors = (Path(folder) / name for name in ("in", "out", "errors"))
        given.write_text(text, encoding="utf-8")
        environment = {**os.environ, **settings}
        running = Forked(Start(arguments, environment, str(given), str(output), str(errors)))
        try:
            running.wait(COMMAND_SECONDS)
        finally:
            running.kill()
        assert running.returncode is not None
        return Done(
            running.returncode, output.read_text(encoding="utf-8"), errors.read_text("utf-8")
        )


def _run(start: Start) -> None:
    os.setsid()
    os.dup2(os.open(start.given, os.O_RDONLY), 0)
    for number, name in ((1, start.output), (2, start.errors)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), number)
    sys.stdin = os.fdopen(0, encoding="utf-8")  # the one before was closed for all children
    os.environ.clear()
    os.environ.update(start.environment)
    if start.limits:
        resource.setrlimit(resource.RLIMIT_NOFILE, start.limits)
    from bot.cli import main

    sys.exit(main(start.arguments))
