"""Twenty conversations, as people have them: each turn leads on from the one before."""

from __future__ import annotations

import re

from tests.conftest import App, WebSession, new_number


def topics(session: WebSession) -> list[str]:
    return [reply["topic"] for reply in session.last["replies"]]


def ask(session: WebSession, text: str, topic: str, *parts: str, language: str = "") -> str:
    """Say something; the answer is about `topic` and contains each part."""
    answer = session.say(text)
    assert topic in topics(session), (text, topics(session), answer)
    for part in parts:
        assert part.casefold() in answer.casefold(), (text, part, answer)
    if language:
        assert session.last["language"] == language, (text, session.last["language"])
    return answer


# Spanish


def test_an_adult_who_declines_to_report_is_respected_and_may_change_their_mind(app: App) -> None:
    session = app.web("es")
    ask(session, "no quiero denunciar", "report_decline", "tu decisión", "cuando quieras")
    assert "Organizaciones que ayudan" in session.titles
    ask(session, "y puedo tomarme un tiempo para pensarlo?", "reflection_period")
    ask(session, "lo pense mejor, si quiero denunciar, a donde voy", "report_where", "1818")
    ask(session, "y donde queda?", "find_fistrap", "distrito o ciudad")
    ask(session, "piura", "find_fistrap", "Piura", "0800-00-205")
    ask(session, "y que pasa despues de que denuncie", "report_what_happens_next", "UDAVIT")


def test_a_minor_is_led_to_the_childs_route_and_told_that_it_is_always_reported(app: App) -> None:
    session = app.web("es")
    ask(session, "hola", "greet")
    ask(session, "tengo 16 años", "minor_note", "UPE", "1810", "siempre se denuncia")
    session.press("UPE más cercana (menores)")
    assert "distrito" in session.last["replies"][0]["text"]
    ask(session, "en tumbes", "find_upe", "UPE Tumbes")
    ask(session, "me pueden dar un albergue?", "shelter", "UPE")
    assert "siempre se denuncia" not in session.last["replies"][-1]["text"]  # told once


def test_a_man_in_forced_labour_finds_the_right_door(app: App) -> None:
    session = app.web("es")
    ask(
        session,
        "en mi trabajo no me pagan hace meses y dicen que les debo, que hago",
        "labour_abuse",
        "SUNAFIL",
        "1818",
    )
    assert session.last["urgency"] in ("high", "urgent")
    answer = ask(
        session, "soy hombre, tambien me atienden en el CEM? estoy en arequipa", "find_cem"
    )
    assert "explotación sexual" in answer
    assert "FISTRAP" in answer
    ask(session, "necesito un abogado gratis", "free_lawyer", "1884")
    ask(session, "cuanto cuesta?", "free_lawyer", "gratis")
    ask(session, "a que hora atienden?", "free_lawyer", "lunes a viernes")


def test_who_fears_returning_is_led_to_protection_and_never_sent_to_the_consulate(app: App) -> None:
    session = app.web("es")
    ask(session, "tengo miedo de que me devuelvan a mi pais", "non_refoulement")
    assert "Cómo pedir refugio" in session.titles
    answer = session.press("Cómo pedir refugio")["replies"][0]["text"]
    assert "Comisión Especial para los Refugiados" in answer
    answer = ask(session, "me quitaron el pasaporte mis jefes", "documents_taken", "no vayas")
    assert "ACNUR" in answer
    ask(session, "y si quiero volver a mi pais algun dia", "return_home", "Si temes volver")


def test_a_place_is_corrected_and_offices_follow(app: App) -> None:
    session = app.web("es")
    ask(session, "cem mas cercano", "find_cem", "distrito o ciudad")
    ask(session, "lima", "find_cem", "Lima")
    ask(session, "no, en trujillo", "find_cem", "Trujillo")
    ask(session, "y en juliaca?", "find_cem", "Juliaca")
    ask(session, "y para niños?", "find_upe", "UPE")
    ask(session, "a que hora atienden", "find_upe", "llama antes de ir")
    ask(session, "mas corto por favor", "find_upe", "Teléfono")
    assert len(session.last["replies"][0]["text"]) < 400


