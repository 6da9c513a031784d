"""The app is killed in the middle of a hand-off: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bot.answers.tables import say
from tests.conftest import TOKEN, App, new_number, running
from tests.end_to_end.desk import (
    CRY,
    Caller,
    add_operator,
    ask_for_person,
    chromium,
    sign_in,
    until,
    write,
)
from tests.end_to_end.events import Events
from tests.end_to_end.fake_twilio import SID, FakeTwilio, fake_twilio


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def twilio() -> Iterator[FakeTwilio]:
    with fake_twilio(SID, TOKEN) as found:
        yield found


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, twilio: FakeTwilio) -> Iterator[App]:
    settings = {"CHASKI_TWILIO_ACCOUNT_SID": SID, "CHASKI_TWILIO_API_URL": twilio.url}
    with running(tmp_path_factory.mktemp("killed") / "var", **settings) as found:
        for name in ("rosa", "luz"):
            add_operator(found, name)
        yield found


def test_the_operator_goes_on_after_a_kill_and_nothing_is_sent_twice(
    app: App, twilio: FakeTwilio, browser: Browser
) -> None:
    page, number = sign_in(browser, app, "rosa"), new_number()
    app.whatsapp(CRY, number)
    expect(page.locator("#waiting li.urgent")).to_be_visible()
    page.keyboard.press("n")
    write(page, "antes de la caída")
    until(lambda: "antes de la caída" in twilio.bodies(number))
    app.post_form(app.form("te leo", number))
    expect(page.locator("#log")).to_contain_text("te leo")

    twilio.holding = "en el aire"  # Twilio has it, and has not answered yet
    write(page, "en el aire")
    until(twilio.held.is_set)
    app.kill()
    twilio.go.set()
    twilio.holding = ""
    write(page, "escrito durante la caída")  # the page keeps it and tries again
    expect(page.locator("#log .delivery").last).to_contain_text("Sin confirmar")
    app.start()

    until(lambda: "escrito durante la caída" in twilio.bodies(number), 60)
    expect(page.locator("#log .trouble")).to_contain_text("Entrega desconocida", timeout=30_000)
    for words in ("antes de la caída", "te leo", "en el aire", "escrito durante la caída"):
        expect(page.locator("#log")).to_contain_text(words)
    app.post_form(app.form("sigo aquí", number))
    expect(page.locator("#log")).to_contain_text("sigo aquí")
    assert twilio.bodies(number) == [
        say("handoff_joined", "es"),
        "antes de la caída",
        "en el aire",
        "escrito durante la caída",
    ]
    page.context.close()


def test_a_web_page_resumes_after_a_kill_without_loss_or_doubling(app: App) -> None:
    operator, session = Caller(app, "luz").sign_in(), app.web("es")
    ask_for_person(session)
    events = Events(session)
    case = next(str(one["id"]) for one in operator.desk()["queue"] if one["channel"] == "web")
    assert operator.call(f"cases/{case}/claim").status_code == 200
    operator.call(f"cases/{case}/messages", text="uno", id="1")
    until(lambda: events.last_id and len(events.codes) >= 3)
    session.post(text="dos")
    last = events.last_id
    app.kill()
    app.start()
    assert operator.call(f"cases/{case}/messages", text="uno", id="1").status_code == 200
    operator.call(f"cases/{case}/messages", text="tres", id="2")
    assert operator.words(case) == ["uno", "dos", "tres"]
    events = Events(session, last)
    assert events.wait("handoff")["handoff"] == "active"
    assert events.wait("message")["text"] == "tres"


def test_the_relay_store_that_dies_is_started_again_and_the_case_goes_on(app: App) -> None:
    operator, session = Caller(app, "luz").sign_in(), app.web("es")
    ask_for_person(session)
    case = next(str(one["id"]) for one in operator.desk()["queue"] if one["channel"] == "web")
    operator.call(f"cases/{case}/claim")
    os.kill(int(app.relay_store.info("server")["process_id"]), signal.SIGKILL)
    answer = session.post(text="¿me lees?").json()
    assert "1818" in answer["replies"][0]["text"]  # never silence: it could not be handed over

    def handed_over() -> bool:
        return not session.post(text="¿me lees ahora?").json()["replies"]

    until(handed_over, 15)
    assert "¿me lees ahora?" in operator.words(case)
