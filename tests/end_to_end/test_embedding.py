"""Who may embed the widget, what is served to them, and what is counted for them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from playwright.sync_api import expect

from tests.conftest import App, WebSession, running
from tests.end_to_end.ngo_site import NgoSite
from tests.end_to_end.visitor import Visitor
from tests.forked import command

WIRE_BYTES = 20_000
SESSIONS = "/webhooks/web/sessions"
FOREIGN = "https://evil.example"


def ask(app: App, method: str, path: str, **options: object) -> requests.Response:
    return requests.request(method, f"{app.url}{path}", timeout=20, **options)  # type: ignore[arg-type]


# Origins


def test_a_sites_pages_may_ask_and_read(app: App, ngo: NgoSite) -> None:
    response = ask(app, "POST", SESSIONS, headers={"Origin": ngo.url}, json={})
    assert response.status_code == 201
    assert response.headers["access-control-allow-origin"] == ngo.url
    assert "Origin" in response.headers["vary"]
    assert "access-control-allow-credentials" not in response.headers


def test_a_browser_that_asks_first_is_told_what_it_may_send(app: App, ngo: NgoSite) -> None:
    response = ask(
        app,
        "OPTIONS",
        "/webhooks/web/messages",
        headers={"Origin": ngo.url, "Access-Control-Request-Method": "POST"},
    )
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == ngo.url
    assert "authorization" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "origin", [FOREIGN, "null", "http://127.0.0.1", "https://otra.example.org.evil.example"]
)
def test_a_foreign_origin_is_refused(app: App, origin: str) -> None:
    session = app.web("es")
    headers = {"Origin": origin, "Authorization": f"Bearer {session.token}"}
    for method, path in (
        ("POST", SESSIONS),
        ("DELETE", SESSIONS),
        ("POST", "/webhooks/web/messages"),
        ("GET", "/webhooks/web/events"),
        ("OPTIONS", "/webhooks/web/messages"),
    ):
        response = ask(app, method, path, headers=headers, json={"text": "hola"})
        assert response.status_code == 403, (method, path)
        assert "access-control-allow-origin" not in response.headers
    assert session.post(text="hola").status_code == 200  # nothing was done


def test_errors_can_be_read_by_a_sites_page_too(app: App, ngo: NgoSite) -> None:
    response = ask(app, "POST", "/webhooks/web/messages", headers={"Origin": ngo.url}, data="{")
    assert response.status_code == 401
    assert response.headers["access-control-allow-origin"] == ngo.url


def test_our_own_pages_need_no_setting(app: App) -> None:
    assert ask(app, "POST", SESSIONS, headers={"Origin": app.url}, json={}).status_code == 201
    public = {"Origin": "https://chaski.example.org"}
    assert ask(app, "POST", SESSIONS, headers=public, json={}).status_code == 201


def test_leaving_is_never_refused_for_its_origin(app: App) -> None:
    session = app.web("es")
    response = ask(
        app, "POST", "/webhooks/web/erase", data=session.token, headers={"Origin": "null"}
    )
    assert response.status_code == 204
    assert session.post(text="hola").status_code == 401


@pytest.mark.parametrize(
    ("query", "ancestors"),
    [
        ("", "{ngo} https://otra.example.org https://www.otra.example.org"),
        ("?site=otra", "https://otra.example.org https://www.otra.example.org"),
        ("?site=unknown", ""),
    ],
)
def test_only_its_sites_may_frame_the_frame(
    app: App, ngo: NgoSite, query: str, ancestors: str
) -> None:
    policy = ask(app, "GET", f"/widget/frame{query}").headers["content-security-policy"]
    expected = f"frame-ancestors 'self' {ancestors.format(ngo=ngo.url)}".strip()
    assert policy.endswith(expected)


def test_other_pages_are_framed_by_nobody(app: App) -> None:
    for path in ("/", "/embed", "/console/login"):
        policy = ask(app, "GET", path).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy


def test_nothing_of_an_address_gets_into_a_page_but_what_may_stand_in_a_tag(app: App) -> None:
    evil = {"title": '"><script>alert(1)</script>', "lang": "xx", "exit": "javascript:x", "x": "y"}
    page = ask(app, "GET", "/widget/frame", params=evil).text
    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;alert(1)" in page
    assert "javascript:" not in page
    assert page.count("data-") == 2  # title and position


# The script


def test_the_script_is_small_over_the_wire(app: App) -> None:
    response = requests.get(
        f"{app.url}/widget.js", headers={"Accept-Encoding": "gzip"}, stream=True, timeout=20
    )
    sent = response.raw.read(decode_content=False)
    assert response.headers["content-encoding"] == "gzip"
    head = sum(len(name) + len(value) + 4 for name, value in response.headers.items())
    assert len(sent) + head <= WIRE_BYTES
    assert gzip.decompress(sent).decode().startswith("/*")


def test_one_request_brings_the_whole_widget(visitor: Visitor, app: App, ngo_page: str) -> None:
    visitor.visit(ngo_page)
    expect(visitor.launcher).to_be_visible()
    assert [one.url for one in visitor.requests if one.url.startswith(app.url)] == [
        f"{app.url}/widget.js"
    ]


def test_the_script_comes_to_any_browser_and_is_kept_by_it(app: App) -> None:
    plain = ask(app, "GET", "/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["content-type"].startswith("text/javascript")
    assert plain.headers["access-control-allow-origin"] == "*"
    assert plain.headers["x-content-type-options"] == "nosniff"
    again = ask(app, "GET", "/widget.js", headers={"If-None-Match": plain.headers["etag"]})
    assert again.status_code == 304
    pinned = ask(app, "GET", f"/widget/{plain.headers['etag'].strip(chr(34))}.js")
    assert pinned.content == plain.content
    assert "immutable" in pinned.headers["cache-control"]
    options = ask(app, "GET", "/embed/options").json()
    digest = base64.b64encode(hashlib.sha384(plain.content).digest()).decode()
    assert options["integrity"] == f"sha384-{digest}"
    assert options["script"] in pinned.url


def test_a_version_that_was_served_once_is_served_for_ever(app: App) -> None:
    earlier = b"// an earlier version"
    digest = hashlib.sha256(earlier).hexdigest()[:32]
    (app.data_dir / "widget" / f"{digest}.js").write_bytes(earlier)
    assert ask(app, "GET", f"/widget/{digest}.js").content == earlier
    spoiled = "0" * 32
    (app.data_dir / "widget" / f"{spoiled}.js").write_bytes(earlier)
    for unknown in (spoiled, "1" * 32, "..%2Fsecret", "x"):
        assert ask(app, "GET", f"/widget/{unknown}.js").status_code == 404


# Messages with an id


def test_a_message_that_is_sent_twice_is_answered_once(app: App) -> None:
    session = app.web("es")
    message = {"text": "donde puedo denunciar sin dar mi nombre", "id": uuid.uuid4().hex}
    first, second = session.send(**message), session.send(**message)
    assert first == second
    assert session.press("Línea 1818")["replies"][0]["topic"] == "line_1818_info"


def test_two_deliveries_at_once_get_the_same_answer(app: App) -> None:
    session = app.web("es")
    message = {"text": "tengo miedo de denunciar", "id": uuid.uuid4().hex}
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda _: session.post(**message).json(), range(4)))
    assert all(answer == answers[0] for answer in answers)


def test_urgency_comes_again_with_the_same_answer(app: App) -> None:
    session = app.web("es")
    message = {"text": "estoy encerrada no me dejan salir", "id": uuid.uuid4().hex}
    session.send(**message)
    assert session.send(**message)["urgency"] == "urgent"


@pytest.mark.parametrize("identity", ["short", "x" * 65, "with space", 5, ["a"], "ñ" * 10])
def test_an_id_that_is_none_is_refused(app: App, identity: object) -> None:
    response = app.web("es").post(text="hola", id=identity)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "bad_id"


def test_an_id_of_another_session_is_another_message(app: App) -> None:
    identity = uuid.uuid4().hex
    one, other = app.web("es"), app.web("es")
    one.send(text="tengo miedo de denunciar", id=identity)
    other.send(text="cem en juliaca", id=identity)
    assert other.topic == "find_cem"


# Region


def test_a_region_that_is_none_is_refused_clearly(app: App) -> None:
    for region in ("99", "x", 24, "240"):
        response = ask(app, "POST", SESSIONS, json={"region": region})
        assert response.status_code == 400
        assert response.json()["error"]["code"] == "unknown_region"


# Counts


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    sites = "casa=https://casa.example otra=https://otra.example"
    with running(tmp_path_factory.mktemp("counted") / "var", CHASKI_WIDGET_SITES=sites) as app:
        yield app


def keys(app: App) -> dict[str, str]:
    """The sites' keys, as an administrator reads them."""
    done = command("sites", **{"CHASKI_DATA_DIR": str(app.data_dir), **app.settings})
    assert done.returncode == 0, done.stderr
    return {line.split("\t")[0]: line.split("\t")[2] for line in done.stdout.splitlines()}


