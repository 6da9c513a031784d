"""The demo page in a real Chromium: the widget, filling a page of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import App
from tests.end_to_end.visitor import Visitor, visiting


@pytest.fixture
def visitor(browser: Browser, app: App) -> Iterator[Visitor]:
    place = {"latitude": -3.5669, "longitude": -80.4515}
    with visiting(browser, permissions=["geolocation"], geolocation=place) as found:
        found.begin(app.url)
        found.hears("Chaski")
        yield found


def test_a_question_is_answered_and_a_button_leads_on(visitor: Visitor) -> None:
    visitor.write("donde puedo denunciar sin dar mi nombre")
    visitor.press("Línea 1818")
    visitor.hears("Central Única de Denuncias")


def test_numbers_can_be_called(visitor: Visitor) -> None:
    visitor.write("estoy encerrada no me dejan salir")
    expect(visitor.page.locator('.urgent a[href="tel:105"]').first).to_be_visible()


def test_a_position_is_shared_on_a_tap_only(visitor: Visitor) -> None:
    visitor.write("busco una upe")
    visitor.hears("distrito o ciudad")
    visitor.button("position").click()
    visitor.button("position_yes").click()
    visitor.hears("UPE Tumbes")


def test_the_language_menu_changes_the_page_and_the_answers(visitor: Visitor) -> None:
    visitor.page.get_by_label(visitor.words["language"]).select_option("fr")
    visitor.hears("français")
    visitor.speak("fr")
    expect(visitor.button("send")).to_be_visible()
    expect(visitor.panel).to_have_attribute("lang", "fr")


def test_erasing_clears_the_page_and_the_server(visitor: Visitor, app: App) -> None:
    visitor.write("cem en juliaca")
    visitor.hears("Juliaca")
    token = visitor.token
    visitor.button("erase").click()
    expect(visitor.page.locator(".message")).to_have_count(0)
    assert app.session(token).post(text="hola").status_code == 401


def test_html_in_a_message_stays_text(visitor: Visitor) -> None:
    visitor.write("<img src=x onerror=\"document.title='owned'\"> hola")
    expect(visitor.page.locator(".mine").last).to_contain_text("<img")
    assert visitor.page.title() == "Chaski"


def test_without_a_server_the_page_itself_gives_the_numbers(visitor: Visitor) -> None:
    visitor.page.route("**/webhooks/**", lambda route: route.abort())
    visitor.write("hola")
    expect(visitor.page.get_by_role("alert")).to_contain_text("1818")
    expect(visitor.page.locator(".mine").last).to_contain_text("hola")
    expect(visitor.page.locator(".mine").last).to_contain_text(visitor.words["unsent"])


def test_the_page_writes_nothing_to_the_browser_and_asks_no_one_else(
    visitor: Visitor, app: App
) -> None:
    assert visitor.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert visitor.context.cookies() == []
    elsewhere = [one.url for one in visitor.requests if not one.url.startswith(app.url)]
    assert [url for url in elsewhere if not url.startswith("data:")] == []


def test_everything_is_reached_by_keyboard(visitor: Visitor) -> None:
    visitor.input.focus()
    visitor.page.keyboard.type("donde denuncio sin dar mi nombre")
    visitor.page.keyboard.press("Enter")
    choice = visitor.log.get_by_role("button", name="Línea 1818")
    expect(choice).to_be_visible()
    choice.focus()
    visitor.page.keyboard.press("Enter")
    visitor.hears("Central Única de Denuncias")
