"""The web channel's events as a page reads them."""

from __future__ import annotations

import json
import queue
import threading
from typing import Any

import requests

from tests.conftest import WebSession


class Events:
    """An open stream; what comes waits to be taken."""

    def __init__(self, session: WebSession, last_id: str = "") -> None:
        headers = {"Authorization": f"Bearer {session.token}"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        self._response = requests.get(
            f"{session.app.url}/webhooks/web/events", headers=headers, stream=True, timeout=120
        )
        assert self._response.status_code == 200, self._response.text
        self._waiting: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.codes: list[str] = []
        self.last_id = last_id
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        name = identity = ""
        try:
            for raw in self._response.iter_lines(chunk_size=1):
                field, _, value = raw.decode().partition(": ")
                if field == "event":
                    name = value
                elif field == "id":
                    identity = value
                elif field == "data":
                    data = json.loads(value)
                    self.codes.append(data.get("code", ""))
                    self._waiting.put((name, data))
                    self.last_id = identity or self.last_id
                elif not raw:
                    name = identity = ""
        except (requests.RequestException, AttributeError, ValueError, OSError):
            pass  # the stream has ended

    def wait(self, name: str, seconds: float = 10) -> dict[str, Any]:
        """The next event, which must have this name."""
        found, data = self._waiting.get(timeout=seconds)
        assert found == name, (found, data)
        return data

    def close(self) -> None:
        """As a page that goes away."""
        self._response.close()
