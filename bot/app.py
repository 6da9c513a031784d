"""Wiring: one ASGI app of the channels, the widget, the operators' desk, the health page."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from types import FrameType
from typing import Any

from bot.privacy import logs

if os.environ.get("CHASKI_LOG_LEVEL", "").upper() in {"DEBUG", "WARNING", "ERROR"}:
    logs.set_up(os.environ["CHASKI_LOG_LEVEL"].upper())
else:
    logs.set_up()  # before Rasa is imported: structlog would print people's words

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bot import channels, errors
from bot.answers.tables import answers
from bot.console import pages
from bot.console.attempts import Attempts
from bot.console.board import Board
from bot.console.passages import Passages
from bot.console.sessions import Sessions
from bot.console.web import Desk
from bot.directory.gazetteer import gazetteer
from bot.handoff.service import HandOffService, provide
from bot.handoff.watch import Watch
from bot.health import Health
from bot.http import limits
from bot.rasa_adapter.assistant import Assistant, newest_model
from bot.rasa_adapter.tracker_store import BoundedTrackerStore
from bot.services import Services
from bot.settings import Settings
from bot.stores.client import client
from bot.stores.forgetting import Forgetting
from bot.twilio.redaction import Redactor
from bot.widget import routes as widget
from bot.widget import script

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a page of ours may load: nothing from anywhere else."""

HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)

logger = logging.getLogger(__name__)


class SafeHeaders:
    """Adds the headers that every response has."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Serve a request."""

        async def with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in HEADERS
                        if name.encode() not in present
                    ),
                ]
            await send(message)

        await self._app(scope, receive, with_headers)


def create_app(settings: Settings | None = None) -> Starlette:
    """The app, with its model loaded.

    Raises:
        bot.settings.SettingsError: A setting cannot be used.
        bot.rasa_adapter.assistant.ModelMissing: Nothing was trained.
    """
    limits.harden()
    settings = settings or Settings.from_environment()
    redis = client(settings.redis_url)
    assistant = Assistant(newest_model(settings.model_dir), BoundedTrackerStore(None, redis))
    relay = client(settings.relay_redis_url)
    redactor = Redactor(settings, redis)
    handoff = HandOffService(settings, redis, relay, redactor)
    provide(handoff)
    watch = Watch(handoff)
    forgetting = Forgetting(redis)
    passages = Passages(settings.documents_dir, settings.data_dir)
    attempts = Attempts(redis, settings.secret)
    desk = Desk(settings, handoff, Sessions(redis, settings), attempts, passages, Board(handoff))
    services = Services(settings, assistant, assistant, redis, redactor, handoff)
    health = Health(settings.data_dir, redis, relay, assistant.read_now)
    script.keep(settings.data_dir)
    answers(), gazetteer()  # read now, not in somebody's first turn
    assistant.read_now("zxcv qwer asdf uiop")  # in no language: all of the reading is loaded

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        try:
            await redis.ping()
        except Exception as error:
            logs.failure(logger, "the store does not answer: people get the safe answer", error)
        async with AsyncExitStack() as begun:  # ended from the last to the first
            begun.push_async_callback(relay.close)
            begun.push_async_callback(redis.close)
            for part in (forgetting, redactor, services.unfinished, handoff, watch, passages):
                part.start()
                begun.push_async_callback(part.stop)
            _at_the_end(handoff.end_streams)
            _at_the_end(health.stop)
            health.started = True
            logs.event(logger, logging.INFO, "ready", port=settings.port)
            yield
            health.started = False

    routes: list[BaseRoute] = [
        *health.routes(),
        *channels.routes(),
        *widget.routes(),
        *pages.routes(),
    ]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(SafeHeaders)],
        exception_handlers=errors.HANDLERS,
    )
    app.state.services, app.state.desk = services, desk
    return app


def _at_the_end(call: Callable[[], None]) -> None:
    """Call something as soon as the process is told to stop.

    The server waits for open streams before it tells the app, so they must hear of it here.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def handler(number: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(call)
            if callable(before):
                before(number, frame)

        with suppress(ValueError):  # not in the main thread: somebody else ends us
            signal.signal(number, handler)
