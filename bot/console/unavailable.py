"""The page of the desk where its store does not answer.

Decides that it says so in plain words, names the lines that people can be sent to meanwhile (they
need no store), and tries again by itself.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.answers.tables import EMERGENCY_LINE
from bot.console import lookup
from bot.console.markup import HOME, html, ui_language

AGAIN_SECONDS = 5


def unavailable(request: Request) -> Response:
    """The page, with 503."""
    language = ui_language(request)
    response = html(
        "unavailable.html",
        language,
        503,
        lines=sorted(
            (line for line in lookup.lines(language) if line["open"]),
            key=lambda line: line["number"] != EMERGENCY_LINE,
        ),
        seconds=AGAIN_SECONDS,
        again=request.url.path if request.method == "GET" else HOME,
    )
    response.headers["retry-after"] = str(AGAIN_SECONDS)
    return response
