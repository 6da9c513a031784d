"""Twilio's REST API, as far as Chaski calls it, towards the address of the settings.

Decides what an answer of Twilio's means for a message: taken, refused for a reason that the
operator must know (the 24 hours are over, the person has opted out), certainly not taken (so that
it may be tried again), or unknown. Its API takes no idempotency key: what is unknown is never sent
again by itself.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from twilio.http.async_http_client import AsyncTwilioHttpClient

from bot.privacy.return_address import ReturnAddress
from bot.settings import Settings
from bot.text.numbers import whole_number

TWILIO = "https://api.twilio.com"

WINDOW_CLOSED = "63016"
OPTED_OUT = "21610"
"""Twilio's codes: outside WhatsApp's 24 hours; the person has written STOP to Twilio."""

NOT_TAKEN = frozenset({429, 503})
"""Statuses with which Twilio says that it did nothing: the message may be tried again."""

SECONDS = 8.0

Result = Literal["sent", "failed", "again", "unknown"]


@dataclass(frozen=True)
class Posted:
    """What became of a message: its result, Twilio's id of it or Twilio's code of the refusal."""

    result: Result
    detail: str = ""


class TwilioHttp(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client, towards another address where the settings name one."""

    def __init__(self, address: str) -> None:
        super().__init__(timeout=SECONDS, logger=logging.getLogger("twilio.silent"))
        self._address = address

    async def request(self, method: str, url: str, *arguments: Any, **named: Any) -> Any:
        """Send a request."""
        return await super().request(
            method, url.replace(TWILIO, self._address, 1), *arguments, **named
        )


class Post:
    """Sends messages."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http: TwilioHttp | None = None

    async def send(self, address: ReturnAddress, text: str, status_path: str) -> Posted:
        """Send one message once.

        Args:
            address: Where to.
            text: The words.
            status_path: Path of ours to which Twilio tells how it fared.
        """
        account, token = self._settings.twilio_account_sid, self._settings.twilio_auth_token
        fields = {"To": address.to, "From": address.sender, "Body": text}
        if self._settings.public_url:
            fields["StatusCallback"] = f"{self._settings.public_url}{status_path}"
        if self._http is None:
            self._http = TwilioHttp(self._settings.twilio_api_url)
        try:
            answer = await self._http.request(
                "POST",
                f"{TWILIO}/2010-04-01/Accounts/{account}/Messages.json",
                data=fields,
                auth=(account, token),
                timeout=SECONDS,
            )
        except aiohttp.ClientConnectorError:
            return Posted("again", "unreachable")
        except (TimeoutError, aiohttp.ClientError, OSError):
            return Posted("unknown")
        return read(answer.status_code, answer.text)

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()


def length(text: str) -> int:
    """Characters of a message as Twilio counts them: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def read(status: int, body: str) -> Posted:
    """What Twilio's answer means."""
    try:
        found = json.loads(body)
    except ValueError:
        found = {}
    if not isinstance(found, dict):
        found = {}
    code = str(found.get("code") or "")
    code = code if whole_number(code) is not None else str(status)
    if status in NOT_TAKEN:
        return Posted("again", code)
    if 200 <= status < 300:
        identity = str(found.get("sid") or "")
        return Posted("sent", identity if identity.isalnum() else "")
    if 400 <= status < 500:
        return Posted("failed", code)
    return Posted("unknown")
