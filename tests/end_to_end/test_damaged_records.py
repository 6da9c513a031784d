"""A record that cannot be read is one person's; a store that was restarted is nobody's trouble."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from bot.answers.tables import say
from bot.handoff.cases import QUEUE
from bot.handoff.presence import AVAILABLE, SEEN
from bot.privacy.pseudonyms import conversation_id
from bot.stores.keys import key
from tests.conftest import App, new_number, running
from tests.end_to_end.bystander import bystander
from tests.end_to_end.desk import Caller, add_operator, until

SECRET = "a secret of the tests that is long enough"
PLEA = "estoy encerrada no me dejan salir"
STATE_RECORDS = (
    "conversation",
    "tracker",
    "throttle",
    "answered",
    "case_of",
    "refused",
    "lock",
)

WRONG_TYPE, NO_CODES, NOT_OF_US = "a set or a list", b"\xff{no json", b'{"language": 7}'


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running(tmp_path_factory.mktemp("damaged") / "var", CHASKI_SECRET=SECRET) as found:
        add_operator(found, "rosa")
        add_operator(found, "luz")
        yield found


def pseudonym(number: str) -> str:
    return conversation_id(SECRET, "whatsapp", number)


def damage(app: App, name: str, how: str | bytes) -> None:
    """Put something else where a record was, as no code of ours would."""
    app.store.delete(name)
    if isinstance(how, bytes):
        app.store.set(name, how)
    elif name.startswith("answered"):
        app.store.rpush(name, "x")
    else:
        app.store.sadd(name, "x")


@pytest.mark.alone
@pytest.mark.parametrize("how", [WRONG_TYPE, NO_CODES, NOT_OF_US])
def test_a_record_that_cannot_be_read_is_one_persons_only(app: App, how: str | bytes) -> None:
    with bystander(app) as others:
        for record in STATE_RECORDS:
            number = new_number()
            app.whatsapp("cem mas cercano", number)
            damage(app, key(record, pseudonym(number)), how)
            assert app.whatsapp(PLEA, number).startswith("105"), record
            answer = app.whatsapp("cem juliaca", number)
            assert "CEM Regular Juliaca" in answer, record
            assert "recordar lo anterior" not in answer, record
        others_at_least = 10
        until(lambda: len(others.waits) >= others_at_least, 20)
    others.was_served(others_at_least)
    assert "a record" in app.log.read_text()


def test_an_answer_that_cannot_be_read_is_made_again(app: App) -> None:
    for how in (WRONG_TYPE, NO_CODES, NOT_OF_US):
        number, message = new_number(), f"SM{os.urandom(16).hex()}"
        app.whatsapp("cem juliaca", number, MessageSid=message)
        damage(app, key("message", f"{pseudonym(number)}:{message}"), how)
        assert "CEM Regular Juliaca" in app.whatsapp("cem juliaca", number, MessageSid=message)


def test_erasing_works_on_damaged_records(app: App) -> None:
    number = new_number()
    app.whatsapp("cem juliaca", number)
    conversation = pseudonym(number)
    for record in ("conversation", "tracker", "throttle", "answered"):
        damage(app, key(record, conversation), WRONG_TYPE)
    app.whatsapp("borrar", number)
    assert [name for name in app.store.scan_iter() if conversation.encode() in name] == []


def test_a_damaged_case_leaves_the_desk_to_the_others(app: App) -> None:
    operator = Caller(app, "rosa").sign_in()
    broken, sound = app.web("es"), app.web("es")
    ids = []
    for session in (broken, sound):
        session.say(PLEA)
        found = app.store.get(key("case_of", conversation_id(SECRET, "web", session.token)))
        assert found
        ids.append(found.decode())
    damage(app, key("case", ids[0]), WRONG_TYPE)
    assert [case["id"] for case in operator.desk()["queue"]] == [ids[1]]
    assert broken.say(PLEA).startswith("105")
    assert len(operator.desk()["queue"]) == 2
    app.store.delete(SEEN, AVAILABLE, QUEUE)


def test_a_damaged_account_or_session_is_one_operators(app: App) -> None:
    operator = Caller(app, "rosa").sign_in()
    damage(app, key("account", "luz"), WRONG_TYPE)
    assert operator.desk()
    damaged = Caller(app, "rosa").sign_in()
    for name in app.store.keys("session:*"):
        if app.store.hget(name, "csrf") == damaged.csrf.encode():
            damage(app, name.decode(), WRONG_TYPE)
    assert damaged.call("heartbeat", available=True).status_code in (401, 403)
    assert operator.call("heartbeat", available=False).status_code == 204


@pytest.mark.alone
def test_a_restarted_store_is_nobodys_trouble(app: App) -> None:
    with bystander(app) as others:
        for _ in range(2):
            pid, seen = app.store_pid(), len(others.waits)
            os.kill(pid, signal.SIGKILL)
            until(lambda seen=seen: len(others.waits) >= seen + 8, 30)  # type: ignore[misc]
    others.was_served()
    number = new_number()
    app.whatsapp("cem mas cercano", number)
    assert "CEM Regular Juliaca" in app.whatsapp("juliaca", number)


def test_a_message_delivered_again_after_erasing_opens_nothing(app: App) -> None:
    number = new_number()
    before = app.form(PLEA, number)
    erasing = app.form("borrar", number)
    for form in (before, erasing):
        assert app.post_form(form).status_code == 200
    for form in (before, erasing):
        assert say("delete_my_data", "es").split(".")[0] in app.post_form(form).text
    conversation = pseudonym(number).encode()
    for store in (app.store, app.relay_store):
        assert [name for name in store.scan_iter() if conversation in name] == []
        assert [name for name in store.scan_iter() if before["MessageSid"].encode() in name] == []
    assert app.whatsapp(PLEA, number).startswith("105")
