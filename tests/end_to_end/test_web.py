"""The web channel's contract."""

from __future__ import annotations

import json

import pytest
import requests

from tests.conftest import App, running

MESSAGES = "/webhooks/web/messages"


def test_a_session_begins_with_a_greeting_in_the_language_asked_for(app: App) -> None:
    session = app.web("fr")
    assert session.last["language"] == "fr"
    assert session.topic == "greet"
    assert session.last["urgency"] == "none"
    assert session.last["handoff"] == "none"
    assert session.titles


def test_a_session_without_a_language_takes_the_browsers(app: App) -> None:
    response = requests.post(
        f"{app.url}/webhooks/web/sessions",
        headers={"Accept-Language": "de-DE, ht;q=0.8, en;q=0.7"},
        timeout=20,
    )
    assert response.json()["language"] == "ht"


def test_the_first_message_sets_the_language_where_the_page_only_guessed(app: App) -> None:
    session = app.web("es")
    session.send(text="where can i report trafficking please")
    assert session.last["language"] == "en"


def test_an_unknown_language_code_is_refused_clearly(app: App) -> None:
    response = requests.post(
        f"{app.url}/webhooks/web/sessions", json={"language": "xx"}, timeout=20
    )
    assert response.status_code == 400
    assert "es, en, pt, fr, ht, qu" in response.json()["error"]["message"]


def test_a_message_is_answered_with_topic_and_choices(app: App) -> None:
    session = app.web("es")
    session.send(text="donde puedo denunciar sin dar mi nombre")
    assert session.topic == "report_anonymously"
    assert "Línea 1818" in session.titles


def test_a_choice_leads_on_and_is_good_for_the_last_reply_only(app: App) -> None:
    session = app.web("es")
    session.send(text="donde puedo denunciar sin dar mi nombre")
    old = session.last["replies"][-1]["choices"][0]["id"]
    session.press("Línea 1818")
    assert session.topic == "line_1818_info"
    assert session.send(choice=old)["replies"][0]["topic"] == "choice_expired"


def test_a_choice_of_another_conversation_is_no_choice_here(app: App) -> None:
    one, other = app.web("es"), app.web("es")
    stolen = one.last["replies"][-1]["choices"][0]["id"]
    assert other.send(choice=stolen)["replies"][0]["topic"] == "choice_expired"


def test_a_menu_leads_to_every_topic_by_buttons(app: App) -> None:
    session = app.web("pt")
    session.press("Ver todos os temas")
    session.press("Denunciar")
    session.press("Denunciar sem dar meu nome")
    assert session.topic == "report_anonymously"


def test_danger_is_told_and_comes_first(app: App) -> None:
    session = app.web("en")
    session.send(text="please help he locked me in the room and he has a knife")
    assert session.last["urgency"] == "urgent"
    assert "105" in session.last["replies"][0]["text"].splitlines()[0]


def test_nobody_is_promised_while_nobody_is_on_duty(app: App) -> None:
    session = app.web("en")
    answer = session.say("please help he locked me in the room and he has a knife")
    assert "Nobody is on duty" in answer
    assert "is coming" not in answer


def test_a_position_becomes_a_district(app: App) -> None:
    session = app.web("es")
    session.say("busco una upe")
    session.send(location={"lat": -3.5669, "lon": -80.4515})
    assert "UPE Tumbes" in session.last["replies"][0]["text"]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": "a", "choice": "b"},
        {"text": 5},
        {"text": None},
        {"location": {"lat": 100, "lon": 0}},
        {"location": {"lat": "x", "lon": 0}},
        {"location": [1, 2]},
        {"location": {"lat": True, "lon": False}},
    ],
)
def test_a_malformed_message_gets_a_clear_error(app: App, message: dict[str, object]) -> None:
    response = app.web().post(**message)
    assert response.status_code == 400
    assert response.json()["error"]["message"]


def test_errors_are_in_the_persons_language(app: App) -> None:
    session = app.web()
    response = requests.post(
        f"{app.url}{MESSAGES}",
        data="{",
        headers={"Authorization": f"Bearer {session.token}", "Accept-Language": "fr"},
        timeout=20,
    )
    assert response.status_code == 400
    assert "Écrivez" in response.json()["error"]["message"]


@pytest.mark.parametrize("body", [b"[" * 15_000, b"null", b"[]", b'"text"', b"\xff\xfe"])
def test_what_is_no_json_object_is_refused(app: App, body: bytes) -> None:
    response = requests.post(
        f"{app.url}{MESSAGES}",
        data=body,
        headers={"Authorization": f"Bearer {app.web().token}"},
        timeout=20,
    )
    assert response.status_code == 400


