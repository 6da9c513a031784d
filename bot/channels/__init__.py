"""The doors: each authenticates, makes a `Turn`, and renders the replies.

Decides that a channel's file is found by the table of channels (`bot.turn`), so that a new channel
is a row there and a file here. Of the rest only what puts the rooms together imports them.
"""

from __future__ import annotations

from importlib import import_module

from starlette.routing import BaseRoute

from bot.turn import CHANNELS


def routes() -> list[BaseRoute]:
    """The routes of every channel, in the order of the table."""
    files = dict.fromkeys(one.file for one in CHANNELS.values())
    return [route for file in files for route in import_module(f"{__name__}.{file}").routes()]
