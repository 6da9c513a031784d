"""A person in the widget and an operator at the desk."""

from __future__ import annotations

import uuid

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.conftest import App
from tests.end_to_end.desk import Caller, add_operator, until
from tests.end_to_end.ngo_site import NgoSite, tag
from tests.end_to_end.visitor import DESKTOP, PHONE, Visitor, visiting


@pytest.fixture(scope="module")
def signed_in(app: App) -> Caller:
    add_operator(app, "marta")
    return Caller(app, "marta").sign_in()


@pytest.fixture
def operator(signed_in: Caller) -> Caller:
    """On duty now; a minute without a sign of life ends it."""
    signed_in.beat()
    return signed_in


def ask_for_a_person(visitor: Visitor, address: str, operator: Caller) -> str:
    """Ask, and be first in the queue; the case."""
    before = {row["id"] for row in operator.desk()["queue"]}
    visitor.begin(address)
    visitor.write("quiero hablar con una persona")
    accept = visitor.log.get_by_role("button", name="Sí, con una persona")
    expect(accept).to_be_visible()
    accept.click()
    expect(visitor.page.locator(".handoff")).to_contain_text(visitor.words["asked"])
    found: list[str] = []

    def there() -> bool:
        found[:] = [str(one["id"]) for one in operator.desk()["queue"] if one["id"] not in before]
        return bool(found)

    until(there)
    return found[0]


def tell(operator: Caller, case: str, text: str) -> None:
    """Write to the person."""
    sent = operator.call(f"cases/{case}/messages", text=text, id=uuid.uuid4().hex)
    assert sent.ok, sent.text


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_operators_answer_arrives_and_both_write(
    browser: Browser, app: App, ngo_page: str, operator: Caller, viewport: dict[str, int]
) -> None:
    with visiting(browser, viewport=viewport) as visitor:
        case = ask_for_a_person(visitor, ngo_page, operator)
        assert operator.call(f"cases/{case}/claim").ok
        expect(visitor.page.locator(".handoff")).to_contain_text(visitor.words["active"])
        tell(operator, case, "Hola, soy Marta. <b>1818</b>")
        expect(visitor.page.locator(".person").last).to_contain_text("Hola, soy Marta. <b>1818</b>")
        visitor.write("gracias por escribir")
        until(lambda: "gracias por escribir" in operator.words(case))
        assert operator.words(case).count("gracias por escribir") == 1
        visitor.page.locator(".handoff").get_by_role("button").click()
        expect(visitor.page.locator(".handoff")).to_contain_text(visitor.words["closed"])


def test_the_person_may_stop_waiting(visitor: Visitor, ngo_page: str, operator: Caller) -> None:
    case = ask_for_a_person(visitor, ngo_page, operator)
    visitor.page.locator(".handoff").get_by_role("button", name="Ya no quiero esperar").click()
    expect(visitor.page.locator(".handoff")).to_contain_text(visitor.words["closed"])
    until(lambda: case not in {row["id"] for row in operator.desk()["queue"]})


def test_what_an_operator_writes_during_a_cut_comes_once_afterwards(
    visitor: Visitor, ngo_page: str, operator: Caller
) -> None:
    case = ask_for_a_person(visitor, ngo_page, operator)
    assert operator.call(f"cases/{case}/claim").ok
    tell(operator, case, "primero")
    expect(visitor.page.locator(".person")).to_have_count(1)
    visitor.context.set_offline(True)
    tell(operator, case, "segundo")
    visitor.write("sigo aquí")
    expect(visitor.page.get_by_role("alert")).to_contain_text("1818")
    visitor.context.set_offline(False)
    expect(visitor.page.locator(".person")).to_have_count(2, timeout=20_000)
    expect(visitor.page.locator(".person").last).to_contain_text("segundo")
    until(lambda: operator.words(case).count("sigo aquí") == 1, 20)
    tell(operator, case, "tercero")
    expect(visitor.page.locator(".person")).to_have_count(3)


def test_a_message_is_noticed_while_the_panel_is_closed(
    visitor: Visitor, ngo_page: str, operator: Caller
) -> None:
    case = ask_for_a_person(visitor, ngo_page, operator)
    assert operator.call(f"cases/{case}/claim").ok
    expect(visitor.page.locator(".handoff")).to_contain_text(visitor.words["active"])
    visitor.page.get_by_role("button", name=visitor.words["minimise"]).click()
    tell(operator, case, "¿sigue ahí?")
    expect(visitor.launcher).to_contain_text(visitor.words["fresh"])
    visitor.launcher.click()
    expect(visitor.page.locator(".person").last).to_be_visible()


def test_leaving_quickly_ends_it_and_leaves_no_word(
    visitor: Visitor, app: App, ngo: NgoSite, ngo_page: str, operator: Caller
) -> None:
    case = ask_for_a_person(visitor, ngo_page, operator)
    assert operator.call(f"cases/{case}/claim").ok
    visitor.write("estoy en la casa azul")
    until(lambda: "estoy en la casa azul" in operator.words(case))
    visitor.button("leave").click()
    visitor.page.wait_for_url(ngo.neutral)
    until(lambda: case not in {row["id"] for row in operator.desk()["mine"]})
    assert app.eventually(
        lambda: (
            "estoy en la casa azul"
            not in str(
                operator.http.get(f"{app.url}/console/api/cases/{case}/messages", timeout=20).text
            )
        )
    )


def test_a_token_reads_its_own_events_only(
    browser: Browser, app: App, ngo_page: str, operator: Caller
) -> None:
    with visiting(browser) as visitor:
        case = ask_for_a_person(visitor, ngo_page, operator)
        assert operator.call(f"cases/{case}/claim").ok
        tell(operator, case, "solo para ti")
        expect(visitor.page.locator(".person")).to_have_count(1)
        own, other = visitor.token, app.web("es").token
        assert "solo para ti" in first_events(app, own)
        assert "solo para ti" not in first_events(app, other)
        wrong = requests.get(f"{app.url}/webhooks/web/events?token={own}", timeout=20)
        assert wrong.status_code == 401


def test_a_foreign_origin_reads_no_events(app: App) -> None:
    session = app.web("es")
    response = requests.get(
        f"{app.url}/webhooks/web/events",
        headers={"Authorization": f"Bearer {session.token}", "Origin": "https://evil.example"},
        timeout=20,
    )
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_it_goes_on_after_a_reload_where_the_site_keeps_it(
    visitor: Visitor, app: App, ngo: NgoSite, operator: Caller
) -> None:
    address = ngo.page("/keep-handoff", tag(f"{app.url}/widget.js", keep="tab"))
    case = ask_for_a_person(visitor, address, operator)
    assert operator.call(f"cases/{case}/claim").ok
    expect(visitor.page.locator(".handoff")).to_contain_text(visitor.words["active"])
    visitor.page.reload()
    tell(operator, case, "aquí sigo")
    visitor.launcher.click()
    expect(visitor.page.locator(".handoff")).to_contain_text(visitor.words["active"])
    expect(visitor.page.locator(".person").last).to_contain_text("aquí sigo")


def first_events(app: App, token: str) -> str:
    """What a stream begins with."""
    with requests.get(
        f"{app.url}/webhooks/web/events",
        headers={"Authorization": f"Bearer {token}"},
        stream=True,
        timeout=(5, 3),
    ) as response:
        assert response.status_code == 200
        heard = b""
        try:
            for part in response.iter_content(None):
                heard += part
        except requests.exceptions.ConnectionError:  # quiet: all that is kept was told
            pass
        return heard.decode()
