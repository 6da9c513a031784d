"""The demo page in a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import App

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "Chromium is needed: apt-get install chromium"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, app: App) -> Iterator[Page]:
    context = browser.new_context(
        locale="es-PE",
        viewport={"width": 360, "height": 740},
        permissions=["geolocation"],
        geolocation={"latitude": -3.5669, "longitude": -80.4515},
    )
    found = context.new_page()
    found.goto(app.url)
    expect(found.locator(".message").first).to_contain_text("Chaski")
    yield found
    context.close()


def ask(page: Page, text: str) -> None:
    page.get_by_label("Escribe aquí").fill(text)
    page.get_by_role("button", name="Enviar").click()


def test_a_question_is_answered_and_a_button_leads_on(page: Page) -> None:
    ask(page, "donde puedo denunciar sin dar mi nombre")
    page.get_by_role("button", name="Línea 1818").click()
    expect(page.locator("#conversation")).to_contain_text("Central Única de Denuncias")


def test_numbers_can_be_called(page: Page) -> None:
    ask(page, "estoy encerrada no me dejan salir")
    expect(page.locator('.urgent a[href="tel:105"]').first).to_be_visible()


def test_a_position_is_shared_on_a_tap_only(page: Page) -> None:
    ask(page, "busco una upe")
    expect(page.locator("#conversation")).to_contain_text("distrito o ciudad")
    page.get_by_role("button", name="Compartir mi ubicación").click()
    expect(page.locator("#conversation")).to_contain_text("UPE Tumbes")


def test_the_language_menu_changes_the_page_and_the_answers(page: Page) -> None:
    page.get_by_label("Idioma").select_option("fr")
    expect(page.locator("#conversation")).to_contain_text("français")
    expect(page.get_by_role("button", name="Envoyer")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_erasing_clears_the_page_and_the_server(page: Page, app: App) -> None:
    ask(page, "cem en juliaca")
    expect(page.locator("#conversation")).to_contain_text("Juliaca")
    page.get_by_role("button", name="Borrar la conversación").click()
    expect(page.locator(".message")).to_have_count(0)


def test_html_in_a_message_stays_text(page: Page) -> None:
    ask(page, "<img src=x onerror=\"document.title='owned'\"> hola")
    expect(page.locator(".mine").last).to_contain_text("<img")
    assert page.title() == "Chaski"


def test_without_a_server_the_page_itself_gives_the_numbers(page: Page) -> None:
    page.route("**/webhooks/**", lambda route: route.abort())
    ask(page, "hola")
    expect(page.locator("#conversation")).to_contain_text("1818")
    expect(page.get_by_label("Escribe aquí")).to_have_value("hola")


def test_the_page_writes_nothing_to_the_browser_and_asks_no_one_else(
    browser: Browser, app: App
) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda one: elsewhere.append(one.url) if app.url not in one.url else None)
    page.goto(app.url)
    expect(page.locator(".message").first).to_contain_text("Chaski")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert context.cookies() == []
    assert [url for url in elsewhere if not url.startswith("data:")] == []
    context.close()


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    page.get_by_label("Escribe aquí").focus()
    page.keyboard.type("donde denuncio sin dar mi nombre")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Línea 1818")).to_be_visible()
    page.get_by_role("button", name="Línea 1818").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#conversation")).to_contain_text("Central Única de Denuncias")