def use(app: App, people: int) -> WebSession:
    """Some people ask something through a site's widget; the last one's session."""
    for _ in range(people):
        origin = {"Origin": "https://casa.example"}
        begun = ask(app, "POST", SESSIONS, json={"language": "es"}, headers=origin)
        session = app.session(begun.json()["token"])
        message = {"text": "tengo miedo de denunciar", "id": uuid.uuid4().hex}
        session.send(**message)
        session.send(**message)  # a second delivery is no second message
    return session


def counts_of(app: App, key: str) -> requests.Response:
    return ask(app, "GET", "/embed/counts", headers={"Authorization": f"Bearer {key}"})


def test_a_site_sees_its_counts_few_of_them_not_exactly(counted: App) -> None:
    session = use(counted, 6)
    session.send(text="estoy encerrada no me dejan salir")
    found = counts_of(counted, keys(counted)["casa"]).json()
    assert found["site"] == "casa"
    assert [(day["sessions"], day["messages"]) for day in found["days"]] == [(6, 7)]
    topics = {row["code"]: row["count"] for row in found["topic"]}
    assert topics["report_fear"] == 6
    assert topics["urgent"] == "<5"
    assert {row["code"]: row["count"] for row in found["urgency"]} == {"none": 6, "urgent": "<5"}
    assert {row["code"]: row["count"] for row in found["language"]} == {"es": 7}
    assert counts_of(counted, keys(counted)["otra"]).json()["days"] == []


