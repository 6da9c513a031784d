"""A bad network and a server that goes away: nothing lost, nothing doubled, the person told."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.conftest import App, running
from tests.end_to_end.ngo_site import NgoSite, tag
from tests.end_to_end.visitor import Visitor, visiting

CUT_SECONDS = 30
BACK_SECONDS = 20.0
"""Within which a message arrives after the network has come back."""


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory, ngo: NgoSite) -> Iterator[App]:
    sites = f"casa={ngo.url}"
    with running(tmp_path_factory.mktemp("fragile") / "var", CHASKI_WIDGET_SITES=sites) as app:
        yield app


def delivered(visitor: Visitor, text: str) -> None:
    """A message that the server has: shown once, and no longer marked."""
    bubbles = visitor.page.locator(".mine").filter(has_text=text)
    expect(bubbles).to_have_count(1)
    expect(bubbles).not_to_contain_text(visitor.words["unsent"], timeout=BACK_SECONDS * 1000)


def tell_of(visitor: Visitor, key: str) -> None:
    """The person is told, and has the numbers."""
    alert = visitor.page.get_by_role("alert")
    expect(alert).to_contain_text(visitor.words[key], timeout=30_000)
    for number in ("105", "1818", "100"):
        expect(alert.locator(f'a[href="tel:{number}"]')).to_be_visible()


@pytest.mark.proof
def test_a_cut_of_thirty_seconds_loses_and_doubles_nothing(
    visitor: Visitor, app: App, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    visitor.context.set_offline(True)
    began = time.monotonic()
    visitor.write("tengo miedo de denunciar")
    tell_of(visitor, "offline")
    visitor.write("cem mas cercano")
    visitor.input.fill("todavía escribo")
    expect(visitor.page.locator(".unsent").first).to_contain_text(visitor.words["unsent"])
    visitor.page.wait_for_timeout((CUT_SECONDS - (time.monotonic() - began)) * 1000)
    visitor.context.set_offline(False)
    visitor.hears("distrito o ciudad")
    delivered(visitor, "tengo miedo de denunciar")
    delivered(visitor, "cem mas cercano")
    expect(visitor.answers.filter(has_text="distrito o ciudad")).to_have_count(1)
    expect(visitor.answers.filter(has_text="miedo")).to_have_count(1)
    expect(visitor.page.get_by_role("alert")).to_be_hidden()
    expect(visitor.input).to_have_value("todavía escribo")


def test_an_answer_that_is_lost_on_its_way_comes_again_and_is_not_given_twice(
    visitor: Visitor, app: App, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    bodies: list[str] = []

    def lose_the_first(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        response = route.fetch()
        if len(bodies) == 1:
            route.abort()  # the server has answered; the person's phone did not hear it
        else:
            route.fulfill(response=response)

    visitor.page.route("**/webhooks/web/messages", lose_the_first)
    visitor.write("donde puedo denunciar sin dar mi nombre")
    tell_of(visitor, "gone")
    choice = visitor.log.get_by_role("button", name="Línea 1818")
    expect(choice).to_be_visible(timeout=BACK_SECONDS * 1000)
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    expect(visitor.answers.filter(has_text="fiscalía puede ordenar")).to_have_count(1)
    choice.click()
    visitor.hears("Central Única de Denuncias")


def test_a_restart_of_the_server_loses_nothing(
    browser: Browser, fragile: App, ngo: NgoSite
) -> None:
    with visiting(browser) as visitor:
        visitor.begin(ngo.page("/fragile", tag(f"{fragile.url}/widget.js")))
        visitor.write("cem mas cercano")
        visitor.hears("distrito o ciudad")
        time.sleep(1.1)  # the store writes to disk every second
        fragile.kill()
        visitor.write("juliaca")
        tell_of(visitor, "gone")
        fragile.start()
        delivered(visitor, "juliaca")
        visitor.hears("CEM Regular Juliaca")
        expect(visitor.answers.filter(has_text="CEM Regular Juliaca")).to_have_count(1)


def test_a_server_that_is_gone_before_the_start_is_told_and_tried_again(
    browser: Browser, app: App, ngo_page: str
) -> None:
    with visiting(browser) as visitor:
        visitor.visit(ngo_page)
        visitor.page.route("**/webhooks/**", lambda route: route.abort())
        visitor.launcher.click()
        visitor.button("start").click()
        tell_of(visitor, "gone")
        visitor.page.unroute("**/webhooks/**")
        visitor.button("retry").click()
        expect(visitor.answers.first).to_be_visible()


def test_a_slow_network_is_said(visitor: Visitor, ngo_page: str) -> None:
    visitor.begin(ngo_page)

    held: list[Route] = []
    visitor.page.route("**/webhooks/web/messages", lambda route: held.append(route))
    visitor.write("hola")
    expect(visitor.page.locator(".status")).to_have_text(visitor.words["waiting"])
    expect(visitor.page.locator(".status")).to_have_text(visitor.words["slow"], timeout=8_000)
    held[0].continue_()
    expect(visitor.answers.nth(1)).to_be_visible()
    expect(visitor.page.locator(".status")).to_have_text("")


def test_too_many_messages_wait_their_turn(browser: Browser, app: App, ngo: NgoSite) -> None:
    with visiting(browser) as visitor:
        visitor.begin(ngo.page("/busy", tag(f"{app.url}/widget.js")))
        times: list[int] = []

        def busy_once(route: Route) -> None:
            times.append(1)
            if len(times) > 1:
                route.continue_()
                return
            route.fulfill(
                status=429,
                headers={
                    "retry-after": "2",
                    "access-control-allow-origin": ngo.url,
                    "access-control-expose-headers": "retry-after",
                },
                json={"error": {"code": "too_many_messages", "message": "Espera. 105"}},
            )

        visitor.page.route("**/webhooks/web/messages", busy_once)
        visitor.write("hola")
        expect(visitor.page.locator(".status")).to_have_text("Espera. 105")
        delivered(visitor, "hola")
        assert len(times) == 2


def test_a_session_that_has_ended_begins_anew_with_the_same_message(
    visitor: Visitor, app: App, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    visitor.write("hola")
    expect(visitor.answers.nth(1)).to_be_visible()
    app.end(visitor.token)
    visitor.write("tengo miedo de denunciar")
    visitor.hears(visitor.words["ended"])
    visitor.hears("Tener miedo")
    expect(visitor.page.locator(".mine").filter(has_text="miedo")).to_have_count(1)


def test_a_message_that_is_refused_goes_back_to_be_mended(
    visitor: Visitor, ngo: NgoSite, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    visitor.page.route(
        "**/webhooks/web/messages",
        lambda route: route.fulfill(
            status=413,
            headers={"access-control-allow-origin": ngo.url},
            json={"error": {"code": "too_large", "message": "Demasiado largo. 105, 1818, 100"}},
        ),
    )
    visitor.write("un texto")
    visitor.hears("Demasiado largo")
    expect(visitor.input).to_have_value("un texto")
