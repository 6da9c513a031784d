"""The widget in an organisation's page on another origin, in a real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import App
from tests.end_to_end.ngo_site import NgoSite, serving, tag
from tests.end_to_end.visitor import DESKTOP, PHONE, Visitor, visiting

QUESTIONS = {
    "es": ("¿puedo denunciar sin dar mi nombre?", "Línea 1818"),
    "en": ("can i report without giving my name", "Line 1818"),
    "pt": ("posso denunciar sem dar meu nome?", "Linha 1818"),
    "fr": ("est ce que je peux dénoncer sans donner mon nom", "Ligne 1818"),
    "ht": ("eske m ka denonse san m pa bay non m", "Liy 1818"),
    "qu": ("mana sutiyta willaspa denunciayta atinichu", "1818 linea"),
}


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", QUESTIONS)
def test_a_conversation_in_each_language(
    browser: Browser, app: App, ngo: NgoSite, language: str, viewport: dict[str, int]
) -> None:
    question, choice = QUESTIONS[language]
    address = ngo.page("/each", tag(f"{app.url}/widget.js", lang=language))
    with visiting(browser, language=language, viewport=viewport) as visitor:
        visitor.begin(address)
        expect(visitor.panel).to_have_attribute("lang", language)
        visitor.write(question)
        visitor.press(choice)
        visitor.hears("Central Única de Denuncias")
        expect(visitor.page.locator('.log a[href="tel:1818"]').first).to_be_visible()
        expect(visitor.panel).to_have_attribute("lang", language)


@pytest.mark.parametrize(
    ("chosen", "page", "browsers", "expected"),
    [("fr", "en", "pt-BR", "fr"), ("", "en", "pt-BR", "en"), ("", "de", "pt-BR", "pt")],
)
def test_the_language_is_the_tags_then_the_pages_then_the_browsers(
    browser: Browser, app: App, ngo: NgoSite, chosen: str, page: str, browsers: str, expected: str
) -> None:
    address = ngo.page("/first", tag(f"{app.url}/widget.js", lang=chosen), lang=page)
    with visiting(browser, language=expected, locale=browsers) as visitor:
        visitor.visit(address)
        expect(visitor.launcher).to_have_text(visitor.words["title"])


def test_before_starting_it_says_what_leaving_does_and_what_stays_in_the_history(
    visitor: Visitor, ngo_page: str
) -> None:
    visitor.visit(ngo_page)
    visitor.launcher.click()
    for key in ("note", "leaving", "history"):
        expect(visitor.page.get_by_text(visitor.words[key])).to_be_visible()
    expect(visitor.page.get_by_text(visitor.words["history_steps"])).to_be_hidden()
    visitor.page.get_by_text(visitor.words["history_how"]).click()
    expect(visitor.page.get_by_text(visitor.words["history_steps"])).to_be_visible()
    for number in ("105", "1818", "100"):
        expect(visitor.page.locator(f'.numbers a[href="tel:{number}"]')).to_be_visible()


def test_nothing_is_sent_to_the_server_before_somebody_starts(
    visitor: Visitor, ngo_page: str
) -> None:
    visitor.visit(ngo_page)
    visitor.launcher.click()
    expect(visitor.button("start")).to_be_visible()
    assert [one.url for one in visitor.requests if "/webhooks/" in one.url] == []


def test_the_language_menu_changes_the_widget_and_the_answers(
    visitor: Visitor, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    visitor.write("tengo miedo de denunciar")
    visitor.hears("miedo")
    visitor.page.get_by_label(visitor.words["language"]).select_option("fr")
    visitor.speak("fr")
    expect(visitor.button("leave")).to_be_visible()
    visitor.hears("peur")
    expect(visitor.panel).to_have_attribute("lang", "fr")


def test_a_language_that_is_written_changes_the_widget_too(visitor: Visitor, ngo_page: str) -> None:
    visitor.begin(ngo_page)
    visitor.write("where can i report trafficking please")
    visitor.speak("en")
    expect(visitor.button("leave")).to_be_visible()


def test_a_position_is_shared_on_a_tap_only_and_explained_before(
    browser: Browser, ngo_page: str
) -> None:
    with visiting(
        browser,
        permissions=["geolocation"],
        geolocation={"latitude": -3.56694321, "longitude": -80.45154321},
    ) as visitor:
        visitor.begin(ngo_page)
        visitor.write("busco una upe")
        visitor.hears("distrito o ciudad")
        visitor.button("position").click()
        expect(visitor.page.get_by_text(visitor.words["position_why"])).to_be_visible()
        visitor.button("position_no").click()
        assert not any("location" in (one.post_data or "") for one in visitor.requests)
        visitor.button("position").click()
        visitor.button("position_yes").click()
        visitor.hears("UPE Tumbes")
        sent = next(
            one.post_data for one in visitor.requests if "location" in (one.post_data or "")
        )
        assert sent
        assert '"lat":-3.567,"lon":-80.452' in sent


def test_a_position_that_cannot_be_had_is_told(visitor: Visitor, ngo_page: str) -> None:
    visitor.begin(ngo_page)
    visitor.button("position").click()
    visitor.button("position_yes").click()
    expect(visitor.page.locator(".status")).to_have_text(visitor.words["position_failed"])


def test_near_begins_in_the_sites_region(visitor: Visitor, app: App, ngo: NgoSite) -> None:
    visitor.begin(ngo.page("/region", tag(f"{app.url}/widget.js", region="24")))
    visitor.write("cual es la upe mas cercana")
    visitor.hears("UPE Tumbes")


def test_danger_stands_out_and_its_number_can_be_called(visitor: Visitor, ngo_page: str) -> None:
    visitor.begin(ngo_page)
    visitor.write("estoy encerrada no me dejan salir")
    expect(visitor.page.locator('.urgent a[href="tel:105"]').first).to_be_visible()


def test_long_numbers_are_shown_with_spaces_and_pages_open_beside(
    visitor: Visitor, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    visitor.write("donde denuncio por internet")
    pages = visitor.log.locator('a[href^="https://"]')
    expect(pages.first).to_have_attribute("rel", "noopener noreferrer")
    expect(pages.first).to_have_attribute("target", "_blank")
    visitor.write("un servicio me trató mal, quiero quejarme")
    expect(visitor.log.locator('a[href="tel:080015170"]').first).to_have_text(
        "0800\u00a015\u00a0170"
    )


def test_html_in_a_message_stays_text(visitor: Visitor, app: App, ngo_page: str) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    answer = {
        "replies": [{"text": f"{evil} 105", "topic": "x", "choices": [{"id": "1", "title": evil}]}],
        "language": "es",
        "urgency": "none",
        "handoff": "none",
    }
    visitor.begin(ngo_page)
    cors = {"access-control-allow-origin": ngo_page.removesuffix("/help")}
    visitor.page.route(
        "**/webhooks/web/messages", lambda route: route.fulfill(json=answer, headers=cors)
    )
    visitor.write(evil)
    expect(visitor.page.locator(".mine").last).to_contain_text(evil)
    expect(visitor.answers.last).to_contain_text(evil)
    expect(visitor.log.get_by_role("button", name=evil)).to_be_visible()
    assert visitor.panel.locator("img, script").count() == 0
    assert visitor.page.title() == "Casa"


def test_a_message_has_a_limit_and_the_person_sees_it_come(visitor: Visitor, ngo_page: str) -> None:
    visitor.begin(ngo_page)
    visitor.input.fill("a" * 900)
    expect(visitor.page.locator(".left")).to_have_text(f"{visitor.words['left']} 100")
    visitor.input.press_sequentially("b" * 5)
    expect(visitor.page.locator(".left")).to_have_text(f"{visitor.words['left']} 95")
    assert visitor.input.get_attribute("maxlength") == "1000"


def test_erasing_clears_the_widget_and_the_server(
    visitor: Visitor, app: App, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    visitor.write("cem en juliaca")
    visitor.hears("Juliaca")
    token = visitor.token
    visitor.button("erase").click()
    expect(visitor.button("start")).to_be_visible()
    assert visitor.page.locator(".message").count() == 0
    assert status_of(app, token) == 401


def test_it_works_under_a_strict_policy_and_with_trusted_types(
    browser: Browser, app: App, ngo: NgoSite
) -> None:
    policy = (
        f"default-src 'none'; script-src {app.url}; connect-src {app.url}; "
        "require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'"
    )
    address = ngo.page("/strict", tag(f"{app.url}/widget.js"), content_security_policy=policy)
    with visiting(browser) as visitor:
        said: list[str] = []
        visitor.page.on("console", lambda message: said.append(message.text))
        visitor.begin(address)
        visitor.write("hola")
        expect(visitor.answers.nth(1)).to_be_visible()
        background = visitor.panel.evaluate("one => getComputedStyle(one).backgroundColor")
        assert background == "rgb(242, 244, 243)"
        assert [one for one in said if "Policy" in one] == []


def test_it_writes_nothing_to_the_browser_and_asks_no_one_else(
    visitor: Visitor, app: App, ngo: NgoSite, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    visitor.write("hola")
    expect(visitor.answers.nth(1)).to_be_visible()
    elsewhere = [one.url for one in visitor.requests if not one.url.startswith((app.url, ngo.url))]
    assert elsewhere == []
    stored = """async () => [localStorage.length, sessionStorage.length, document.cookie,
        (await indexedDB.databases()).length, (await caches.keys()).length,
        (await navigator.serviceWorker.getRegistrations()).length]"""
    assert visitor.page.evaluate(stored) == [0, 0, "", 0, 0, 0]
    assert visitor.context.cookies() == []


def test_the_token_is_in_no_address(visitor: Visitor, ngo_page: str) -> None:
    visitor.begin(ngo_page)
    visitor.write("hola")
    expect(visitor.answers.nth(1)).to_be_visible()
    assert not any(visitor.token in one.url for one in visitor.requests)


def test_a_reload_ends_the_conversation_on_the_server_too(
    visitor: Visitor, app: App, ngo_page: str
) -> None:
    visitor.begin(ngo_page)
    visitor.write("hola")
    expect(visitor.answers.nth(1)).to_be_visible()
    token = visitor.token
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.button("start")).to_be_visible()
    assert eventually_ended(app, token)


def test_where_the_site_keeps_it_for_the_tab_a_reload_goes_on(
    visitor: Visitor, app: App, ngo: NgoSite
) -> None:
    visitor.begin(ngo.page("/keep", tag(f"{app.url}/widget.js", keep="tab", exit=ngo.neutral)))
    visitor.write("cem mas cercano")
    visitor.hears("distrito o ciudad")
    visitor.page.reload()
    visitor.launcher.click()
    visitor.hears(visitor.words["resumed"])
    visitor.write("juliaca")
    visitor.hears("CEM Regular Juliaca")
    visitor.button("leave").click()
    visitor.page.wait_for_url(ngo.neutral)
    assert visitor.page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_the_pages_scripts_cannot_look_inside(browser: Browser, ngo_page: str) -> None:
    with visiting(browser, open_trees=False) as visitor:
        visitor.visit(ngo_page)
        visitor.page.wait_for_selector("chaski-widget", state="attached")
        assert visitor.page.evaluate("document.querySelector('chaski-widget').shadowRoot") is None


def test_the_page_does_not_hear_what_is_typed(visitor: Visitor, ngo_page: str) -> None:
    visitor.begin(ngo_page)
    visitor.page.evaluate(
        """window.heard = [];
        for (const type of ["keydown", "keyup", "input", "beforeinput"])
          document.addEventListener(type, (event) => window.heard.push(event.key || event.data));"""
    )
    visitor.input.press_sequentially("abc")
    assert visitor.page.evaluate("window.heard") == []


def test_the_pages_styles_stay_out_and_the_widgets_stay_in(
    visitor: Visitor, app: App, ngo: NgoSite
) -> None:
    style = (
        "<style>html{font-size:5px} *{color:red!important} button{display:none!important}</style>"
    )
    visitor.begin(ngo.page("/styled", style + tag(f"{app.url}/widget.js")))
    assert visitor.input.evaluate("one => getComputedStyle(one).fontSize") == "16px"
    assert visitor.page.locator("h1").evaluate("one => getComputedStyle(one).margin") != "0px"
    before = visitor.page.evaluate("document.styleSheets.length")
    assert before == 1


@pytest.mark.parametrize("second", ["", "?again"], ids=["the same tag", "another address"])
def test_a_second_widget_in_a_page_is_refused_politely(
    visitor: Visitor, app: App, ngo: NgoSite, second: str
) -> None:
    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text))
    twice = tag(f"{app.url}/widget.js", lang="fr") + tag(f"{app.url}/widget.js{second}", lang="en")
    visitor.visit(ngo.page("/twice", twice))
    expect(visitor.launcher).to_have_count(1)
    expect(visitor.launcher).to_have_text("Informations")
    assert any("twice" in one for one in said)


def test_title_icon_place_and_opening_are_the_sites(
    visitor: Visitor, app: App, ngo: NgoSite
) -> None:
    options = {"title": "Clima <b>", "icon": "page", "position": "left", "open": "open"}
    visitor.page.set_viewport_size({"width": 1200, "height": 800})
    visitor.visit(ngo.page("/options", tag(f"{app.url}/widget.js", **options)))
    expect(visitor.page.get_by_role("heading", name="Clima <b>")).to_be_visible()
    box = visitor.panel.bounding_box()
    assert box
    assert box["x"] < 50
    assert visitor.page.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize("wrong", ["javascript:alert(1)", "nowhere", ""])
def test_an_exit_that_is_no_page_is_not_taken(
    visitor: Visitor, app: App, ngo: NgoSite, wrong: str
) -> None:
    visitor.page.route("https://www.google.com/**", lambda route: route.fulfill(body="neutral"))
    visitor.begin(ngo.page("/exit", tag(f"{app.url}/widget.js", exit=wrong)))
    visitor.button("leave").click()
    visitor.page.wait_for_url("https://www.google.com/")


def test_a_foreign_page_gets_no_conversation_but_the_numbers(visitor: Visitor, app: App) -> None:
    with serving() as stranger:
        visitor.visit(stranger.page("/", tag(f"{app.url}/widget.js")))
        visitor.launcher.click()
        visitor.button("start").click()
        expect(visitor.page.get_by_role("alert")).to_contain_text("1818")
        assert visitor.answers.count() == 0


def test_a_pinned_tag_works_and_a_changed_script_does_not(
    visitor: Visitor, app: App, ngo: NgoSite
) -> None:
    visitor.visit(f"{app.url}/embed")
    field = visitor.page.locator("#tag")
    expect(field).to_have_value(re.compile("integrity"))
    written = field.input_value().replace("https://chaski.example.org", app.url)
    assert 'integrity="sha384-' in written
    visitor.begin(ngo.page("/pinned", written))
    spoiled = written.replace("sha384-", "sha384-AAAA")
    visitor.page.goto(ngo.page("/spoiled", spoiled))
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.launcher.count() == 0


def test_the_frame_holds_a_whole_conversation(visitor: Visitor, app: App, ngo: NgoSite) -> None:
    frame = (
        f'<iframe src="{app.url}/widget/frame?lang=es&amp;site=casa" width=340 height=600></iframe>'
    )
    visitor.visit(ngo.page("/framed", frame))
    inside = visitor.page.frame_locator("iframe")
    inside.get_by_role("button", name=visitor.words["start"]).click()
    inside.get_by_label(visitor.words["write"]).fill("tengo miedo de denunciar")
    inside.get_by_role("button", name=visitor.words["send"]).click()
    expect(inside.locator(".log")).to_contain_text("miedo")


def test_a_frame_in_a_foreign_page_stays_empty(visitor: Visitor, app: App) -> None:
    with serving() as stranger:
        visitor.visit(stranger.page("/", f'<iframe src="{app.url}/widget/frame"></iframe>'))
        visitor.page.wait_for_load_state("networkidle")
        assert visitor.page.frame_locator("iframe").locator(".panel").count() == 0


def test_leaving_from_a_frame_takes_the_whole_page_along(
    visitor: Visitor, app: App, ngo: NgoSite
) -> None:
    source = f"{app.url}/widget/frame?lang=es"
    visitor.page.route("https://www.google.com/**", lambda route: route.fulfill(body="neutral"))
    visitor.visit(ngo.page("/framed", f'<iframe src="{source}" width=340 height=600></iframe>'))
    inside = visitor.page.frame_locator("iframe")
    inside.get_by_role("button", name=visitor.words["start"]).click()
    expect(inside.locator(".answer").first).to_be_visible()
    inside.get_by_role("button", name=visitor.words["leave"]).click()
    visitor.page.wait_for_url("https://www.google.com/")


def status_of(app: App, token: str) -> int:
    """What the server says to a session's token."""
    return app.session(token).post(text="hola").status_code


def eventually_ended(app: App, token: str) -> bool:
    """Whether the server forgets the session within a few seconds."""
    return app.eventually(lambda: status_of(app, token) == 401)
