"""Reading a request's body without taking more than is allowed."""

from __future__ import annotations

from starlette.requests import Request


class TooLarge(Exception):  # noqa: N818 - says what happened
    """The body is larger than the limit."""


async def read_body(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit.

    Args:
        request: The request.
        limit: Bytes.

    Raises:
        TooLarge: There is more.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise TooLarge
    return bytes(body)
