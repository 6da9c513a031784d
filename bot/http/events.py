"""Server-sent events: how they are written, and the answer that carries them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import StreamingResponse

COMMENT = ": here\n\n"
"""Says nothing, so that a dead connection is noticed."""


def retry(milliseconds: int) -> str:
    """How long a page waits before it asks again when the stream breaks."""
    return f"retry: {milliseconds}\n\n"


def event(name: str, data: dict[str, Any], identity: str = "") -> str:
    """One event; with an identity it is where the page goes on after a break."""
    head = f"id: {identity}\n" if identity else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def stream_of(events: AsyncIterator[str]) -> StreamingResponse:
    """The answer that goes on as long as its events."""
    return StreamingResponse(
        events,
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},  # a proxy would hold them back
    )
