"""Who is read next: a fair queue in front of the few threads that read messages.

Decides that what a message costs is paid by its origin (an address, or a conversation) and not by
the next person (law 8): each origin has a share of its own, short messages go before long ones, one
reader is always left to short ones, and what nobody waits for any more is not begun, or ended where
it has begun. Whoever waits gets older: a long message is
overtaken by so many short ones only as are worth its own cost, and is read then (self-clocked fair
queueing). The queue is bounded; when it is full the dearest of those that wait is refused, and that
person gets the safe answer with the numbers at once. Belongs to one event loop.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.work import Abandoned, Work, doing

MOST_WAITING = 128
"""Messages that wait; two threads read so many short ones within a turn's time."""

MOST_OF_ONE_ORIGIN = 64
"""Of those, messages of one origin: a shelter's phones share one address."""

SHORT = 400
"""Characters of a message that any reader may read; a plea is rarely longer."""

EACH = 400
"""Characters that every message costs beside its own: its head's vector and what else is fixed."""

Read = TypeVar("Read")


class Crowded(Exception):
    """Too many messages wait: this one is not read."""


@dataclass(eq=False)
class _Job(Generic[Read]):
    """A message that waits or is read; where it stands by its cost and its origin's share."""

    text: str
    origin: str
    standing: float
    outcome: asyncio.Future[Read]
    work: Work = field(default_factory=Work)

    @property
    def short(self) -> bool:
        return len(self.text) <= SHORT


class ReadingQueue(Generic[Read]):
    """Messages on their way to the readers.

    Args:
        read: Reads a message, in a thread.
        executor: Has at least so many threads.
        readers: Messages read at once.
    """

    def __init__(self, read: Callable[[str], Read], executor: Executor, readers: int) -> None:
        self._read, self._executor, self._readers = read, executor, readers
        self._waiting: list[_Job[Read]] = []
        self._running: list[_Job[Read]] = []
        self._served = 0.0  # the standing of the message that was begun last
        self._shares: dict[str, float] = {}  # of each origin, the standing of its last message

    async def read(self, text: str, origin: str) -> Read:
        """Read a message when it is its turn.

        Args:
            text: The message.
            origin: Whose share it takes: the pseudonym of an address or of a conversation.

        Raises:
            Crowded: Too many wait.
        """
        loop = asyncio.get_running_loop()
        begins = max(self._served, self._shares.get(origin, 0.0))
        job: _Job[Read] = _Job(text, origin, begins + EACH + len(text), loop.create_future())
        self._admit(job)
        self._shares[origin] = job.standing
        self._begin()
        try:
            return await job.outcome
        finally:
            job.work.abandon()  # where the turn is over: nothing waits for it any more
            if job in self._waiting:
                self._waiting.remove(job)
                self._forget_shares()

    def _admit(self, job: _Job[Read]) -> None:
        """Let a message wait; where too many do, the one that would be read last goes.

        Raises:
            Crowded: It is this one, or too many of its origin wait.
        """
        if sum(one.origin == job.origin for one in self._waiting) >= MOST_OF_ONE_ORIGIN:
            raise Crowded
        if len(self._waiting) >= MOST_WAITING:
            last = max((*self._waiting, job), key=lambda one: one.standing)
            if last is job:
                raise Crowded
            self._waiting.remove(last)
            last.outcome.set_exception(Crowded())
        self._waiting.append(job)

    def _begin(self) -> None:
        """Give messages to the readers that are free."""
        while len(self._running) < self._readers:
            held = Counter(job.origin for job in self._running)
            long = sum(not job.short for job in self._running)
            for_long = long < max(1, self._readers - 1)
            fit = [job for job in self._waiting if job.short or for_long]
            if not fit:
                return
            job = min(fit, key=lambda job: (held[job.origin], job.standing))
            self._waiting.remove(job)
            self._served = max(self._served, job.standing)
            self._start(job)

    def _start(self, job: _Job[Read]) -> None:
        self._running.append(job)
        loop = job.outcome.get_loop()

        def tell(done: Future[Read]) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(self._ended, job, done)

        self._executor.submit(self._work, job).add_done_callback(tell)

    def _work(self, job: _Job[Read]) -> Read:
        """In a reader's thread."""
        with doing(job.work):
            job.work.check()
            return self._read(job.text)

    def _ended(self, job: _Job[Read], done: Future[Read]) -> None:
        self._running.remove(job)
        error = done.exception()
        if job.outcome.done() or isinstance(error, Abandoned):
            pass  # nobody waits
        elif error is not None:
            job.outcome.set_exception(error)
        else:
            job.outcome.set_result(done.result())
        self._forget_shares()
        self._begin()

    def _forget_shares(self) -> None:
        """Who has had no more than others, and waits for nothing, has no share to remember."""
        if len(self._shares) > MOST_WAITING:
            waiting = {job.origin for job in self._waiting}
            self._shares = {
                origin: share
                for origin, share in self._shares.items()
                if share > self._served or origin in waiting
            }
