"""The hand-off as both sides live it: a person on WhatsApp or the web, operators at their desk."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from bot.answers.tables import say
from bot.handoff.presence import AVAILABLE, HEARTBEAT_SECONDS, SEEN
from bot.text.languages import LANGUAGES
from tests.conftest import TOKEN, App, new_number, running
from tests.end_to_end.desk import (
    CRY,
    Caller,
    add_operator,
    ask_for_person,
    chromium,
    first_case,
    launch,
    sign_in,
    until,
    write,
)
from tests.end_to_end.events import Events
from tests.end_to_end.fake_twilio import SID, FakeTwilio, fake_twilio


@dataclass
class Scene:
    """An app with a Twilio of its own, and a browser."""

    app: App
    twilio: FakeTwilio
    browser: Browser

    def sign_in(self, name: str, **viewport: int) -> Page:
        return sign_in(self.browser, self.app, name, **viewport)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Scene]:
    with fake_twilio(SID, TOKEN) as twilio:
        settings = {"CHASKI_TWILIO_ACCOUNT_SID": SID, "CHASKI_TWILIO_API_URL": twilio.url}
        with running(tmp_path_factory.mktemp("handoff") / "var", **settings) as app:
            for name in ("rosa", "luz", "inti"):
                add_operator(app, name)
            yield Scene(app, twilio, browser)


@pytest.fixture(autouse=True)
def nobody_on_duty(scene: Scene) -> Iterator[None]:
    """Each test begins and ends with an empty desk."""
    yield
    for context in scene.browser.contexts:
        context.close()
    scene.app.store.delete(SEEN, AVAILABLE, "desk:queue", "desk:active")


# Done when 1


def test_an_urgent_message_rings_at_the_desk_within_two_seconds(scene: Scene) -> None:
    page = scene.sign_in("rosa")
    began = time.monotonic()
    answer = scene.app.whatsapp(CRY, new_number())
    expect(page.locator("#waiting li.urgent")).to_be_visible(timeout=2000)
    assert time.monotonic() - began < 2
    until(lambda: page.evaluate("window.tones") > 0, 2)
    assert answer.startswith("105")
    assert say("handoff_called", "es") in answer
    row = page.locator("#waiting li.urgent")
    expect(row).to_contain_text("Juliaca")
    expect(row).to_contain_text("encierro")
    assert "bar" not in row.inner_text()


def test_the_bell_rings_until_it_is_seen_and_never_after(scene: Scene) -> None:
    page = scene.sign_in("rosa")
    scene.app.whatsapp(CRY, new_number())
    until(lambda: "urgente" in page.title().lower(), 3)
    until(lambda: page.evaluate("window.tones") >= 6, 8)  # it goes on
    page.locator("#team").click()
    rung = page.evaluate("window.tones")
    expect(page).to_have_title("Chaski · Mesa de atención")
    page.wait_for_timeout(4000)  # longer than the time between two rings
    assert page.evaluate("window.tones") == rung
    page.reload()
    expect(page.locator("#waiting li.urgent")).to_be_visible()
    page.wait_for_timeout(1000)
    assert page.evaluate("window.tones") == 0


def test_of_two_who_claim_at_the_same_instant_one_gets_the_case(scene: Scene) -> None:
    operators = [Caller(scene.app, name).sign_in() for name in ("rosa", "luz", "inti")]
    for _ in range(5):
        scene.app.whatsapp(CRY, new_number())
        case = str(operators[0].desk()["queue"][0]["id"])
        assert sorted(_all_claim(operators, case)) == [200, 409, 409]


def test_two_operators_in_two_browsers_see_that_one_took_the_case(scene: Scene) -> None:
    other = launch(scene.browser.browser_type)
    first, second = scene.sign_in("rosa"), sign_in(other, scene.app, "luz")
    scene.app.whatsapp(CRY, new_number())
    for page in (first, second):
        expect(page.locator("#waiting li.urgent")).to_be_visible()
    first.get_by_role("button", name="Tomar el caso").click()
    expect(first.locator("#case")).to_be_visible()
    expect(second.locator("#waiting li.urgent")).to_have_count(0)
    expect(second.locator("#team")).to_contain_text("casos: 1")
    other.close()


def test_a_conversation_on_whatsapp_goes_both_ways_and_the_bot_is_silent(scene: Scene) -> None:
    page, number = scene.sign_in("rosa"), new_number()
    scene.app.whatsapp(CRY, number)
    first_case(page)
    page.keyboard.press("n")
    until(lambda: scene.twilio.bodies(number))
    write(page, "Hola, soy del equipo. ¿Puedes escribir ahora?")
    write(page, "Estoy aquí.")
    until(lambda: len(scene.twilio.bodies(number)) == 3)
    assert scene.twilio.bodies(number) == [
        say("handoff_joined", "es"),
        "Hola, soy del equipo. ¿Puedes escribir ahora?",
        "Estoy aquí.",
    ]
    assert scene.twilio.sent[-1].sender == "whatsapp:+14155238886"
    assert scene.twilio.sent[-1].callback.endswith("/webhooks/whatsapp/status")
    form = scene.app.form("si, bajito", number)
    answer = scene.app.post_form(form)
    assert answer.status_code == 200
    assert "<Message>" not in answer.text  # the bot says nothing
    assert scene.app.post_form(form).text == answer.text  # Twilio delivers again
    expect(page.locator("#log")).to_contain_text("si, bajito")
    expect(page.locator("#log .message:not(.mine)")).to_have_count(1)
    expect(page.locator("#log .delivery").last).to_have_text("enviado")
    page.locator("#close").click()
    page.get_by_label("Resultado").select_option("oriented")
    page.get_by_role("dialog").get_by_role("button", name="Cerrar el caso").click()
    until(lambda: say("handoff_closed", "es") in scene.twilio.bodies(number))
    expect(page.locator("#empty")).to_contain_text("Cerraste este caso")
    expect(page.locator("#log")).to_be_empty()
    assert "1818" in scene.app.whatsapp("donde puedo denunciar", number)


def test_a_conversation_on_the_web_goes_both_ways_and_resumes(scene: Scene) -> None:
    page, session = scene.sign_in("rosa"), scene.app.web("fr")
    session.say("je veux parler à une personne")
    assert session.last["handoff"] == "offered"
    session.press("Oui, avec une personne")
    assert session.last["handoff"] == "waiting"
    events = Events(session)
    assert events.wait("handoff")["handoff"] == "waiting"
    first_case(page)
    page.keyboard.press("n")
    joined = events.wait("handoff")
    assert joined["handoff"] == "active"
    assert joined["text"] == say("handoff_joined", "fr")
    write(page, "Bonjour, je suis là.")
    assert events.wait("message") == {"from": "operator", "text": "Bonjour, je suis là."}
    answer = session.post(text="merci").json()
    assert answer["replies"] == []
    assert answer["handoff"] == "active"
    expect(page.locator("#log")).to_contain_text("merci")
    last = events.last_id
    events.close()
    write(page, "Vous êtes là ?")
    expect(page.locator("#log .delivery").last).to_have_text("en camino")
    events = Events(session, last)
    events.wait("handoff")
    assert events.wait("message")["text"] == "Vous êtes là ?"
    expect(page.locator("#log .delivery").last).to_have_text("entregado")
    session.send(choice="handoff_leave")
    assert session.last["handoff"] == "closed"
    assert session.last["replies"][0]["text"] == say("handoff_leave", "fr")
    expect(page.locator("#empty")).to_be_visible()
    assert session.say("où porter plainte ?")


def test_while_waiting_the_bot_answers_and_no_thanks_withdraws(scene: Scene) -> None:
    page = scene.sign_in("rosa")
    session = scene.app.web("es")
    ask_for_person(session)
    case = first_case(page)
    assert "1818" in session.say("donde puedo denunciar sin dar mi nombre")
    assert session.last["handoff"] == "waiting"
    assert "Personas antes que tú: 0" in session.say("quiero hablar con una persona")
    assert session.say("no, gracias") == say("handoff_withdraw", "es")
    assert session.last["handoff"] == "closed"
    expect(page.locator(f'[data-case="{case}"]')).to_have_count(0)


@pytest.mark.parametrize("word", ["STOP", "borrar", "salir", "exit", "lluqsiy"])
def test_a_word_ends_an_active_hand_off_at_once(scene: Scene, word: str) -> None:
    operator, session = Caller(scene.app, "rosa").sign_in(), scene.app.web("es")
    ask_for_person(session)
    case = operator.desk()["queue"][0]["id"]
    operator.call(f"cases/{case}/claim")
    session.post(text="algo que se borra")
    assert session.say(word)
    assert session.last["handoff"] == "closed"
    assert operator.desk()["mine"] == []
    assert operator.call(f"cases/{case}/messages", text="¿hola?", id="1").status_code == 409
    until(lambda: not any(b"algo que" in words for words in _words(scene.app)), 5)


def test_erasing_the_session_erases_the_hand_off(scene: Scene) -> None:
    operator, session = Caller(scene.app, "rosa").sign_in(), scene.app.web("es")
    ask_for_person(session)
    operator.call(f"cases/{operator.desk()['queue'][0]['id']}/claim")
    session.post(text="algo que se borra")
    requests.delete(
        f"{scene.app.url}/webhooks/web/sessions",
        headers={"Authorization": f"Bearer {session.token}"},
        timeout=20,
    )
    assert operator.desk()["mine"] == []
    assert not any(b"algo que" in words for words in _words(scene.app))


def test_a_refusal_is_remembered_and_danger_calls_nobody_against_it(scene: Scene) -> None:
    scene.sign_in("rosa")
    number = new_number()
    assert say("handoff_called", "es") in scene.app.whatsapp(CRY, number)
    scene.app.whatsapp("no, gracias", number)
    again = scene.app.whatsapp(CRY, number)
    assert again.startswith("105")
    assert say("handoff_again", "es") in again
    assert scene.app.store.zcard("desk:queue") == 0


def test_urgent_goes_before_others_and_then_the_oldest(scene: Scene) -> None:
    operator = Caller(scene.app, "rosa").sign_in()
    calm = [scene.app.web("es"), scene.app.web("es")]
    for session in calm:
        ask_for_person(session)
    scene.app.whatsapp(CRY, new_number())
    queue = operator.desk()["queue"]
    assert [case["level"] for case in queue] == ["urgent", "none", "none"]
    assert float(str(queue[1]["queued"])) < float(str(queue[2]["queued"]))
    calm[1].say("ayuda me tiene encerrada y tiene un cuchillo")
    queue = operator.desk()["queue"]
    assert [case["level"] for case in queue] == ["urgent", "urgent", "none"]


def test_a_case_is_handed_to_one_colleague_who_goes_on(scene: Scene) -> None:
    rosa, luz, inti = (Caller(scene.app, name).sign_in() for name in ("rosa", "luz", "inti"))
    session = scene.app.web("es")
    ask_for_person(session)
    events = Events(session)
    case = rosa.desk()["queue"][0]["id"]
    rosa.call(f"cases/{case}/claim")
    session.post(text="ya lo conté una vez")
    assert rosa.call(f"cases/{case}/transfer", to="nadie").status_code == 409
    assert rosa.call(f"cases/{case}/transfer", to="luz").status_code == 204
    until(lambda: "handoff_transferred" in events.codes)
    assert rosa.call(f"cases/{case}/messages", text="¿sigues?", id="1").status_code == 403
    assert inti.call(f"cases/{case}/claim").json()["error"]["code"] == "reserved"
    assert luz.call(f"cases/{case}/claim").status_code == 200
    assert "ya lo conté una vez" in luz.words(str(case))  # nobody has to tell it again


def test_an_operator_who_signs_out_leaves_nobody_alone(scene: Scene) -> None:
    operator, session = Caller(scene.app, "rosa").sign_in(), scene.app.web("es")
    ask_for_person(session)
    events = Events(session)
    operator.call(f"cases/{operator.desk()['queue'][0]['id']}/claim")
    operator.http.post(f"{scene.app.url}/console/logout", data={"csrf": operator.csrf}, timeout=20)
    until(lambda: "handoff_transferred" in events.codes)
    assert "no hay nadie de turno" in session.say("quiero hablar con una persona")


def test_twilio_refusing_is_shown_and_closes_the_composer(scene: Scene) -> None:
    page, number = scene.sign_in("rosa"), new_number()
    scene.app.whatsapp(CRY, number)
    first_case(page)
    page.keyboard.press("n")
    scene.twilio.refusals["¿Sigues ahí?"] = [(400, 63016)]
    write(page, "¿Sigues ahí?")
    expect(page.locator("#log .trouble")).to_contain_text("ventana de 24 horas")
    expect(page.get_by_label("Mensaje")).to_be_disabled()
    scene.app.post_form(scene.app.form("aqui estoy", number))  # the window opens again
    expect(page.get_by_label("Mensaje")).to_be_enabled()


def test_a_message_that_twilio_did_not_take_is_tried_again_and_arrives_once(scene: Scene) -> None:
    page, number = scene.sign_in("rosa"), new_number()
    scene.app.whatsapp(CRY, number)
    first_case(page)
    page.keyboard.press("n")
    scene.twilio.refusals["otra vez"] = [(503, 20503), (429, 20429)]
    write(page, "otra vez")
    write(page, "después")
    until(lambda: "después" in scene.twilio.bodies(number))
    assert scene.twilio.bodies(number)[-2:] == ["otra vez", "después"]
    assert scene.twilio.bodies(number).count("otra vez") == 1


def test_what_twilio_does_not_take_goes_with_the_answer_to_what_the_person_writes(
    scene: Scene,
) -> None:
    operator, number = Caller(scene.app, "rosa").sign_in(), new_number()
    scene.app.whatsapp(CRY, number)
    case = str(operator.desk()["queue"][0]["id"])
    operator.call(f"cases/{case}/claim")
    until(lambda: scene.twilio.bodies(number))
    scene.twilio.refusals["primero"] = [(503, 20503)] * 6
    for text in ("primero", "segundo"):
        operator.call(f"cases/{case}/messages", text=text, id=f"{text}-{case}")
    until(lambda: len(scene.twilio.refusals["primero"]) < 5)
    answers: list[str] = []

    def written() -> bool:
        answers.append(scene.app.post_form(scene.app.form("sigo aqui", number)).text)
        return "primero" in answers[-1]

    until(written)
    assert "<Message>primero\n\nsegundo</Message>" in answers[-1]
    again = scene.app.post_form(scene.app.form("¿y ahora?", number)).text
    assert "primero" not in again
    operator.call(f"cases/{case}/messages", text="tercero", id=f"tercero-{case}")
    until(lambda: "tercero" in scene.twilio.bodies(number))
    assert not {"primero", "segundo"} & set(scene.twilio.bodies(number))


def test_what_twilio_tells_later_reaches_the_operator(scene: Scene) -> None:
    page, number = scene.sign_in("rosa"), new_number()
    scene.app.whatsapp(CRY, number)
    first_case(page)
    page.keyboard.press("n")
    write(page, "¿Hola?")
    until(lambda: "¿Hola?" in scene.twilio.bodies(number))
    expect(page.locator("#log .delivery").last).to_have_text("enviado")
    sent = next(one for one in scene.twilio.sent if one.body == "¿Hola?")
    for status, shown in (("delivered", "entregado"), ("undelivered", "No se entregó")):
        code = {"ErrorCode": "63016"} if status == "undelivered" else {}
        assert scene.app.post_status(sent.sid, status, **code).status_code == 204
        expect(page.locator("#log .delivery").last).to_contain_text(shown)


# Done when 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_nobody_on_duty_the_truth_is_told_and_the_case_may_wait(
    scene: Scene, language: str
) -> None:
    session = scene.app.web(language)
    words = {
        "es": "quiero hablar con una persona",
        "en": "i want to talk to a person",
        "pt": "quero falar com uma pessoa",
        "fr": "je veux parler à une personne",
        "ht": "mwen vle pale ak yon moun",
        "qu": "runawan rimayta munani",
    }
    session.send(text=words[language])
    text = "\n".join(reply["text"] for reply in session.last["replies"])
    assert session.last["language"] == language
    assert session.last["handoff"] == "none"
    assert "1818" in text
    assert "100" in text
    assert say("handoff_offer", language) not in text
    assert say("handoff_called", language) not in text
    leave = next(
        choice["id"]
        for reply in session.last["replies"]
        for choice in reply["choices"]
        if choice["title"] == _title("handoff_wait", language)
    )
    session.send(choice=leave)
    assert session.last["handoff"] == "waiting"
    assert session.last["replies"][0]["text"] == say("handoff_wait", language, ahead=_ahead(scene))


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_danger_with_nobody_on_duty_nothing_says_that_somebody_is_called(
    scene: Scene, language: str
) -> None:
    cries = {
        "es": CRY,
        "en": "help he locked me in and he has a knife",
        "pt": "socorro ele me trancou no quarto e tem uma faca",
        "fr": "au secours il m'a enfermée et il a un couteau",
        "ht": "anmwe li fèmen m nan chanm nan li gen kouto",
        "qu": "yanapaway wichqawanku mana lluqsichiwankuchu",
    }
    session = scene.app.web(language)
    session.send(text=cries[language])
    text = "\n".join(reply["text"] for reply in session.last["replies"])
    assert session.last["urgency"] == "urgent"
    assert say("nobody_on_duty", language) in text
    assert say("handoff_called", language) not in text
    assert scene.app.store.zcard("desk:queue") == 0


def test_an_operator_on_a_break_is_not_on_duty(scene: Scene) -> None:
    page = scene.sign_in("rosa")
    page.get_by_role("button", name="De turno").click()
    expect(page.locator("#team")).to_contain_text("En pausa")
    assert "nadie de turno" in scene.app.whatsapp(CRY, new_number())


def test_when_the_last_operator_leaves_those_who_wait_are_told(scene: Scene) -> None:
    operator, session = Caller(scene.app, "rosa").sign_in(), scene.app.web("pt")
    session.say("quero falar com uma pessoa")
    session.send(text="sim")
    events = Events(session)
    assert events.wait("handoff")["handoff"] == "waiting"
    operator.call("heartbeat", available=False)
    told = events.wait("handoff", 60)  # the watch begins half a minute after the start
    assert told["code"] == "handoff_waits_for_nobody"
    assert told["text"] == say("handoff_waits_for_nobody", "pt")
    assert told["handoff"] == "waiting"


def test_the_operator_sees_the_language_that_the_person_changed_to(scene: Scene) -> None:
    operator, session = Caller(scene.app, "rosa").sign_in(), scene.app.web("es")
    ask_for_person(session)
    session.say("english please")
    assert [case["language"] for case in operator.desk()["queue"]] == ["en"]


def test_erasing_by_a_sentence_while_waiting_ends_the_case(scene: Scene) -> None:
    operator, session = Caller(scene.app, "rosa").sign_in(), scene.app.web("es")
    ask_for_person(session)
    session.say("borra mi conversacion por favor")
    assert operator.desk()["queue"] == []


def test_a_relay_store_that_hangs_holds_nobody_else_up(scene: Scene) -> None:
    operator, session = Caller(scene.app, "rosa").sign_in(), scene.app.web("es")
    other = scene.app.web("es")
    ask_for_person(session)
    operator.call(f"cases/{operator.desk()['queue'][0]['id']}/claim")
    pid = int(scene.app.relay_store.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        answer = session.post(text="¿me lees?").json()
        assert "1818" in answer["replies"][0]["text"]
        assert "FISTRAP" in other.say("donde denuncio la trata")
        assert "1818" in other.say("quiero hablar con una persona")  # nobody can be promised
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: not session.post(text="¿y ahora?").json()["replies"], 15)


# Done when 2, the operator's browser


@pytest.mark.proof
def test_a_lost_operator_is_noticed_and_the_person_told(scene: Scene) -> None:
    page, session = scene.sign_in("rosa"), scene.app.web("es")
    ask_for_person(session)
    events = Events(session)
    case = first_case(page)
    page.keyboard.press("n")
    until(lambda: "handoff_joined" in events.codes)
    page.context.close()
    until(lambda: "handoff_lost" in events.codes, HEARTBEAT_SECONDS + 30)
    assert session.say("donde denuncio")
    assert session.last["handoff"] == "waiting"
    luz = Caller(scene.app, "luz").sign_in()
    assert [one["id"] for one in luz.desk()["queue"]] == [case]


def _all_claim(operators: list[Caller], case: str) -> list[int]:
    """The statuses that operators get who claim at the same instant."""
    start = threading.Barrier(len(operators))

    def claim(operator: Caller) -> int:
        start.wait()
        return operator.call(f"cases/{case}/claim").status_code

    with ThreadPoolExecutor(len(operators)) as pool:
        return list(pool.map(claim, operators))


def _words(app: App) -> list[bytes]:
    store = app.relay_store
    return [store.dump(key) or b"" for key in store.keys("*")]


def _title(key: str, language: str) -> str:
    from bot.answers.tables import title

    return title(key, language)


def _ahead(scene: Scene) -> str:
    return str(scene.app.store.zcard("desk:queue") - 1)
