"""The parts of the hand-off that need no store: hours, Twilio's answers, documents."""

from __future__ import annotations

import secrets
from datetime import datetime

import pytest

from bot.console.passages import LONGEST_PASSAGE, split
from bot.handoff.presence import desk_is_open
from bot.hours import LIMA
from bot.settings import Settings, SettingsError
from bot.stores.kinds import keeps_on_disk
from bot.twilio.rest import read

SECRET = secrets.token_hex(32)


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=LIMA)


@pytest.mark.parametrize(
    ("hours", "moment", "open_"),
    [
        ("24/7", "2026-07-28 03:00", True),
        ("mon-fri 08:00-18:00", "2026-11-25 08:00", True),
        ("mon-fri 08:00-18:00", "2026-11-25 18:00", False),
        ("mon-fri 08:00-18:00", "2026-11-28 10:00", False),  # Saturday
        ("daily 08:00-18:00", "2026-11-28 10:00", True),
        ("mon-fri 08:00-18:00", "2026-07-28 10:00", False),  # Independence Day
        ("daily 08:00-18:00", "2026-07-28 10:00", False),
        ("24/7", "2026-12-24 10:00", False),  # closed by the settings
    ],
)
def test_the_desk_is_open_by_its_hours(hours: str, moment: str, open_: bool) -> None:
    settings = Settings(duty_hours=hours, duty_closed_days=("2026-12-24",))
    assert desk_is_open(settings, at(moment)) is open_


def test_operators_who_work_on_holidays_are_on_duty_then() -> None:
    settings = Settings(duty_hours="mon-fri 08:00-18:00", duty_holidays=True)
    assert desk_is_open(settings, at("2026-07-28 10:00"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHASKI_DUTY_HOURS", "8 to 6"),
        ("CHASKI_DUTY_HOURS", "daily 22:00-06:00"),
        ("CHASKI_DUTY_HOURS", "daily 25:00-26:00"),
        ("CHASKI_DUTY_HOLIDAYS", "maybe"),
        ("CHASKI_DUTY_CLOSED_DAYS", "24/12"),
        ("CHASKI_DOCUMENTS_DIR", "/nowhere/at/all"),
        ("CHASKI_RELAY_REDIS_URL", "localhost"),
    ],
)
def test_a_wrong_setting_of_the_desk_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: value, "CHASKI_SECRET": SECRET})


def test_both_stores_in_one_server_are_refused() -> None:
    both = {"CHASKI_REDIS_URL": "redis://one", "CHASKI_RELAY_REDIS_URL": "redis://one"}
    with pytest.raises(SettingsError, match="another server"):
        Settings.from_environment(both | {"CHASKI_SECRET": SECRET})


@pytest.mark.parametrize(
    ("configuration", "keeps"),
    [
        ({"appendonly": "no", "save": ""}, False),
        ({"appendonly": "yes", "save": ""}, True),
        ({"appendonly": "no", "save": "3600 1"}, True),
        ({}, True),  # it does not say
    ],
)
def test_a_store_that_writes_or_does_not_say_keeps_words(
    configuration: dict[str, str], keeps: bool
) -> None:
    assert keeps_on_disk(configuration) is keeps


@pytest.mark.parametrize(
    ("status", "body", "result", "detail"),
    [
        (201, '{"sid": "SM1"}', "sent", "SM1"),
        (400, '{"code": 63016}', "failed", "63016"),
        (400, '{"code": 21610}', "failed", "21610"),
        (401, "nonsense", "failed", "401"),
        (429, '{"code": 20429}', "again", "20429"),
        (503, "", "again", "503"),
        (500, '{"code": 20500}', "unknown", ""),
        (502, "<html>", "unknown", ""),
        (201, "[]", "sent", ""),
    ],
)
def test_what_twilio_answers_decides_whether_a_message_is_tried_again(
    status: int, body: str, result: str, detail: str
) -> None:
    posted = read(status, body)
    assert (posted.result, posted.detail) == (result, detail)


DOCUMENT = """3.3.2 Rutas para la atención
Texto de la ruta con varias palabras que se leen.
1. SI LA PERSONA NO QUIERE DENUNCIAR: se respeta su decisión y se informa.

INDICADORES

Una lista de indicadores que se leen con cuidado.

28 Ibidem. Página 9.

## Anexo propio
Un texto en Markdown con sus palabras.
"""


def test_a_document_falls_into_passages_under_their_headings() -> None:
    found = {passage.heading: passage.text for passage in split(DOCUMENT, "guia.txt")}
    assert "Texto de la ruta" in found["3.3.2 Rutas para la atención"]
    assert "indicadores" in found["3.3.2 Rutas para la atención · INDICADORES"]
    assert "Markdown" in found["3.3.2 Rutas para la atención · Anexo propio"]
    assert not any("Ibidem" in heading for heading in found)


def test_a_long_paragraph_is_cut_and_nothing_of_it_is_lost() -> None:
    text = "Una frase que se repite muchas veces aquí. " * 60
    passages = split(text, "larga.txt")
    assert all(len(passage.text) <= LONGEST_PASSAGE for passage in passages)
    assert " ".join(passage.text for passage in passages).split() == text.split()
