"""What a request tells of who sends it: the address, the language, a token."""

from __future__ import annotations

from starlette.requests import Request

from bot.text.languages import accepted


def address_of(request: Request) -> str:
    """The address that a request came from; empty where the server does not tell."""
    return request.client.host if request.client else ""


def accepted_language(request: Request) -> str:
    """The first of the six languages that the browser asks for; Spanish where there is none."""
    return accepted(request.headers.get("accept-language", ""))


def bearer_token(request: Request) -> str:
    """The token of the Authorization header; empty where there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
