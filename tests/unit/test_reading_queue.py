"""Who is read next, by readers that are led by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any

import pytest

from bot.nlu.reading_queue import MOST_OF_ONE_ORIGIN, MOST_WAITING, SHORT, Crowded, ReadingQueue
from bot.work import Abandoned

LONG = "x" * 16_000
UNREADABLE = "unreadable"
READERS = 2


class UnreadableError(Exception):
    """What a broken reader raises."""


class Hands(Executor):
    """Threads that begin nothing by themselves."""

    def __init__(self) -> None:
        self.begun: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, call: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        self.begun.append((done, lambda: call(*arguments, **named)))
        return done

    async def finish(self, number: int = 0) -> None:
        """Let one of the messages that are being read be done."""
        done, call = self.begun.pop(number)
        try:
            done.set_result(call())
        except BaseException as error:
            done.set_exception(error)
        await settle()


class Desk:
    """A queue, and what was read of it in which order."""

    def __init__(self) -> None:
        self.hands = Hands()
        self.order: list[str] = []
        self.queue: ReadingQueue[str] = ReadingQueue(self._read, self.hands, READERS)
        self.tasks: list[asyncio.Task[str]] = []

    def _read(self, text: str) -> str:
        self.order.append(text)
        if text == UNREADABLE:
            raise UnreadableError
        return text.upper()

    async def write(self, text: str, origin: str) -> asyncio.Task[str]:
        task = asyncio.create_task(self.queue.read(text, origin))
        self.tasks.append(task)
        await settle()
        return task

    async def finish_all(self) -> None:
        while self.hands.begun:
            await self.hands.finish()

    def place(self, beginning: str) -> int:
        return next(n for n, text in enumerate(self.order) if text.startswith(beginning))


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def led(scene: Callable[[Desk], Awaitable[None]]) -> None:
    """Play a scene; whoever still waits at its end is sent home."""

    async def play() -> None:
        desk = Desk()
        await scene(desk)
        for task in desk.tasks:
            task.cancel()
            with suppress(asyncio.CancelledError, Crowded, UnreadableError):
                await task

    asyncio.run(play())


def test_short_messages_overtake_long_ones() -> None:
    async def scene(desk: Desk) -> None:
        for origin in ("a", "b"):
            await desk.write("hola", origin)
        for origin in ("c", "d"):
            await desk.write(f"{origin}{LONG}", origin)
        plea = await desk.write("ayuda", "person")
        await desk.hands.finish()
        await desk.hands.finish(number=1)
        assert plea.result() == "AYUDA"

    led(scene)


def test_one_reader_is_left_to_short_messages_whoever_sends_long_ones() -> None:
    async def scene(desk: Desk) -> None:
        for number in range(4):
            await desk.write(f"{number}{LONG}", f"attacker {number}")
        assert len(desk.hands.begun) == READERS - 1
        plea = await desk.write("ayuda", "person")
        await desk.hands.finish(number=1)
        assert plea.result() == "AYUDA"
        await desk.finish_all()
        assert len(desk.order) == 5

    led(scene)


def test_one_origin_never_holds_both_readers_with_long_messages() -> None:
    async def scene(desk: Desk) -> None:
        for number in range(6):
            await desk.write(f"{number}{LONG}", "attacker")
        assert len(desk.hands.begun) == 1
        plea = await desk.write("ayuda", "person")
        assert len(desk.hands.begun) == READERS
        await desk.hands.finish(number=1)
        assert plea.result() == "AYUDA"

    led(scene)


def test_short_messages_of_one_address_are_read_by_all_readers() -> None:
    async def scene(desk: Desk) -> None:
        for number in range(4):
            await desk.write(f"hola {number}", "shelter")
        assert len(desk.hands.begun) == READERS

    led(scene)


def test_who_sends_much_waits_behind_who_sends_little() -> None:
    async def scene(desk: Desk) -> None:
        for number in range(10):
            await desk.write(f"much {number}", "flood")
        await desk.write("little", "person")
        await desk.finish_all()
        assert desk.place("little") <= READERS

    led(scene)


def test_a_long_message_is_not_overtaken_for_ever() -> None:
    async def scene(desk: Desk) -> None:
        for origin in ("a", "b"):
            await desk.write("hola", origin)
        await desk.write(f"long{LONG}", "person")
        for number in range(200):  # a stream of new senders that never ends
            await desk.write(f"short {number}", f"sender {number}")
            await desk.hands.finish()
        assert any(text.startswith("long") for text in desk.order)

    led(scene)


def test_what_nobody_waits_for_is_never_begun() -> None:
    async def scene(desk: Desk) -> None:
        await desk.write("one", "a")
        await desk.write("two", "b")
        gone = await desk.write("gone", "c")
        gone.cancel()
        await settle()
        await desk.finish_all()
        assert desk.order == ["one", "two"]

    led(scene)


def test_what_was_begun_ends_early_when_its_turn_is_over() -> None:
    async def scene(desk: Desk) -> None:
        first = await desk.write("first", "a")
        first.cancel()
        await settle()
        done, _ = desk.hands.begun[0]
        await desk.hands.finish()
        assert isinstance(done.exception(), Abandoned)
        assert desk.order == []
        second = await desk.write("second", "b")
        await desk.finish_all()
        assert second.result() == "SECOND"

    led(scene)


def test_a_failure_of_a_reader_is_the_failure_of_that_message_alone() -> None:
    async def scene(desk: Desk) -> None:
        broken, whole = await desk.write(UNREADABLE, "a"), await desk.write("hola", "b")
        await desk.finish_all()
        assert isinstance(broken.exception(), UnreadableError)
        assert whole.result() == "HOLA"

    led(scene)


def test_a_full_queue_refuses_the_dearest_and_not_the_last() -> None:
    async def scene(desk: Desk) -> None:
        waiting = [
            await desk.write(f"{number}{LONG}", f"attacker {number}")
            for number in range(READERS - 1 + MOST_WAITING)
        ]
        plea = await desk.write("ayuda", "person")
        refused = [task for task in waiting if task.done()]
        assert [type(task.exception()) for task in refused] == [Crowded]
        await desk.hands.finish(number=1)
        assert plea.result() == "AYUDA"

    led(scene)


def test_one_origin_has_so_many_places_in_the_queue() -> None:
    async def scene(desk: Desk) -> None:
        for _ in range(1 + MOST_OF_ONE_ORIGIN):
            await desk.write(LONG, "attacker")
        refused = await desk.write(LONG, "attacker")
        with pytest.raises(Crowded):
            refused.result()
        assert not (await desk.write("ayuda", "person")).done()

    led(scene)


def test_shares_of_those_who_are_gone_are_forgotten() -> None:
    async def scene(desk: Desk) -> None:
        for number in range(10 * MOST_WAITING):
            await desk.write("hola", f"sender {number}")
            await desk.finish_all()
        assert len(desk.queue._shares) <= 2 * MOST_WAITING

    led(scene)


def test_a_plea_is_short() -> None:
    plea = "estoy encerrada en un cuarto y no me dejan salir, me quitaron el pasaporte, ayuda " * 4
    assert len(plea) <= SHORT