def test_a_body_over_16_kilobytes_is_refused(app: App) -> None:
    response = app.web().post(text="a" * 17_000)
    assert response.status_code == 413


@pytest.mark.parametrize("text", ["a" * 10_000, "ab " * 3_300, "😀" * 4_000])
def test_long_messages_within_16_kilobytes_are_answered_however_they_are_escaped(
    app: App, text: str
) -> None:
    session = app.web()
    for escaped in (True, False):
        response = requests.post(
            f"{app.url}{MESSAGES}",
            data=json.dumps({"text": text}, ensure_ascii=escaped).encode(),
            headers={"Authorization": f"Bearer {session.token}"},
            timeout=20,
        )
        assert response.status_code == 200
        assert response.json()["replies"]


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer x", "Basic abc", "Bearer " + "A" * 50])
def test_without_a_good_token_nothing_is_answered(app: App, header: str | None) -> None:
    response = requests.post(
        f"{app.url}{MESSAGES}",
        json={"text": "hola"},
        headers={"Authorization": header} if header else {},
        timeout=20,
    )
    assert response.status_code == 401


def test_an_erased_session_is_over_and_nothing_of_it_is_kept(app: App) -> None:
    session = app.web("es")
    session.say("cem en juliaca")
    keys_before = set(app.store.keys("*"))
    response = requests.delete(
        f"{app.url}/webhooks/web/sessions",
        headers={"Authorization": f"Bearer {session.token}"},
        timeout=20,
    )
    assert response.status_code == 204
    gone = keys_before - set(app.store.keys("*"))
    assert {key.split(b":")[0] for key in gone} >= {b"tracker", b"conversation"}
    assert session.post(text="hola").status_code == 401


def test_a_page_that_leaves_erases_with_the_token_as_the_body(app: App) -> None:
    session = app.web("es")
    response = requests.post(
        f"{app.url}/webhooks/web/erase",
        data=session.token,
        headers={"Content-Type": "text/plain"},
        timeout=20,
    )
    assert response.status_code == 204
    assert session.post(text="hola").status_code == 401


def test_erasing_may_be_asked_for_again_and_is_never_limited_by_what_others_send(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("few") / "var"
    with running(folder, CHASKI_ADDRESS_PER_MINUTE="5") as few:
        session = few.web("es")
        session.say("estoy encerrada no me dejan salir")
        statuses = [session.post(text="hola").status_code for _ in range(6)]
        assert statuses[-1] == 429
        for _ in range(2):  # the first may have failed half way, as far as a page knows
            few.end(session.token)
        leaving = requests.post(f"{few.url}/webhooks/web/erase", data=session.token, timeout=20)
        assert leaving.status_code == 204
        assert not [key for key in few.store.keys("*") if key.startswith(b"conversation:")]


def test_erasing_by_word_erases_the_codes(app: App) -> None:
    session = app.web("es")
    session.say("cem en juliaca")
    session.say("borra mi conversacion por favor")
    assert "distrito o ciudad" in session.say("cem mas cercano")


def test_a_language_switch_midway_says_the_last_answer_again(app: App) -> None:
    session = app.web("es")
    session.say("tengo miedo de denunciar")
    session.send(text="english please")
    assert session.last["replies"][-1]["topic"] == "report_fear"
    assert session.last["language"] == "en"


def test_a_long_account_is_not_asked_for_more(app: App) -> None:
    session = app.web("es")
    session.send(
        text="le cuento lo que me paso. llegue en marzo con una señora que me ofrecio trabajo en "
        "un restaurante, cuando llegamos me quito el dni y me dijo que le debia el pasaje. "
        "trabaje tres meses sin que me pagaran, despues me llevo a otro local y ahi tuve que "
        "atender clientes hasta que logre salir por una ventana y camine toda la noche"
    )
    assert "share_account" in {reply["topic"] for reply in session.last["replies"]}
    assert "?" not in session.last["replies"][0]["text"]


def test_pages_carry_a_policy_that_lets_nothing_in_from_elsewhere(app: App) -> None:
    response = requests.get(app.url, timeout=20)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "server" not in response.headers


def test_unknown_paths_and_methods_get_json_errors(app: App) -> None:
    assert requests.get(f"{app.url}/nothing", timeout=20).json()["error"]["code"] == "not_found"
    assert requests.get(f"{app.url}{MESSAGES}", timeout=20).status_code == 405
