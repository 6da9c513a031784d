"""WhatsApp and SMS, as Twilio delivers them."""

from __future__ import annotations

import re

import pytest
import requests

from bot.answers.tables import say
from tests.conftest import TOKEN, App, new_number, running

ANONYMOUSLY = {
    "es": ("donde puedo denunciar sin dar mi nombre", "puedes denunciar sin dar tu nombre"),
    "en": ("where can i report without giving my name", "report without giving your name"),
    "pt": ("onde posso denunciar sem dar meu nome", "denunciar sem dar o nome"),
    "fr": ("où puis-je signaler sans donner mon nom", "sans donner votre nom"),
    "ht": ("ki kote m ka denonse san m pa bay non m", "san ou pa bay non"),
    "qu": ("mana sutiyta willaspa denunciayta atiymanchu", "1818"),
}

LOCKED_IN = {
    "es": "estoy encerrada no me dejan salir",
    "en": "i am locked in they dont let me out",
    "pt": "estou trancada não me deixam sair",
    "fr": "je suis enfermée on ne me laisse pas sortir",
    "ht": "yo fèmen m yo pa kite m soti",
    "qu": "wichqasqam kachkani mana lluqsichiwankuchu",
}


@pytest.mark.parametrize("language", ANONYMOUSLY)
def test_reporting_without_a_name_is_answered_with_1818_in_the_language_of_the_question(
    app: App, language: str
) -> None:
    question, expected = ANONYMOUSLY[language]
    answer = app.whatsapp(question)
    assert "1818" in answer
    assert expected in answer


@pytest.mark.parametrize("language", LOCKED_IN)
def test_somebody_locked_in_reads_105_in_the_first_line(app: App, language: str) -> None:
    assert "105" in app.whatsapp(LOCKED_IN[language]).splitlines()[0]


def test_a_tampered_form_is_refused(app: App) -> None:
    form = app.form("hola")
    response = app.post_form(form | {"Body": "otra cosa"}, signature=_signature(app, form))
    assert response.status_code == 403


