"""Connections: how long a request may take to arrive, how large its head, how many at once.

Decides that a head or a body that is not complete in time ends its connection, that a head has at
most `LONGEST_HEAD` bytes, and that a process which holds `bot.limits.most_connections` makes room
by ending the one it has waited for longest: a request that is being answered and an open stream
are never ended for another. Where there is none to end, the newcomer is told the numbers.
No proxy in front is needed for this. Relies on callbacks of uvicorn's `HttpToolsProtocol`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.limits import most_connections

HEAD_SECONDS = 10.0
"""From the first byte (or the connection) to the end of the head; a poor phone needs two."""

BODY_SECONDS = 30.0
"""From the end of the head to the end of the body: 128 kB at 4 kB a second."""

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
    _too_large = False

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
        if self._too_large:
            self._refuse(LARGE)
        elif not self.transport.is_closing():
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        """A request begins: its head must come in time."""
        super().on_message_begin()
        self._in_head, self._head_size = True, 0
        self._wait(HEAD_SECONDS)

    def on_url(self, url: bytes) -> None:
        """A part of the request's line."""
        self._measure(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._measure(len(name) + len(value) + 4)
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
        """The answer is sent: the connection may stay for another request."""
        self._place.waits(self, waiting=not self.pipeline)
        super().on_response_complete()

    def _measure(self, size: int) -> None:
        self._head_size += size
        if self._head_size > LONGEST_HEAD:
            self._too_large = True
            raise ValueError("head too long")  # the parser stops, and asks for an answer

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
