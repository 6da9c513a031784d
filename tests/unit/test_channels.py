"""The table of channels: a new one is a row and a file; what each can do its row says."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import cast

import pytest
from starlette.responses import Response
from starlette.routing import Route

from bot import channels
from bot.channels import web_messages, whatsapp
from bot.console import api
from bot.console.texts import UI_LANGUAGES, texts
from bot.console.views import window
from bot.handoff.case import new_case
from bot.handoff.entries import brought_by
from bot.handoff.watch import WAITING_SECONDS
from bot.turn import CHANNELS, Abilities, Choice, Reply, Turn, abilities_of

VOICE = Abilities(
    file="voice", label={"es": "Teléfono", "en": "Phone"}, reply_form="spoken", signed=True
)


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A channel of one row and one file."""

    def routes() -> list[Route]:
        return [Route("/webhooks/voice", lambda _: Response(), methods=["POST"])]

    file = ModuleType("bot.channels.voice")
    file.routes = routes  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bot.channels.voice", file)
    monkeypatch.setitem(cast(dict[str, Abilities], CHANNELS), "voice", VOICE)
    texts.cache_clear()
    yield
    texts.cache_clear()


def paths() -> list[str]:
    return [cast(Route, route).path for route in channels.routes()]


def test_every_channel_has_a_file_with_routes() -> None:
    assert "/webhooks/whatsapp" in paths()
    assert "/webhooks/web/messages" in paths()


@pytest.mark.usefixtures("voice")
def test_a_new_channel_is_a_row_and_a_file() -> None:
    assert paths()[-1] == "/webhooks/voice"
    assert texts("es")["channel_voice"] == "Teléfono"
    assert window(new_case("someone", "voice", "es")) == 0.0


def test_every_channel_is_labelled_at_the_desk() -> None:
    for language in UI_LANGUAGES:
        for name in CHANNELS:
            assert texts(language)[f"channel_{name}"]


def test_only_whatsapp_has_a_window_and_a_waiting_case_ends_within_it() -> None:
    for name, one in CHANNELS.items():
        case = dataclasses.replace(new_case("someone", name, "es"), person_wrote=1000.0)
        assert window(case) == (1000.0 + 24 * 3600 if name == "whatsapp" else 0.0)
        assert (one.window_seconds or float("inf")) > WAITING_SECONDS


def test_what_an_operator_writes_fits_into_a_message_of_every_channel() -> None:
    assert all(one.longest_message >= api.LONGEST_WRITTEN for one in CHANNELS.values())


def test_choices_come_in_the_form_of_the_channel() -> None:
    for name, one in CHANNELS.items():
        turn = Turn(channel=name, conversation="c", language="es")
        turn.replies = [Reply("texto", "menu", [Choice("id1", "Refugio")])]
        if one.reply_form == "numbered":
            assert whatsapp.render(turn).endswith("1. Refugio")
        elif one.reply_form == "buttons":
            choices = web_messages.body_of(turn)["replies"][0]["choices"]
            assert choices == [{"id": "id1", "title": "Refugio"}]


def test_a_damaged_record_that_names_no_channel_can_nothing() -> None:
    assert abilities_of("") == abilities_of("pigeon")
    assert not abilities_of("pigeon").posted
    assert not abilities_of("pigeon").relayed
    assert window(new_case("someone", "pigeon", "es")) == 0.0


def test_what_comes_later_is_posted_or_asked_for_as_the_channel_can() -> None:
    assert [brought_by(name) for name in ("whatsapp", "sms", "web")] == ["post", "post", "page"]
    assert brought_by(None) == ""