def _signature(app: App, form: dict[str, str]) -> str:
    from twilio.request_validator import RequestValidator

    from tests.conftest import PUBLIC

    return str(RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/webhooks/whatsapp", form))


@pytest.mark.parametrize("signature", ["", "AAAA", "ñ" * 3])
def test_a_missing_or_wrong_signature_is_refused(app: App, signature: str) -> None:
    response = requests.post(
        f"{app.url}/webhooks/whatsapp",
        data=app.form("hola"),
        headers={"X-Twilio-Signature": signature.encode()} if signature else {},
        timeout=20,
    )
    assert response.status_code == 403


def test_blank_fields_belong_to_what_is_signed(app: App) -> None:
    form = app.form("hola", MediaContentType="", ButtonText="")
    assert app.post_form(form).status_code == 200
    without = {name: value for name, value in form.items() if value}
    assert app.post_form(without, signature=_signature(app, form)).status_code == 403


def test_without_an_auth_token_the_webhook_is_closed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("closed") / "var"
    with running(folder, CHASKI_TWILIO_AUTH_TOKEN="") as closed:
        assert closed.post_form(closed.form("hola")).status_code == 503
        assert "CHASKI_TWILIO_AUTH_TOKEN is not set" in closed.log.read_text()


def test_a_message_delivered_twice_is_one_turn_and_gets_the_same_answer(app: App) -> None:
    number = new_number()
    form = app.form("cem en juliaca", number)
    first, second = app.post_form(form), app.post_form(form)
    assert first.text == second.text
    # one turn: the duty to report was told once, and only the first delivery told it
    assert "deber de denunciar" in first.text
    assert "deber de denunciar" not in app.whatsapp("comisaria en juliaca", number)


def test_a_prosecutor_is_named_and_its_unknown_address_is_not_invented(app: App) -> None:
    answer = app.whatsapp("necesito la fiscalia de trata, estoy en puerto maldonado")
    assert "FISTRAP Madre de Dios" in answer
    assert "0800-00-205" in answer


def test_the_nearest_cem_is_found_after_asking_for_the_place(app: App) -> None:
    number = new_number()
    assert "distrito o ciudad" in app.whatsapp("cem mas cercano", number)
    answer = app.whatsapp("juliaca", number)
    assert "CEM Regular Juliaca" in answer
    assert "Jr. Mariano Pandia" in answer
    assert "994 800 535" in answer
    assert "Llama antes de ir" in answer
    assert "Fuente: MIMP" in answer


def test_another_place_after_an_answer_looks_there_for_the_same(app: App) -> None:
    number = new_number()
    app.whatsapp("cem en tacna", number)
    assert "CEM Regular Juliaca" in app.whatsapp("juliaca", number)


def test_a_shared_position_finds_the_nearest_upe_and_is_forgotten(app: App) -> None:
    number = new_number()
    app.whatsapp("busco la upe", number)
    assert "UPE Tumbes" in app.whatsapp("", number, Latitude="-3.5669", Longitude="-80.4515")


def test_a_position_abroad_is_met_kindly(app: App) -> None:
    answer = app.whatsapp("", Latitude="10.65", Longitude="-71.64")
    assert "Perú" in answer


def test_an_ambiguous_place_is_asked_back_with_choices_and_a_number_picks_one(app: App) -> None:
    number = new_number()
    app.whatsapp("cem mas cercano", number)
    question = app.whatsapp("san juan", number)
    assert "¿Cuál es?" in question
    choices = dict(re.findall(r"^(\d)\. (.*)$", question, re.M))
    wanted = next(n for n, title in choices.items() if "Lurigancho" in title)
    assert "San Juan de Lurigancho" in app.whatsapp(wanted, number)


def test_a_place_abroad_is_met_kindly(app: App) -> None:
    number = new_number()
    app.whatsapp("cem mas cercano", number)
    assert "Maracaibo no está en el Perú" in app.whatsapp("maracaibo", number)


def test_a_voice_note_is_declined_with_the_numbers_and_never_fetched(app: App) -> None:
    answer = app.whatsapp(
        "", NumMedia="1", MediaContentType0="audio/ogg", MediaUrl0=f"{app.url}/never"
    )
    assert answer.startswith("105") or "105" in answer.splitlines()[0]
    assert "1818" in answer
    assert "100" in answer


def test_a_number_answers_a_numbered_choice(app: App) -> None:
    number = new_number()
    answer = app.whatsapp("donde denuncio sin dar mi nombre", number)
    assert "1. Línea 1818" in answer
    assert "Central Única de Denuncias" in app.whatsapp("1", number)


def test_without_choices_a_number_is_a_message(app: App) -> None:
    assert "Central Única de Denuncias" in app.whatsapp("1818")


def test_the_same_person_is_one_conversation_whatever_number_twilio_shows(app: App) -> None:
    app.whatsapp("cem mas cercano", "whatsapp:+51911111111", ExternalUserId="PE.canary-77")
    answer = app.whatsapp("juliaca", "whatsapp:+51922222222", ExternalUserId="PE.canary-77")
    assert "CEM Regular Juliaca" in answer


def test_sms_is_answered_the_same_way(app: App) -> None:
    answer = app.whatsapp("donde denuncio sin dar mi nombre", "+51933333333")
    assert "1818" in answer


def test_a_form_without_a_sender_is_refused_clearly(app: App) -> None:
    form = app.form("hola")
    del form["From"], form["WaId"]
    response = app.post_form(form)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "no_sender"


@pytest.mark.parametrize(
    "message",
    [
        "/restart",
        '/intent{"entity":"x"}',
        "/urgent",
        "@",
        "¡Ayuda!",
        "a" * 10_000,
        "palabra " * 1_250,
        "😀" * 4_000,
        "مرحبا أريد المساعدة من فضلك",
        "ho\x00la, ¿dónde denuncio?",
        "",
        "   ",
        "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "{}[]<>&\"'%",
    ],
)
def test_whatever_is_written_gets_a_sensible_answer(app: App, message: str) -> None:
    number = new_number()
    app.whatsapp("hola", number)
    answer = app.whatsapp(message, number)
    assert len(answer) > 20
    # none was a command: the conversation still knows what it was about
    assert "105" in app.whatsapp("estoy encerrada no me dejan salir", number).splitlines()[0]


def test_stop_is_obeyed_and_a_new_message_is_a_return(app: App) -> None:
    number = new_number()
    assert "no te escribo más" in app.whatsapp("STOP", number)
    assert "Chaski" in app.whatsapp("hola", number)


def test_too_many_messages_are_met_with_the_numbers_and_not_with_silence(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("throttled") / "var"
    with running(folder, CHASKI_CONVERSATION_PER_MINUTE="2") as slow:
        number = new_number()
        answers = [slow.whatsapp("hola", number) for _ in range(4)]
        assert "105" in answers[3]
        assert answers[3] != answers[0]
        session = slow.web()
        statuses = [session.post(text="hola").status_code for _ in range(3)]
        assert statuses[-1] == 429
        assert session.post(text="hola").headers["retry-after"]


def test_the_language_changes_on_request_and_stays(app: App) -> None:
    number = new_number()
    app.whatsapp("cem en tacna", number)
    assert "I write in English" in app.whatsapp("english please", number)
    assert "Choose what you need" in app.whatsapp("menu", number)
    assert "Juliaca" in app.whatsapp("juliaca", number)


def test_haitian_creole_says_once_that_it_is_a_draft_and_offers_spanish(app: App) -> None:
    number = new_number()
    first = app.whatsapp("ki kote m ka pote plent pou trafik moun", number)
    assert "español" in first
    assert "Español" in first
    assert "ekri: español" not in app.whatsapp("kisa liy 1884 la ye", number)


def test_the_source_of_the_last_answer_is_told(app: App) -> None:
    number = new_number()
    app.whatsapp("puedo denunciar sin documentos?", number)
    assert "SOP 3.3.2" in app.whatsapp("de donde sale esa informacion", number)


def test_an_unknown_language_gets_spanish_and_english_and_a_person(app: App) -> None:
    answer = app.whatsapp("Ich brauche bitte Hilfe, ich verstehe kein Spanisch")
    assert "Todavía no conozco" in answer
    assert "I do not know that language" in answer
    assert "Hablar con una persona" in answer or "Speak with a person" in answer


def test_what_is_not_understood_is_never_met_with_the_same_answer_twice(app: App) -> None:
    number = new_number()
    answers = [app.whatsapp(text, number) for text in ("xkcd blorp", "zzyzx qwop", "vroom plonk")]
    assert len(set(answers)) == 3
    assert "1818" in answers[2]


def test_a_second_delivery_of_a_turn_that_never_ended_is_not_met_with_silence(app: App) -> None:
    from bot.privacy.pseudonyms import conversation_id
    from bot.stores.conversation import message_key

    form = app.form("donde denuncio", new_number())
    secret = (app.data_dir / "secret").read_text()
    conversation = conversation_id(secret, "whatsapp", form["From"])
    app.store.set(message_key(conversation, form["MessageSid"]), "pending", ex=30)
    answer = app.post_form(form).text
    assert "FISTRAP" in answer
    assert (
        say("without_store_place", "es") in answer
    )  # answered by itself, without what came before
