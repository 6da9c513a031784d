"""Places of connections: who takes nothing of what it is sent holds none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import uvicorn

from bot.http import connections
from bot.http.connections import BoundedProtocol, Room
from tests.conftest import free_port

PLACES = 20
REQUEST = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
PAGE = b"x" * 61_000
"""Less than a transport keeps before it asks for a pause, so that a second one waits behind it."""


async def _page(scope: Any, receive: Any, send: Any) -> None:
    del receive
    assert scope["type"] == "http"
    length = str(len(PAGE)).encode()
    head = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]}
    await send(head)
    await send({"type": "http.response.body", "body": PAGE})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server with few places."""
    monkeypatch.setattr(connections, "_rooms", [Room(PLACES)])
    found = free_port()
    config = uvicorn.Config(
        _page, port=found, http=BoundedProtocol, ws="none", log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield found
    server.should_exit = True
    thread.join(10)


def _client(stack: ExitStack, port: int, *, takes_little: bool = False) -> socket.socket:
    client = stack.enter_context(socket.socket())
    if takes_little:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    client.settimeout(5)
    client.connect(("127.0.0.1", port))
    return client


def _taken(client: socket.socket) -> bytes:
    received = b""
    while len(received) < len(PAGE):
        part = client.recv(65_536)
        if not part:
            break
        received += part
    return received


@pytest.mark.parametrize("requests", [1, 2, 4])
def test_somebody_new_gets_the_place_of_who_takes_nothing(port: int, requests: int) -> None:
    with ExitStack() as stack:
        for _ in range(PLACES):
            idle = _client(stack, port, takes_little=True)
            idle.sendall(REQUEST * requests)
            idle.recv(1)  # its answer has begun
        new = _client(stack, port)
        new.sendall(REQUEST)
        assert _taken(new).startswith(b"HTTP/1.1 200")


def test_who_is_being_answered_keeps_the_place() -> None:
    room = Room(1)
    answered, new = object(), object()
    assert room.enter(answered)
    room.waits(answered, waiting=False)
    assert not room.enter(new)
    room.leave(answered)
    assert room.enter(new)
