"""Reading a request's body without taking more than is allowed.

Decides that the fields of a form are counted before they are read, that a form finds the values
of a field without looking at the others, and that JSON which names half a letter (a lone
surrogate, which no store and no other program takes) holds a question mark in its place.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from bot.text.numbers import whole_number

MOST_FIELDS = 200
"""Fields of a form: Twilio sends some 30, ten pictures 20 more, a page of ours fewer."""


class TooLarge(Exception):
    """The body is larger than the limit, or has too many fields."""


class Form(ImmutableMultiDict[str, str]):
    """The fields of a form, repeated ones too."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        super().__init__(fields)
        self._values: dict[str, list[str]] = defaultdict(list)
        for name, value in fields:
            self._values[name].append(value)

    def getlist(self, key: Any) -> list[str]:
        """The values of a field."""
        return list(self._values.get(key, ()))

    getall = getlist
    """The name that Twilio's validator asks for first, once for each field."""


async def read_body(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit.

    Args:
        request: The request.
        limit: Bytes.

    Raises:
        TooLarge: There is more.
    """
    declared = request.headers.get("content-length", "")
    length = whole_number(declared)
    if declared and (length is None or length > limit):
        raise TooLarge
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise TooLarge
    return bytes(body)


def read_form(body: bytes) -> Form:
    """The fields of a body, blank ones too.

    Raises:
        TooLarge: There are more than `MOST_FIELDS`.
    """
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise TooLarge from None
    return Form(fields)


def read_json(body: bytes) -> Any:
    """What a body of JSON says; every text in it can be written as UTF-8.

    Raises:
        ValueError: It is no JSON, nested too deep, or has a number that is none.
    """
    try:
        return _whole(json.loads(body, parse_constant=_no_number))
    except RecursionError:
        raise ValueError("nested too deep") from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value
