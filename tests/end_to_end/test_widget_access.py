"""For everybody: screen readers, keyboards, small screens, large text, bad light (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT, App
from tests.end_to_end.ngo_site import NgoSite, tag
from tests.end_to_end.visitor import DESKTOP, PHONE, Visitor, visiting

AXE = (ROOT / "tests" / "accessibility" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST_TARGET = 44

ANSWER: dict[str, Any] = {
    "replies": [
        {
            "text": "105: llama.\n\nhttps://www.gob.pe/sunafil",
            "topic": "x",
            "choices": [{"id": "1", "title": "Una opción"}, {"id": "2", "title": "Otra"}],
        }
    ],
    "language": "es",
    "urgency": "urgent",
    "handoff": "offered",
}


def begun(visitor: Visitor) -> None:
    visitor.launcher.click()


def conversing(visitor: Visitor) -> None:
    begun(visitor)
    visitor.button("start").click()
    expect(visitor.answers.first).to_be_visible()
    visitor.page.route(
        "**/webhooks/web/messages",
        lambda route: route.fulfill(json=ANSWER, headers={"access-control-allow-origin": "*"}),
    )
    visitor.write("hola")
    expect(visitor.page.locator(".urgent")).to_be_visible()


def asking_for_the_position(visitor: Visitor) -> None:
    conversing(visitor)
    visitor.button("position").click()


def in_trouble(visitor: Visitor) -> None:
    conversing(visitor)
    visitor.page.unroute("**/webhooks/web/messages")
    visitor.context.set_offline(True)
    visitor.write("hola")
    expect(visitor.page.get_by_role("alert")).to_be_visible()


STATES: dict[str, Callable[[Visitor], None]] = {
    "closed": lambda visitor: expect(visitor.launcher).to_be_visible(),
    "before the start": begun,
    "conversation": conversing,
    "position": asking_for_the_position,
    "trouble": in_trouble,
}


def violations(page: Page) -> list[str]:
    """What axe finds wrong."""
    page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(
    browser: Browser, ngo_page: str, state: str, viewport: dict[str, int], scheme: str
) -> None:
    with visiting(browser, viewport=viewport, color_scheme=scheme) as visitor:
        visitor.visit(ngo_page)
        STATES[state](visitor)
        assert violations(visitor.page) == []


def test_axe_looks_inside_the_widget(visitor: Visitor, ngo_page: str) -> None:
    """Else the tests above could not fail."""
    visitor.visit(ngo_page)
    begun(visitor)
    visitor.button("start").evaluate("one => { one.style.color = '#5f9f92'; }")
    assert any("color-contrast" in one for one in violations(visitor.page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("accent", ["#ffff00", "#000000", "#ffffff", "#0a5", "#ff8800", "#777777"])
def test_any_accent_stays_readable(
    browser: Browser, app: App, ngo: NgoSite, accent: str, scheme: str
) -> None:
    address = ngo.page("/accent", tag(f"{app.url}/widget.js", accent=accent))
    with visiting(browser, color_scheme=scheme) as visitor:
        visitor.visit(address)
        assert violations(visitor.page) == []
        conversing(visitor)
        assert violations(visitor.page) == []


def test_the_pages_of_ours_are_clean_too(browser: Browser, app: App) -> None:
    for path in ("/", "/embed", "/widget/frame?lang=es&title=Informes"):
        with visiting(browser) as visitor:
            visitor.visit(f"{app.url}{path}")
            visitor.page.wait_for_load_state("networkidle")
            assert violations(visitor.page) == []


def test_a_screen_reader_hears_what_is_there_and_who_speaks(
    visitor: Visitor, ngo_page: str
) -> None:
    visitor.visit(ngo_page)
    conversing(visitor)
    expect(visitor.panel).to_match_aria_snapshot(
        """
        - dialog "Información":
          - heading "Información" [level=2]
          - text: Idioma
          - combobox "Idioma"
          - button "Salir ya"
          - button "Minimizar"
          - status: Puedes pedir hablar con una persona.
          - log "Conversación":
            - text: "/Respuesta: Hola\\\\..*/"
            - link "105"
            - text: "/Tú: hola Respuesta:/"
            - link "105"
            - text: ": llama."
            - link "https://www.gob.pe/sunafil"
            - list:
              - listitem:
                - button "Una opción"
              - listitem:
                - button "Otra"
          - status
          - text: Escribe aquí
          - textbox "Escribe aquí"
          - button "Enviar"
          - button "Compartir mi ubicación"
          - button "Borrar la conversación"
        """
    )


def test_new_messages_and_troubles_are_announced(visitor: Visitor, ngo_page: str) -> None:
    visitor.visit(ngo_page)
    conversing(visitor)
    expect(visitor.log).to_have_attribute("aria-live", "polite")
    expect(visitor.log).to_have_role("log")
    expect(visitor.page.locator(".status")).to_have_role("status")
    visitor.page.unroute("**/webhooks/web/messages")
    visitor.context.set_offline(True)
    visitor.write("hola")
    expect(visitor.page.get_by_role("alert")).to_contain_text("105")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_everything_is_done_with_the_keyboard_alone(
    browser: Browser, ngo_page: str, viewport: dict[str, int]
) -> None:
    with visiting(browser, viewport=viewport) as visitor:
        keyboard = visitor.page.keyboard
        visitor.visit(ngo_page)
        keyboard.press("Tab")
        expect(visitor.launcher).to_be_focused()
        keyboard.press("Enter")
        press_until(visitor, "Empezar")
        keyboard.press("Enter")
        expect(visitor.answers.first).to_be_visible()
        press_until(visitor, "Escribe aquí")
        keyboard.type("donde denuncio sin dar mi nombre")
        keyboard.press("Enter")
        expect(visitor.log.get_by_role("button", name="Línea 1818")).to_be_visible()
        press_until(visitor, "Línea 1818", backwards=True)
        keyboard.press("Enter")
        visitor.hears("Central Única de Denuncias")
        keyboard.press("Escape")
        expect(visitor.launcher).to_be_focused()
        keyboard.press("Enter")
        press_until(visitor, "Salir ya")
        keyboard.press("Enter")
        visitor.page.wait_for_url(re.compile("/neutral$"))


def press_until(visitor: Visitor, name: str, *, backwards: bool = False) -> None:
    """Go on with the tab key until something has the focus; the focus is seen on the way."""
    deep = """() => {
        let found = document.activeElement;
        while (found && found.shadowRoot && found.shadowRoot.activeElement)
            found = found.shadowRoot.activeElement;
        const label = found.labels && found.labels[0] ? found.labels[0].innerText : "";
        return [found.innerText + label, getComputedStyle(found).outlineStyle, found.localName];
    }"""
    for _ in range(25):
        visitor.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        text, outline, kind = visitor.page.evaluate(deep)
        if kind not in ("body", "html"):
            assert outline == "solid", text
        if name in text and kind != "div":
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


def test_on_a_phone_the_page_behind_cannot_be_reached(
    visitor: Visitor, app: App, ngo: NgoSite
) -> None:
    visitor.visit(
        ngo.page("/behind", "<a href='/'>behind</a>" + tag(f"{app.url}/widget.js", lang="es"))
    )
    visitor.launcher.click()
    for _ in range(20):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate("document.activeElement.innerText || ''") != "behind"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "viewport",
    [{"width": 320, "height": 568}, {"width": 640, "height": 360}, {"width": 320, "height": 256}],
    ids=["320 px", "lying phone", "1280 x 1024 at 400 %"],
)
def test_nothing_is_cut_off_on_a_small_screen(
    browser: Browser, ngo_page: str, viewport: dict[str, int], state: str
) -> None:
    with visiting(browser, viewport=viewport) as visitor:
        visitor.visit(ngo_page)
        STATES[state](visitor)
        wide = visitor.page.evaluate(
            """() => [...document.querySelector("chaski-widget").shadowRoot.querySelectorAll("*")]
            .filter(one => one.checkVisibility() && one.closest(".hidden") === null)
            .filter(one => { const box = one.getBoundingClientRect();
                return box.left < -0.5 || box.right > innerWidth + 0.5; })
            .map(one => one.className || one.localName)"""
        )
        assert wide == []
        for button in visitor.page.locator("chaski-widget").get_by_role("button").all():
            button.scroll_into_view_if_needed()
            expect(button).to_be_in_viewport()


def test_large_text_of_the_persons_own_makes_the_widget_larger(
    browser: Browser, ngo_page: str
) -> None:
    with visiting(browser, viewport={"width": 1280, "height": 900}) as visitor:
        visitor.visit(ngo_page)
        visitor.page.evaluate("document.body.style.zoom = '2'")
        conversing(visitor)
        expect(visitor.button("leave")).to_be_in_viewport()
        expect(visitor.button("send")).to_be_in_viewport()


@pytest.mark.parametrize("state", STATES)
def test_targets_are_large_enough_for_a_shaking_thumb(
    browser: Browser, ngo_page: str, state: str
) -> None:
    with visiting(browser) as visitor:
        visitor.visit(ngo_page)
        STATES[state](visitor)
        small = visitor.page.evaluate(
            """least => [...document.querySelector("chaski-widget").shadowRoot
            .querySelectorAll("button, select, textarea, summary")]
            .filter(one => one.checkVisibility())
            .map(one => [one.innerText, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < least || box.height < least)
            .map(([text]) => text)""",
            SMALLEST_TARGET,
        )
        assert small == []


def test_nothing_moves_by_itself(visitor: Visitor, ngo_page: str) -> None:
    """Nobody has to ask for reduced motion: there is none."""
    visitor.visit(ngo_page)
    conversing(visitor)
    moving = visitor.page.evaluate(
        """() => document.getAnimations().length
        + [...document.querySelector("chaski-widget").shadowRoot.querySelectorAll("*")]
        .filter(one => getComputedStyle(one).animationName !== "none"
            || getComputedStyle(one).transitionDuration !== "0s"
            || getComputedStyle(one).scrollBehavior !== "auto").length"""
    )
    assert moving == 0


def test_colours_that_are_forced_leave_everything_visible(browser: Browser, ngo_page: str) -> None:
    with visiting(browser, forced_colors="active") as visitor:
        visitor.visit(ngo_page)
        conversing(visitor)
        assert (
            visitor.button("send").evaluate("one => getComputedStyle(one).borderStyle") == "solid"
        )