def test_counts_are_shown_for_the_key_alone(counted: App) -> None:
    for wrong in ("", "x", keys(counted)["casa"][:-1], "ñandú".encode().decode("latin-1")):
        assert counts_of(counted, wrong).status_code == 401
    assert ask(counted, "GET", "/embed/counts").status_code == 401


def test_counts_hold_codes_and_end_by_themselves(counted: App) -> None:
    names = counted.store.keys("site_counts:*")
    for name in names:
        assert re.fullmatch(rb"site_counts:casa:\d{4}-\d\d-\d\d", name)
        assert 0 < counted.store.ttl(name) <= 92 * 24 * 3600
        for code in counted.store.hgetall(name):
            assert re.fullmatch(
                rb"(?:sessions|messages|(?:language|topic|urgency|handoff):\w+)", code
            )


def test_a_page_cannot_speak_for_another_site(counted: App) -> None:
    response = ask(
        counted, "POST", SESSIONS, json={"site": "otra"}, headers={"Origin": "https://casa.example"}
    )
    assert response.status_code == 403
    assert ask(counted, "POST", SESSIONS, json={"site": "nobody"}).status_code == 403
    assert ask(counted, "POST", SESSIONS, json={"site": 5}).status_code == 400


def test_the_frame_counts_for_its_site(counted: App) -> None:
    before = len(counts_of(counted, keys(counted)["otra"]).json()["days"])
    begun = ask(counted, "POST", SESSIONS, json={"site": "otra"}, headers={"Origin": counted.url})
    assert begun.status_code == 201
    found = counts_of(counted, keys(counted)["otra"]).json()
    assert len(found["days"]) == before + 1


