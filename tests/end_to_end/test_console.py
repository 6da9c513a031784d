"""The desk: who gets in, what each page shows, and that everybody can use it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, expect

from bot.answers.tables import say, title
from bot.console.attempts import FREE
from bot.console.texts import texts
from tests.conftest import ROOT, TOKEN, App, new_number, running
from tests.end_to_end.desk import (
    CRY,
    PASSWORD,
    Caller,
    add_operator,
    ask_for_person,
    chromium,
    first_case,
    sign_in,
    until,
    write,
)
from tests.end_to_end.fake_twilio import SID, fake_twilio
from tests.forked import Done, command

AXE = (ROOT / "tests" / "accessibility" / "axe.min.js").read_text(encoding="utf-8")

DOCUMENT = """
# Guía interna

1.1 Primera atención
La persona que atiende saluda y dice su función en la organización.

1.2 Niñas y niños sin compañía
Si una niña o un niño llega sin su familia, se llama a la Unidad de Protección Especial el mismo
día y no se le deja esperar en soledad.

1.3 Alojamiento
El albergue recibe a las familias después de las ocho de la mañana, con una llamada anterior.
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    documents = tmp_path_factory.mktemp("documents")
    (documents / "guia.md").write_text(DOCUMENT, encoding="utf-8")
    with fake_twilio(SID, TOKEN) as twilio:
        settings = {
            "CHASKI_TWILIO_ACCOUNT_SID": SID,
            "CHASKI_TWILIO_API_URL": twilio.url,
            "CHASKI_DOCUMENTS_DIR": str(documents),
        }
        with running(tmp_path_factory.mktemp("console") / "var", **settings) as found:
            for name in ("rosa", "luz"):
                add_operator(found, name)
            add_operator(found, "jefa", "supervisor")
            yield found


@pytest.fixture(autouse=True)
def fresh(app: App, browser: Browser) -> Iterator[None]:
    yield
    for context in browser.contexts:
        context.close()
    store = app.store
    store.delete("desk:seen", "desk:available", "desk:queue", "desk:active")


def operators(app: App, *arguments: str, text: str = "") -> Done:
    return command("operators", *arguments, text=text, CHASKI_DATA_DIR=str(app.data_dir))


def login(app: App, name: str, password: str, **headers: str) -> requests.Response:
    return requests.post(
        f"{app.url}/console/login",
        data={"name": name, "password": password},
        headers=headers,
        timeout=20,
        allow_redirects=False,
    )


# Who gets in


def test_the_cookie_is_for_our_own_pages_only(app: App) -> None:
    answer = login(app, "rosa", PASSWORD)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/console" in cookie


def test_over_https_the_cookie_is_secure(app: App) -> None:
    answer = login(app, "rosa", PASSWORD, Host="chaski.example.org")
    assert "secure" in answer.headers["set-cookie"].lower()


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(app: App) -> None:
    wrong, unknown = login(app, "luz", "no es esta clave"), login(app, "nadie", "no es esta clave")
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace('value="luz"', "") == unknown.text.replace('value="nadie"', "")
    assert "set-cookie" not in wrong.headers


def test_after_wrong_passwords_even_the_right_one_waits_as_the_page_says(app: App) -> None:
    add_operator(app, "despistada")
    for _ in range(FREE):
        assert login(app, "despistada", "no es esta clave").status_code == 403
    answer = login(app, "despistada", PASSWORD)
    assert answer.status_code == 429
    assert f"Espera {answer.headers['retry-after']} segundos" in answer.text
    assert login(app, "rosa", PASSWORD).status_code == 303  # a colleague is not locked out


def test_without_signing_in_there_is_nothing_to_see(app: App) -> None:
    for path in ("/console/", "/console/supervisor", "/console/audit", "/console/supervisor.csv"):
        answer = requests.get(f"{app.url}{path}", timeout=20, allow_redirects=False)
        assert answer.status_code == 303, path
        assert answer.headers["location"] == "/console/login"
    for path in ("desk", "events", "lines"):
        assert requests.get(f"{app.url}/console/api/{path}", timeout=20).status_code == 401
    assert requests.post(f"{app.url}/console/api/heartbeat", timeout=20).status_code == 401


