"""Asks Twilio to forget the body of a message that was answered.

Decides that it happens after the answer, beside it, and is tried again with growing pauses: the
ids of messages to redact wait in Redis (no words, no numbers), so that a restart loses none.
Where no account credentials are set, nothing is asked, and the privacy page says what Twilio keeps.
"""

from __future__ import annotations

import asyncio
import logging
import time

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from bot.privacy import logs
from bot.settings import Settings
from bot.stores.keys import RETENTION, key
from bot.stores.store import Store
from bot.tasks import BackgroundWork
from bot.twilio.rest import TwilioHttp

PAUSES = (2, 10, 60, 300, 1800, 7200)
"""Seconds before each try; after the last the message is given up and counted in the log."""

GONE = 404
"""Status of a message that no longer exists: nothing is left to forget."""

_WAITING = key("redaction", "waiting")
_TRIES = key("redaction", "tries")
_IDLE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Redactor(BackgroundWork):
    """Keeps asking until the bodies are gone."""

    def __init__(self, settings: Settings, redis: Store) -> None:
        super().__init__("redaction")
        self._settings, self._redis = settings, redis
        self._http: TwilioHttp | None = None

    async def ask(self, message_id: str) -> None:
        """Note that a message is to be redacted; never fails the turn."""
        if not (self._settings.calls_twilio and message_id):
            return
        try:
            await self._redis.zadd(_WAITING, {message_id: time.time() + PAUSES[0]}, nx=True)
            await self._redis.expire(_WAITING, RETENTION["redaction"])
        except Exception as error:
            logs.failure(logger, "redaction not noted", error)

    def start(self) -> None:
        """Begin, where there are credentials."""
        if self._settings.calls_twilio:
            self._http = TwilioHttp(self._settings.twilio_api_url)
            super().start()

    async def stop(self) -> None:
        """End the work; what waits is kept."""
        await super().stop()
        if self._http is not None:
            await self._http.close()

    async def _work(self) -> None:
        while True:
            try:
                worked = await self._work_once()
            except Exception as error:
                logs.failure(logger, "redaction waits", error)
                worked = False
            if not worked:
                await asyncio.sleep(_IDLE_SECONDS)

    async def _work_once(self) -> bool:
        """Redact one message that is due.

        Returns:
            Whether there was one.
        """
        due = await self._redis.zrange(_WAITING, 0, time.time(), byscore=True, offset=0, num=1)
        # Whoever removes it works on it; put back before the try, so that a crash loses nothing
        if not due or not await self._redis.zrem(_WAITING, due[0]):
            return False
        identity = due[0].decode()
        tries = int(await self._redis.hincrby(_TRIES, identity, 1))
        await self._redis.expire(_TRIES, RETENTION["redaction"])
        if tries < len(PAUSES):
            await self._redis.zadd(_WAITING, {identity: time.time() + PAUSES[tries]})
        if await self._redact(identity):
            await self._redis.zrem(_WAITING, identity)
            await self._redis.hdel(_TRIES, identity)
        elif tries >= len(PAUSES):
            await self._redis.hdel(_TRIES, identity)
            logs.event(logger, logging.ERROR, "redaction given up", count=tries)
        return True

    async def _redact(self, identity: str) -> bool:
        client = Client(
            self._settings.twilio_account_sid,
            self._settings.twilio_auth_token,
            http_client=self._http,
        )
        try:
            await client.messages(identity).update_async(body="")
        except TwilioRestException as error:
            if error.status == GONE:
                return True
            logs.event(logger, logging.WARNING, "redaction refused", status=error.status)
            return False
        except (TimeoutError, TwilioException, OSError) as error:
            logs.failure(logger, "redaction failed", error)
            return False
        return True