# The page for organisations


def test_an_organisation_sets_the_options_sees_the_widget_and_copies_the_tag(
    visitor: Visitor, app: App, ngo: NgoSite
) -> None:
    page = visitor.page
    visitor.visit(f"{app.url}/embed")
    page.get_by_label("Nombre de tu sitio").fill("casa")
    page.get_by_role("combobox", name="Idioma").select_option("fr")
    page.get_by_label("Región donde").select_option("24")
    page.get_by_label("Usar un color propio").check()
    page.get_by_label("Color (se ajusta").fill("#aa0055")
    page.get_by_label("Título").fill('Clima & "más"')
    page.get_by_label("Página que se abre").fill(ngo.neutral.replace("http:", "https:"))
    page.get_by_label("Lugar del botón").select_option("left")
    inside = page.frame_locator("#preview")
    expect(inside.get_by_role("heading", name='Clima & "más"')).to_be_visible()
    expect(inside.get_by_role("button", name="Commencer")).to_be_visible()
    written = page.get_by_label("Para pegar").input_value()
    for part in (
        'data-site="casa"',
        'data-lang="fr"',
        'data-region="24"',
        'data-accent="#aa0055"',
        'data-title="Clima &amp; &quot;más&quot;"',
        'data-position="left"',
        'integrity="sha384-',
        'crossorigin="anonymous"',
    ):
        assert part in written
    page.get_by_label("Fijar la versión").uncheck()
    assert "https://chaski.example.org/widget.js" in page.get_by_label("Para pegar").input_value()
    frame = page.get_by_label("un marco").input_value()
    assert "/widget/frame?site=casa&amp;lang=fr" in frame

    visitor.speak("fr")
    local = page.get_by_label("Para pegar").input_value()
    visitor.begin(ngo.page("/copied", local.replace("https://chaski.example.org", app.url)))
    expect(visitor.page.get_by_role("heading", name='Clima & "más"')).to_be_visible()


def test_the_preview_leaves_the_focus_where_one_writes(visitor: Visitor, app: App) -> None:
    page = visitor.page
    visitor.visit(f"{app.url}/embed")
    page.get_by_label("Título").fill("Clima")
    field = page.get_by_label("Nombre de tu sitio")
    field.focus()
    inside = page.frame_locator("#preview")
    expect(inside.get_by_role("heading", name="Clima")).to_be_visible()
    expect(inside.locator(".panel")).to_be_visible()
    expect(field).to_be_focused()


def test_an_organisation_sees_its_counts_on_the_page(visitor: Visitor, counted: App) -> None:
    use(counted, 5)
    visitor.visit(f"{counted.url}/embed")
    visitor.page.get_by_label("Clave de tu sitio").fill("wrong")
    visitor.page.get_by_role("button", name="Ver", exact=True).click()
    expect(visitor.page.locator("#counts-status")).to_have_text("Esa clave no es de ningún sitio.")
    visitor.page.get_by_label("Clave de tu sitio").fill(keys(counted)["casa"])
    visitor.page.get_by_role("button", name="Ver", exact=True).click()
    row = visitor.page.get_by_role("row", name=re.compile(r"report_fear \d+"))
    expect(row).to_be_visible()
    assert keys(counted)["casa"] not in "".join(one.url for one in visitor.requests)


# The setting


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("casa", "is not like"),
        ("casa=http://casa.example", "is no origin"),
        ("casa=https://casa.example/path", "is no origin"),
        ("casa=*", "is no origin"),
        ("Casa=https://casa.example", "is not like"),
        ("a=https://a.example a=https://b.example", "stands twice"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, value: str, says: str
) -> None:
    folder = tmp_path_factory.mktemp("wrong")
    done = command("sites", CHASKI_DATA_DIR=str(folder), CHASKI_WIDGET_SITES=value)
    assert done.returncode == 2
    assert "CHASKI_WIDGET_SITES" in done.stderr
    assert says in done.stderr
