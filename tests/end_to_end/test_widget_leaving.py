"""Leaving quickly: for somebody whose screen is looked at."""

from __future__ import annotations

import math
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import App
from tests.end_to_end.ngo_site import NgoSite, tag
from tests.end_to_end.visitor import DESKTOP, PHONE, Visitor, visiting

AT_MOST_MS = 100

WATCH = """
(() => {
  let began = 0;
  const start = (event) => { began = began || event.timeStamp; };
  addEventListener("pointerup", start, true);
  addEventListener("keydown", start, true);
  new MutationObserver(() => {
    if (document.documentElement.childElementCount) return;
    const tell = () => blankAfter(performance.now() - began);
    if (navigator.onLine) requestAnimationFrame(() => setTimeout(tell)); // once it is drawn
    else tell(); // the browser's own page comes before another picture
  }).observe(document.documentElement, { childList: true });
})();
"""
"""From the person's act until a picture without the page has been drawn, in milliseconds."""


def talk(visitor: Visitor, address: str, home: str) -> list[float]:
    """Come from another page, and have said something.

    Returns:
        Where the milliseconds will stand, once the page is blank.
    """
    times: list[float] = []
    visitor.page.expose_function("blankAfter", lambda time: times.append(time))
    visitor.visit(home)
    visitor.begin(address)
    visitor.write("tengo miedo de denunciar")
    visitor.hears("Tener miedo")
    visitor.page.evaluate(WATCH)
    return times


def soon(visitor: Visitor, times: list[float]) -> float:
    """The milliseconds, when they are told; endless where the browser has gone before it told."""
    deadline = time.monotonic() + 5
    while not times and time.monotonic() < deadline:
        visitor.page.wait_for_timeout(5)  # lets the browser's messages in
    return times[0] if times else math.inf


def picture(page: Page) -> str:
    """What is on the screen at this moment; Playwright's own would wait for the next page."""
    browser = page.context.new_cdp_session(page)
    return str(browser.send("Page.captureScreenshot")["data"])


def is_blank(visitor: Visitor) -> bool:
    """Whether the screen shows what an empty page shows."""
    shown = picture(visitor.page)
    other = visitor.context.new_page()
    try:
        return shown == picture(other)
    finally:
        other.close()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("how", ["button", "keys"])
def test_leaving_blanks_at_once_erases_and_cannot_be_undone_by_going_back(
    browser: Browser, app: App, ngo: NgoSite, ngo_page: str, how: str, viewport: dict[str, int]
) -> None:
    with visiting(browser, viewport=viewport) as visitor:
        times = talk(visitor, ngo_page, ngo.url)
        token = visitor.token
        go(visitor, how)
        soon(visitor, times)
        assert is_blank(visitor)
        visitor.page.wait_for_url(ngo.neutral)
        assert app.eventually(lambda: app.session(token).post(text="hola").status_code == 401)
        visitor.page.go_back()
        expect(visitor.page).to_have_url(f"{ngo.url}/")
        visitor.page.go_forward()
        expect(visitor.page).to_have_url(ngo.neutral)


@pytest.mark.parametrize("offline", [False, True], ids=["with a network", "without"])
@pytest.mark.parametrize("how", ["button", "keys"])
def test_the_page_is_blank_within_a_tenth_of_a_second(
    browser: Browser, ngo: NgoSite, ngo_page: str, how: str, offline: bool
) -> None:
    """The best of three: the widget is measured, not what else the machine does."""
    measured: list[float] = []
    for _ in range(3):
        with visiting(browser) as visitor:
            times = talk(visitor, ngo_page, ngo.url)
            visitor.context.set_offline(offline)
            go(visitor, how)
            measured.append(soon(visitor, times))
        if measured[-1] <= AT_MOST_MS:
            return
    raise AssertionError(measured)


def go(visitor: Visitor, how: str) -> None:
    """Leave by the button or the keys."""
    if how == "button":
        visitor.button("leave").click(no_wait_after=True)
        return
    for _ in range(3):
        visitor.page.keyboard.press("Shift")


def test_what_the_server_kept_is_gone_replies_included(
    visitor: Visitor, app: App, ngo: NgoSite, ngo_page: str
) -> None:
    before = kept(app)
    talk(visitor, ngo_page, ngo.url)
    assert {name.split(b":")[0] for name in kept(app) - before} >= {
        b"conversation",
        b"tracker",
        b"message",
    }
    visitor.button("leave").click()
    visitor.page.wait_for_url(ngo.neutral)
    app.eventually(lambda: kept(app) <= before)
    assert kept(app) - before == set()


def test_leaving_while_an_answer_is_on_its_way_leaves_nothing_behind(
    visitor: Visitor, app: App, ngo: NgoSite, ngo_page: str
) -> None:
    talk(visitor, ngo_page, ngo.url)
    before = kept(app)
    visitor.write("donde puedo denunciar sin dar mi nombre")
    visitor.button("leave").click(no_wait_after=True)
    visitor.page.wait_for_url(ngo.neutral)
    app.eventually(lambda: not kept(app) - before and kept(app) != before)
    assert kept(app) - before == set()
    assert before - kept(app) != set()


def test_leaving_works_without_a_network(visitor: Visitor, ngo: NgoSite, ngo_page: str) -> None:
    times = talk(visitor, ngo_page, ngo.url)
    visitor.context.set_offline(True)
    visitor.button("leave").click(no_wait_after=True)
    soon(visitor, times)
    expect(visitor.page).not_to_have_url(ngo_page)
    assert "miedo" not in visitor.page.content()
    visitor.context.set_offline(False)
    visitor.page.go_back()
    expect(visitor.page).to_have_url(f"{ngo.url}/")


def test_escape_and_capital_letters_do_not_leave(
    visitor: Visitor, ngo: NgoSite, ngo_page: str
) -> None:
    talk(visitor, ngo_page, ngo.url)
    visitor.input.press_sequentially("AbCdE")
    for key in ("Shift+A", "Shift+B", "Shift+C"):
        visitor.input.press(key)
    visitor.page.keyboard.press("Escape")
    expect(visitor.launcher).to_be_visible()
    assert visitor.page.url == ngo_page


def test_going_on_to_another_page_and_back_shows_nothing_of_the_conversation(
    visitor: Visitor, app: App, ngo: NgoSite, ngo_page: str
) -> None:
    talk(visitor, ngo_page, ngo.url)
    token = visitor.token
    visitor.visit(ngo.url)
    assert app.eventually(lambda: app.session(token).post(text="hola").status_code == 401)
    visitor.page.go_back()
    expect(visitor.page).to_have_url(ngo_page)
    assert visitor.page.locator(".message").count() == 0


def test_a_page_that_the_browser_kept_in_memory_comes_back_empty(
    visitor: Visitor, app: App, ngo: NgoSite
) -> None:
    """Also where the site keeps the session: what was said is not shown again."""
    address = ngo.page("/kept", tag(f"{app.url}/widget.js", keep="tab"))
    talk(visitor, address, ngo.url)
    visitor.page.evaluate(
        "for (const type of ['pagehide', 'pageshow'])"
        " window.dispatchEvent(new PageTransitionEvent(type, { persisted: true }))"
    )
    assert "miedo" not in visitor.panel.inner_text()
    visitor.hears(visitor.words["resumed"])


def kept(app: App) -> set[bytes]:
    """Keys of the store that hold something of a conversation, or lead to one."""
    passing = set(b"erased erased_message forgetting throttle reading address".split())
    passing |= set(b"address_reading lock site_counts health probe".split())
    return {name for name in app.store.keys("*") if name.split(b":")[0] not in passing}