def test_the_source_of_each_answer_is_told(app: App) -> None:
    session = app.web("es")
    ask(session, "de donde sale lo que dices?", "ask_source")
    ask(session, "que es la trata de personas", "what_is_trafficking")
    ask(session, "de donde sale esto?", "ask_source", "SOP 2.1", "2026-")
    ask(session, "comisaria en tacna", "find_police", "Tacna")
    ask(session, "y esa informacion de donde la sacaste", "ask_source", "PNP")


def test_what_to_do_next_is_never_a_dead_end(app: App) -> None:
    session = app.web("es")
    ask(session, "que es la linea 1818", "line_1818_info")
    ask(session, "y donde queda?", "line_1818_info", "llamas desde cualquier lugar")
    ask(session, "repite", "line_1818_info", "Central Única de Denuncias")
    ask(session, "cuentame mas", "line_1818_info")
    assert session.titles
    ask(session, "otra cosa", "menu")
    ask(session, "gracias", "thank")
    ask(session, "chau", "goodbye")
    assert session.titles


# English


def test_a_deaf_person_finds_ways_that_need_no_voice(app: App) -> None:
    session = app.web("en")
    ask(session, "hi", "greet", language="en")
    ask(session, "i am deaf, is there a sign language interpreter", "interpreter", "CONADIS")
    ask(session, "what support is there for people with a disability", "disability_support")
    assert "WhatsApp" in session.last["replies"][0]["text"]
    ask(session, "can i report on the internet", "report_online", "https://")
    ask(session, "is it free?", "report_online")


def test_low_confidence_never_gets_the_same_answer_twice_in_a_row(app: App) -> None:
    session = app.web("en")
    session.say("how much is a bus ticket to cusco")
    said = [session.last["replies"][0]["text"]]
    for text in ("who won the football match yesterday", "zxcv qwer asdf", "tell me a recipe"):
        session.say(text)
        said.append(session.last["replies"][0]["text"])
        assert said[-1] != said[-2]
        assert session.titles
    ask(session, "where can i report trafficking", "report_where", "1818")


def test_an_account_is_met_without_a_question_and_danger_with_a_number(app: App) -> None:
    session = app.web("en")
    session.say(
        "i want to tell you what happened to me. last year a man brought me from cali, he took my "
        "passport and said i owed him. i worked in a bar for months until i got away at night"
    )
    assert "share_account" in topics(session)
    assert not any("?" in reply["text"] for reply in session.last["replies"][:1])
    ask(session, "is what they did to me trafficking", "what_is_trafficking")
    answer = session.say("he found me, he is outside my door now and he has a knife")
    assert session.last["urgency"] == "urgent"
    assert answer.startswith("105")
    ask(session, "what are my rights", "victim_rights")
    assert session.last["urgency"] == "urgent"  # it never falls by itself
    ask(session, "im safe now, the police came", "danger_over")
    assert session.last["urgency"] == "none"


# Portuguese


def test_a_menu_is_walked_by_numbers(app: App) -> None:
    sender = new_number()
    app.whatsapp("oi, bom dia", sender)
    menu = app.whatsapp("1", sender)
    assert "1. Denunciar" in menu
    reporting = app.whatsapp("1", sender)
    number = re.search(r"(\d+)\. Denunciar sem dar meu nome", reporting)
    assert number
    answer = app.whatsapp(f"opção {number.group(1)}", sender)
    assert "1818" in answer
    again = app.whatsapp("a segunda por favor", sender)
    assert "medo" in again.casefold()


def test_a_brazilian_asks_about_papers_and_work(app: App) -> None:
    session = app.web("pt")
    ask(session, "estou no peru sem documentos, como faço pra regularizar", "regularise_status")
    ask(session, "e quanto custa?", "regularise_status", "1884", language="pt")
    ask(session, "posso trabalhar enquanto espero o refúgio?", "work_permission")
    ask(session, "passei do prazo, vou pagar multa?", "fines_overstay", "multas")
    ask(session, "de onde vem essa informação?", "ask_source", "SOP 3.1")


def test_a_neighbours_child_is_reported_and_a_doubt_about_age_counts_as_a_minor(app: App) -> None:
    session = app.web("pt")
    ask(
        session,
        "acho que estão explorando uma menina na casa ao lado, como protegem uma criança?",
        "urgent",  # a child is exploited now
        "1810",
    )
    assert session.last["replies"][0]["text"].startswith("105")
    ask(session, "onde fica?", "find_upe", "distrito ou cidade")
    ask(session, "cusco", "find_upe", "Cusco")
    ask(session, "posso denunciar sem dar meu nome?", "report_anonymously", "1818")


