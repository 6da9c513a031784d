"""Connections: how long a request may take to arrive, how large its head, how many at once.

Decides that a head or a body that is not complete in time ends its connection, that a head has at
most `LONGEST_HEAD` bytes, that a body says its length before (chunks of one byte, and trailers
without an end, cost much and are sent by no browser and no provider), that few requests wait
behind another on the same connection, and that an answer is taken in time. A process which holds
`bot.http.limits.most_connections` makes room by ending the one it has waited for longest: a request
that is being answered and an open stream are never ended for another, unless what they were sent
is not taken. Where there is none to end, the newcomer is told the numbers.
No proxy in front is needed for this. Relies on callbacks of uvicorn's `HttpToolsProtocol`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.http.limits import most_connections

HEAD_SECONDS = 10.0
"""From the first byte (or the connection) to the end of the head; a poor phone needs two."""

BODY_SECONDS = 30.0
"""From the end of the head to the end of the body: 128 kB at 4 kB a second."""

TAKING_SECONDS = 15.0
"""Within which some of what was sent must be taken; a phone that takes nothing is gone."""

MOST_PIPELINED = 4
"""Requests that wait behind another on one connection; no browser sends any so."""

LONGEST_HEAD = 16 * 1024
"""Bytes of the request's line and headers; browsers send some 1,000."""

NUMBERS = b"105 - 1818 - 100\n"
"""What needs no language: the police, the line against trafficking, the line against violence."""


def _bare(status: bytes) -> bytes:
    return (
        b"HTTP/1.1 " + status + b"\r\ncontent-type: text/plain; charset=utf-8\r\n"
        b"retry-after: 5\r\nconnection: close\r\n"
        b"content-length: " + str(len(NUMBERS)).encode() + b"\r\n\r\n" + NUMBERS
    )


FULL = _bare(b"503 Service Unavailable")
SLOW = _bare(b"408 Request Timeout")
LARGE = _bare(b"431 Request Header Fields Too Large")
LENGTH_NEEDED = _bare(b"411 Length Required")


class Room:
    """The connections of a process, and those of them that it waits for, oldest first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[Any] = set()
        self._waiting: dict[Any, None] = {}

    def enter(self, connection: Any) -> bool:
        """Let a connection in, at the cost of the one that is waited for longest.

        Returns:
            False where all are being answered.
        """
        if len(self._open) >= self._most:
            oldest = next(iter(self._waiting), None)
            if oldest is None:
                return False
            self.leave(oldest)
            oldest.make_room()
        self._open.add(connection)
        self._waiting[connection] = None
        return True

    def waits(self, connection: Any, *, waiting: bool) -> None:
        """Note whether more of a connection is waited for, or it is being answered."""
        self._waiting.pop(connection, None)
        if waiting and connection in self._open:
            self._waiting[connection] = None

    def leave(self, connection: Any) -> None:
        """Forget a connection."""
        self._open.discard(connection)
        self._waiting.pop(connection, None)


_rooms: list[Room] = []


def _room() -> Room:
    if not _rooms:
        _rooms.append(Room(most_connections()))
    return _rooms[0]


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with deadlines, a cap on the head, and a place in the room."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head = True
    _head = 0
    _heads = 0
    _refused_with = b""
    _taking: asyncio.TimerHandle | None = None
    _not_taken = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place, and wait for the first request."""
        super().connection_made(transport)
        self._place = _room()
        if not self._place.enter(self):
            self._refuse(FULL)
            return
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._stop_waiting()
        if self._taking is not None:
            self._taking.cancel()
        self._place.leave(self)
        super().connection_lost(exc)

    def make_room(self) -> None:
        """End, since somebody else needs the place."""
        self._stop_waiting()
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head is already as long as it may be."""
        if self.transport.is_closing():
            return
        if self._in_head and self._head > LONGEST_HEAD:
            self._refuse(LARGE)
            return
        was_in_head, before = self._in_head, self._heads
        super().data_received(data)
        if was_in_head and self._heads == before:  # nothing but a part of a head has come
            self._head += len(data)
            if self._head > LONGEST_HEAD and not self.transport.is_closing():
                self._refuse(LARGE)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, or one whose head is too long."""
        if self._refused_with:
            self._refuse(self._refused_with)
        elif not self.transport.is_closing():
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        """A request begins: its head must come in time."""
        super().on_message_begin()
        if len(self.pipeline) >= MOST_PIPELINED:
            self._stop_parsing(FULL)
        self._in_head, self._head_size = True, 0
        self._wait(HEAD_SECONDS)

    def on_url(self, url: bytes) -> None:
        """A part of the request's line."""
        self._measure(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._measure(len(name) + len(value) + 4)
        if name.lower() == b"transfer-encoding":
            self._stop_parsing(LENGTH_NEEDED)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there: now the body must come in time."""
        self._in_head, self._head = False, 0
        self._heads += 1
        self._wait(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is there, and is being answered."""
        self._stop_waiting()
        self._in_head, self._head = True, 0
        self._place.waits(self, waiting=False)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is written: the connection may stay for another request."""
        self._place.waits(self, waiting=not self.pipeline or self.flow.write_paused)
        super().on_response_complete()
        self._watch_taking()

    def pause_writing(self) -> None:
        """More was written than is taken: others may have the place."""
        super().pause_writing()
        self._place.waits(self, waiting=True)
        self._watch_taking()

    def resume_writing(self) -> None:
        """It is taken again."""
        super().resume_writing()
        answering = self.cycle is not None and not self.cycle.response_complete
        self._place.waits(self, waiting=not answering)

    def _measure(self, size: int) -> None:
        self._head_size += size
        if self._head_size > LONGEST_HEAD:
            self._stop_parsing(LARGE)

    def _stop_parsing(self, answer: bytes) -> None:
        """Read no further: the parser ends, and asks for an answer."""
        self._refused_with = answer
        raise ValueError("refused")

    def _watch_taking(self) -> None:
        left = self.transport.get_write_buffer_size()
        if left and self._taking is None:
            self._not_taken = left
            self._taking = self.loop.call_later(TAKING_SECONDS, self._look_at_taking)

    def _look_at_taking(self) -> None:
        self._taking = None
        left = self.transport.get_write_buffer_size()
        if left and left >= self._not_taken:
            self.transport.abort()
        else:
            self._watch_taking()

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(seconds, self._late)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self.cycle is not None and self.cycle.response_started:
            self.transport.close()  # answered before all of the body came
        else:
            self._refuse(SLOW)

    def _refuse(self, answer: bytes) -> None:
        self._stop_waiting()
        self.transport.write(answer)
        self.transport.close()
