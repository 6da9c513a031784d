"""`/healthz` and `/readyz`: whether people are served as they should be, in one word.

Decides what is looked at (both stores answer and take a write, the queue can be read, the data
folder takes a file and has room, the model reads), that strangers learn one word and the log the
code of what changed, that a look ends within `LOOK_SECONDS`, and that however many ask at once,
there is one look a second.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.handoff.cases import QUEUE
from bot.privacy import logs
from bot.stores.keys import RETENTION, key
from bot.stores.store import Store

LOOK_SECONDS = 1.2
"""A store that hangs is not waited for any longer."""

KEPT_SECONDS = 1.0
"""How long an answer is given again."""

MODEL_SECONDS = 30.0
"""Between two readings of the model: one costs as much as a person's message."""

LEAST_FREE_BYTES = 64 * 1024 * 1024
"""Of the data folder's disk: less is full for a store that rewrites its file."""

_KEY = key("health", "write")

logger = logging.getLogger(__name__)


class Health:
    """What was found at the last look."""

    def __init__(
        self, data_dir: Path, state: Store, relay: Store, read: Callable[[str], object]
    ) -> None:
        self._data_dir, self._state, self._relay = data_dir, state, relay
        self._read_words = read
        self._found: str | None = None
        self._looked = float("-inf")
        self._read = float("-inf")
        self._look: asyncio.Task[str] | None = None
        self.started = False

    def stop(self) -> None:
        """The app is about to stop: no new people."""
        self.started = False

    def routes(self) -> list[Route]:
        """The two pages."""

        async def healthz(request: Request) -> Response:
            del request
            return _page(not await self.problem())

        async def readyz(request: Request) -> Response:
            del request
            return _page(self.started and not await self.problem())

        return [Route("/healthz", healthz), Route("/readyz", readyz)]

    async def problem(self) -> str:
        """The code of what is wrong; empty where nothing is."""
        if self._found is None or time.monotonic() - self._looked >= KEPT_SECONDS:
            if self._look is None or self._look.done():
                self._look = asyncio.create_task(self._look_now(), name="health")
            return await asyncio.shield(self._look)
        return self._found

    async def _look_now(self) -> str:
        parts: dict[str, Callable[[], Awaitable[object]]] = {
            "state_store": self._state_store,
            "relay_store": self._relay_store,
            "data_folder": lambda: asyncio.to_thread(_try_folder, self._data_dir),
            "model": self._model,
        }
        found = await asyncio.gather(*(_good(part) for part in parts.values()))
        problem = next((name for name, good in zip(parts, found, strict=True) if not good), "")
        if problem != (self._found or ""):
            level = logging.ERROR if problem else logging.INFO
            logs.event(logger, level, "health changed", state=problem or "ok")
        self._found, self._looked = problem, time.monotonic()
        return problem

    async def _state_store(self) -> None:
        await self._state.set(_KEY, "1", ex=RETENTION["health"])
        await self._state.zcard(QUEUE)

    async def _relay_store(self) -> None:
        await self._relay.set(_KEY, "1", ex=RETENTION["health"])

    async def _model(self) -> None:
        if time.monotonic() - self._read >= MODEL_SECONDS:
            await asyncio.to_thread(self._read_words, "hola")
            self._read = time.monotonic()


async def _good(part: Callable[[], Awaitable[object]]) -> bool:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await part()
    except Exception:  # whatever it is: the code of the part says where to look
        return False
    return True


def _try_folder(folder: Path) -> None:
    path = folder / f"health.{os.getpid()}"
    path.write_bytes(b"1")
    path.unlink()
    if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
        raise OSError("full")


def _page(good: bool) -> Response:
    return PlainTextResponse("ok" if good else "unavailable", 200 if good else 503)