# French


def test_a_conversation_changes_its_language_midway_and_stays_in_it(app: App) -> None:
    session = app.web("es")
    ask(session, "tengo miedo de denunciar", "report_fear", language="es")
    ask(session, "en français s'il vous plaît", "report_fear", "peur", language="fr")
    ask(session, "ok", "affirm", language="fr")
    ask(session, "quels sont mes droits ?", "victim_rights", language="fr")
    session.say("CEM Lima")
    assert session.last["language"] == "fr"  # an office's name changes nothing
    ask(session, "bonjou", "greet", language="ht")


def test_organisations_are_told_for_the_place(app: App) -> None:
    session = app.web("fr")
    answer = ask(session, "quelles associations peuvent m'aider ?", "ngo_help", "ACNUR")
    assert "quelle ville" in answer
    ask(session, "à Tacna", "ngo_help", "Tacna", "sjmtacna1@encuentros-sjs.org", language="fr")
    ask(session, "et à manger, qui donne ?", "basic_needs", "Tacna")
    ask(session, "non, à Piura", "basic_needs", "Piura")
    ask(session, "c'est gratuit ?", "basic_needs")


def test_stopping_messages_is_respected_and_coming_back_is_welcome(app: App) -> None:
    sender = new_number()
    app.whatsapp("bonjour, où porter plainte ?", sender)
    assert "1818" in app.whatsapp("STOP", sender)
    answer = app.whatsapp("bonjour", sender)
    assert "Chaski" in answer
    assert "Langue" in answer
    assert "1884" in app.whatsapp("je cherche un avocat gratuit", sender)


# Haitian Creole


def test_a_haitian_is_answered_in_creole_and_told_once_that_it_is_a_draft(app: App) -> None:
    session = app.web("ht")
    assert "ekri: español" in " ".join(reply["text"] for reply in session.last["replies"])
    answer = ask(session, "ki kote mwen ka pote plent", "report_where", "1818", language="ht")
    assert "ekri: español" not in answer
    ask(session, "ki kote sa ye?", "find_fistrap")
    ask(session, "Lima", "find_fistrap", "Lima", language="ht")
    ask(session, "mwen pa gen papye, eske m ka pote plent", "report_without_documents")
    ask(session, "espanyol souple", "report_without_documents", language="es")


def test_erasing_forgets_the_place_and_the_topic(app: App) -> None:
    session = app.web("ht")
    ask(session, "CEM nan Tacna", "find_cem", "Tacna")
    ask(session, "efase tout sa nou te pale", "delete_my_data")
    answer = ask(session, "ki CEM ki pi pre m", "find_cem")
    assert "Tacna" not in answer
    ask(session, "ki sa ou sere sou mwen?", "privacy", "24")


# Quechua


def test_a_quechua_speaker_finds_the_nearest_office(app: App) -> None:
    session = app.web("qu")
    ask(session, "maypitaq denunciayta atiyman", "report_where", "1818", language="qu")
    ask(session, "maypi CEM kachkan", "find_cem")
    ask(session, "cuscopi", "find_cem", "Cusco", language="qu")
    ask(session, "castellanopi", "find_cem", "Cusco", language="es")


def test_a_language_outside_the_six_gets_two_and_the_offer_of_a_person(app: App) -> None:
    session = app.web("qu")
    session.say("Guten Tag, ich brauche dringend Auskunft, wo kann ich hier Anzeige erstatten")
    answer = session.last["replies"][0]["text"]
    assert "Todavía no conozco bien ese idioma" in answer
    assert "1818" in answer
    assert "English" in session.titles
    session.press("English")
    ask(session, "i need a lawyer", "free_lawyer", "1884", language="en")
    ask(session, "a person please", "talk_to_human")


def test_an_ordinal_in_words_picks_a_choice(app: App) -> None:
    session = app.web("es")
    ask(session, "puedo denunciar sin dar mi nombre", "report_anonymously")
    ask(session, "la segunda opción por favor", "report_fear")
    ask(session, "kimsa", "talk_to_human")
    ask(session, "deuxième", "line_1818_info")