def test_a_change_needs_the_token_and_our_own_page(app: App) -> None:
    operator = Caller(app, "rosa").sign_in()
    path = f"{app.url}/console/api/heartbeat"
    assert operator.http.post(path, json={}, timeout=20).status_code == 403
    headers = {"X-CSRF-Token": operator.csrf, "Origin": "https://evil.example"}
    assert operator.http.post(path, json={}, headers=headers, timeout=20).status_code == 403
    headers = {"X-CSRF-Token": operator.csrf, "Sec-Fetch-Site": "cross-site"}
    assert operator.http.post(path, json={}, headers=headers, timeout=20).status_code == 403
    operator.http.post(f"{app.url}/console/logout", data={"csrf": "wrong"}, timeout=20)
    operator.beat()  # still signed in


def test_an_operator_does_not_see_the_supervisors_pages(app: App) -> None:
    operator = Caller(app, "rosa").sign_in()
    for path in ("supervisor", "supervisor.csv", "audit"):
        answer = operator.http.get(f"{app.url}/console/{path}", timeout=20, allow_redirects=False)
        assert answer.status_code == 303


def test_disabling_and_a_new_password_end_every_session(app: App) -> None:
    add_operator(app, "breve")
    operator = Caller(app, "breve").sign_in()
    done = operators(app, "passwd", "breve", "--password-stdin", text="otra clave bien larga\n")
    assert done.returncode == 0, done.stderr
    assert operator.call("heartbeat", available=True).status_code == 401
    assert login(app, "breve", "otra clave bien larga").status_code == 303
    assert operators(app, "disable", "breve").returncode == 0
    assert login(app, "breve", "otra clave bien larga").status_code == 403
    assert "breve  operator  disabled" in operators(app, "list").stdout


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (["add", "Rosa Flores", "--password-stdin"], PASSWORD, "small letters"),
        (["add", "corta", "--password-stdin"], "corta", "12 to 256"),
        (["add", "rosa", "--password-stdin"], PASSWORD, "exists already"),
        (["passwd", "nadie", "--password-stdin"], PASSWORD, "no account"),
        (["disable", "nadie"], "", "no account"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(
    app: App, arguments: list[str], password: str, said: str
) -> None:
    done = operators(app, *arguments, text=f"{password}\n")
    assert done.returncode == 1
    assert said in done.stderr


def test_accounts_can_be_made_before_the_app_runs(tmp_path: Path) -> None:
    app = App(tmp_path / "var")
    add_operator(app, "primera")
    assert "primera  operator" in operators(app, "list").stdout


def test_passwords_are_kept_as_argon2_hashes(app: App) -> None:
    assert app.store.hget("account:rosa", "password").startswith(b"$argon2id$")


# Whose case it is


def test_only_who_has_the_case_reads_and_writes(app: App) -> None:
    rosa, luz, session = Caller(app, "rosa").sign_in(), Caller(app, "luz").sign_in(), app.web("es")
    ask_for_person(session)
    case = rosa.desk()["queue"][0]["id"]
    assert rosa.call(f"cases/{case}/messages", text="hola", id="1").status_code == 403
    rosa.call(f"cases/{case}/claim")
    session.post(text="solo para quien me atiende")
    answer = luz.http.get(f"{app.url}/console/api/cases/{case}/messages", timeout=20)
    assert answer.status_code == 403
    for path in ("transfer", "close", "facts", "consent"):
        assert luz.call(f"cases/{case}/{path}", outcome="test").status_code == 403, path
    assert "solo para quien" not in str(luz.desk())
    assert luz.call("cases/nothing/claim").status_code == 404
    assert rosa.call(f"cases/{case}/messages", text="x" * 1501, id="2").status_code == 400
    assert rosa.call(f"cases/{case}/close", outcome="whatever").status_code == 400


def test_nothing_from_before_the_claim_is_shown(app: App) -> None:
    operator, session = Caller(app, "rosa").sign_in(), app.web("es")
    session.say("donde denuncio en juliaca")
    ask_for_person(session)
    session.say("esto lo lee solo el programa")
    case = str(operator.desk()["queue"][0]["id"])
    operator.call(f"cases/{case}/claim")
    assert operator.words(case) == []


# Helpers


def test_chaskis_answers_come_in_both_languages_and_go_into_the_message(
    app: App, browser: Browser
) -> None:
    page, session = sign_in(browser, app, "rosa"), app.web("ht")
    session.say("mwen vle pale ak yon moun")
    session.press(title("handoff_accept", "ht"))
    first_case(page)
    page.keyboard.press("n")
    expect(page.locator("#case")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.type("abogado gratis")
    answer = page.locator("#answers-found article").first
    expect(answer).to_contain_text(say("free_lawyer", "ht").split("\n")[0][:40])
    expect(answer).to_contain_text(say("free_lawyer", "es").split("\n")[0][:40])
    answer.get_by_role("button", name="Usar").click()
    expect(page.get_by_label("Mensaje")).to_have_value(say("free_lawyer", "ht"))


def test_offices_lines_and_documents_are_looked_up(app: App, browser: Browser) -> None:
    page = sign_in(browser, app, "rosa")
    page.keyboard.press("o")
    page.keyboard.type("juliaca")
    page.get_by_label("Servicio").select_option("cem")
    expect(page.locator("#offices-found")).to_contain_text("CEM Regular Juliaca")
    page.get_by_label("Distrito o ciudad").fill("san juan")
    page.locator("#panel-offices").get_by_role("button", name="Buscar").click()
    expect(page.locator("#offices-found")).to_contain_text("Varios lugares")
    page.locator("#tab-lines").click()
    expect(page.locator("#lines-found")).to_contain_text("1818")
    expect(page.locator("#lines-found li.on").first).to_contain_text("Atiende ahora")
    until(lambda: "documents read" in app.log.read_text(), 60)
    page.locator("#tab-documents").click()
    page.get_by_label("Buscar por sentido").fill("un menor que está solo")
    page.keyboard.press("Enter")
    found = page.locator("#documents-found article").first
    expect(found).to_contain_text("Unidad de Protección Especial")
    expect(found).to_contain_text("1.2 Niñas y niños sin compañía")
    expect(found).to_contain_text("guia.md")


def test_the_window_of_whatsapp_counts_down_and_closes_the_composer(
    app: App, browser: Browser
) -> None:
    page = sign_in(browser, app, "rosa")
    app.whatsapp(CRY, new_number())
    case = first_case(page)
    page.keyboard.press("n")
    expect(page.locator("#window")).to_contain_text("23 h 59 min")
    yesterday = float(app.store.hget(f"case:{case}", "person_wrote") or 0) - 24 * 3600
    app.store.hset(f"case:{case}", "person_wrote", str(yesterday))
    app.store.publish("signals", "desk")
    expect(page.locator("#window")).to_contain_text("se cerró")
    expect(page.get_by_label("Mensaje")).to_be_disabled()
    operator = Caller(app, "rosa").sign_in()
    refused = operator.call(f"cases/{case}/messages", text="hola", id="1")
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "window_closed"


def test_what_an_operator_has_just_set_is_not_set_back_by_an_update_on_its_way(
    app: App, browser: Browser
) -> None:
    page, number = sign_in(browser, app, "rosa"), new_number()
    app.whatsapp(CRY, number)
    first_case(page)
    page.keyboard.press("n")
    expect(page.locator("#case")).to_be_visible()
    held: list[Route] = []
    page.route("**/consent", lambda route: held.append(route))
    page.get_by_label("La persona acepta").check()
    app.post_form(app.form("sigo aquí", number))
    expect(page.locator("#log")).to_contain_text("sigo aquí")
    expect(page.get_by_label("La persona acepta")).to_be_checked()
    held[0].continue_()
    expect(page.locator("#referral")).to_be_visible()
    expect(page.get_by_label("La persona acepta")).to_be_checked()


def test_the_referral_form_needs_consent_and_holds_codes_only(app: App, browser: Browser) -> None:
    page, number = sign_in(browser, app, "rosa"), new_number()
    app.whatsapp(CRY, number)
    case = first_case(page)
    page.keyboard.press("n")
    expect(page.locator("#case")).to_be_visible()
    early = page.context.request.get(f"{app.url}/console/cases/{case}/referral")
    assert early.status == 409
    app.post_form(app.form("me llamo canario y vivo en la calle canario", number))
    page.get_by_label("Edad").select_option("minor")
    page.get_by_label("La persona acepta").check()
    expect(page.locator("#referral")).to_be_visible()
    with page.context.expect_page() as opened:
        page.locator("#referral").click()
    form = opened.value
    text = form.locator("main").inner_text()
    assert "Juliaca" in text
    assert "Español" in text
    assert "☒ Urgente" in text
    assert "☒ NNA en riesgo" in text
    assert "Menor de edad" in text
    assert "encierro" in text
    assert "canario" not in text
    assert number[-9:] not in text
    assert form.locator(".blank").count() >= 15
    deeds = app.store.xrevrange("audit:trail", count=5)
    assert {b"consent_given", b"referral_form"} <= {row[b"what"] for _, row in deeds}
    others = Caller(app, "luz").sign_in().http
    answer = others.get(
        f"{app.url}/console/cases/{case}/referral", timeout=20, allow_redirects=False
    )
    assert answer.status_code == 303


# The supervisor


def test_the_supervisor_sees_counts_times_and_who_did_what(app: App, browser: Browser) -> None:
    before = _figures(app)
    rosa, session = Caller(app, "rosa").sign_in(), app.web("qu")
    session.say("runawan rimayta munani")
    session.press(title("handoff_accept", "qu"))
    case = str(rosa.desk()["queue"][0]["id"])
    rosa.call(f"cases/{case}/claim")
    rosa.call(f"cases/{case}/close", outcome="referred")
    after = _figures(app)
    for column in ("opened", "claimed", "closed", "language_qu", "channel_web", "outcome_referred"):
        assert int(after[column]) == int(before[column]) + 1, column
    assert after["waited_mean_s"] != ""
    page = sign_in(browser, app, "jefa")
    page.get_by_role("link", name="Supervisión").click()
    expect(page.locator(".tiles")).to_contain_text("rosa")
    expect(page.locator("table.days")).to_contain_text(after["date"])
    page.get_by_role("link", name="Registro").click()
    row = page.locator("table.audit tbody tr").filter(has_text=case)
    expect(row.filter(has_text="Cerró el caso")).to_contain_text("rosa")
    expect(row.filter(has_text="Tomó el caso")).to_have_count(1)


def _figures(app: App) -> dict[str, str]:
    supervisor = Caller(app, "jefa").sign_in()
    answer = supervisor.http.get(f"{app.url}/console/supervisor.csv?days=1", timeout=20)
    assert answer.headers["content-type"].startswith("text/csv")
    return next(csv.DictReader(io.StringIO(answer.text)))


# For everybody


def serious_issues(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{issue['id']}: {node['html'][:120]}"
        for issue in found["violations"]
        if issue["impact"] in ("serious", "critical", "moderate")
        for node in issue["nodes"]
    ]


@pytest.mark.parametrize("width", [1440, 360])
def test_axe_finds_no_issue_on_any_page(app: App, browser: Browser, width: int) -> None:
    entrance = browser.new_page(viewport={"width": width, "height": 740})
    entrance.goto(f"{app.url}/console/")
    assert serious_issues(entrance) == []
    page, session = sign_in(browser, app, "rosa", width=width), app.web("es")
    ask_for_person(session)
    app.whatsapp(CRY, new_number())
    first_case(page)
    assert serious_issues(page) == []
    page.keyboard.press("n")
    session.post(text="hola")
    expect(page.locator("#case")).to_be_visible()
    write(page, "Hola, aquí estoy.")
    expect(page.locator("#log .mine")).to_be_visible()
    assert serious_issues(page) == []
    if width < 1000:
        page.locator(".views [data-view=helpers]").click()
    for tab in ("offices", "lines", "documents"):
        page.locator(f"#tab-{tab}").click()
        assert serious_issues(page) == [], tab
    page.get_by_label("La persona acepta").dispatch_event("click")
    page.evaluate("document.getElementById('shortcuts').showModal()")
    assert serious_issues(page) == []
    supervisor = sign_in(browser, app, "jefa", width=width)
    for path in ("supervisor", "audit"):
        supervisor.goto(f"{app.url}/console/{path}")
        assert serious_issues(supervisor) == [], path


def test_at_360_pixels_nothing_sticks_out(app: App, browser: Browser) -> None:
    page = sign_in(browser, app, "rosa", width=360, height=740)
    app.whatsapp(CRY, new_number())
    first_case(page)
    _fits(page)
    page.get_by_role("button", name="Tomar el caso").click()
    expect(page.get_by_label("Mensaje")).to_be_visible()
    write(page, "palabra" * 30)
    expect(page.locator("#log .mine")).to_be_visible()
    _fits(page)
    page.locator(".views [data-view=helpers]").click()
    expect(page.locator("#answers-found article").first).to_be_visible()
    _fits(page)
    supervisor = sign_in(browser, app, "jefa", width=360, height=740)
    for path in ("supervisor", "audit"):
        supervisor.goto(f"{app.url}/console/{path}")
        _fits(supervisor)


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_whole_case_by_keyboard(app: App, browser: Browser) -> None:
    page, session = sign_in(browser, app, "rosa"), app.web("es")
    ask_for_person(session)
    first_case(page)
    press = page.keyboard.press
    press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    expect(page.locator("#keys")).to_contain_text(texts("es")["key_next"])
    press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()
    press("q")  # the queue
    expect(page.get_by_role("button", name="Tomar el caso")).to_be_focused()
    press("Enter")
    expect(page.get_by_label("Mensaje")).to_be_focused()
    page.keyboard.type("Hola. ¿Sigues ahí?")
    press("Enter")
    expect(page.locator("#log")).to_contain_text("¿Sigues ahí?")
    page.keyboard.type("nqax?")  # letters in the message are letters
    expect(page.get_by_label("Mensaje")).to_have_value("nqax?")
    press("Escape")
    press("t")
    expect(page.locator("#transferring")).to_be_visible()
    press("Escape")
    expect(page.locator("#transferring")).to_be_hidden()
    press("1")
    expect(page.get_by_label("Mensaje")).to_be_focused()
    press("Escape")
    press("x")
    expect(page.get_by_label("Resultado")).to_be_focused()
    press("Tab")
    press("Enter")
    expect(page.locator("#empty")).to_contain_text("Cerraste este caso")


def test_single_key_shortcuts_can_be_turned_off(app: App, browser: Browser) -> None:
    page = sign_in(browser, app, "rosa")
    page.keyboard.press("?")
    page.get_by_label("Usar atajos de una tecla").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#answers-query")).not_to_be_focused()


def test_the_desk_speaks_english_too(app: App, browser: Browser) -> None:
    page = sign_in(browser, app, "rosa")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_every_text_of_the_desk_is_there_in_both_languages() -> None:
    assert all(texts("es").values())
    assert all(texts("en").values())
    used = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("templates", "static")
        for path in (ROOT / "bot" / "console" / folder).iterdir()
        if path.suffix in (".html", ".js")
    )
    import re

    for name in set(re.findall(r"\bt\.([a-z_]+[0-9]*)\b(?!\()", used)) - {"get"}:
        assert name in texts("es"), name


def test_words_of_a_case_leave_the_page_with_the_case(app: App, browser: Browser) -> None:
    page, session = sign_in(browser, app, "rosa"), app.web("es")
    ask_for_person(session)
    first_case(page)
    page.keyboard.press("n")
    session.post(text="canario de la persona")
    expect(page.locator("#log")).to_contain_text("canario de la persona")
    page.get_by_label("Mensaje").fill("canario en borrador")
    session.send(choice="handoff_leave")
    expect(page.locator("#empty")).to_be_visible()
    assert "canario" not in page.content()
    assert page.evaluate("document.getElementById('text').value") == ""
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "canario" not in stored
