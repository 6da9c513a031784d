"""Posting what operators write: in order, each at most once (Twilio's REST API, on loopback)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.answers.tables import say
from bot.handoff import delivery
from bot.handoff.case import Case
from bot.handoff.service import HandOffService
from bot.privacy.return_address import ReturnAddress, seal
from bot.settings import Settings
from bot.twilio.rest import WINDOW_CLOSED
from tests.end_to_end.fake_twilio import FakeTwilio, fake_twilio
from tests.unit.fakes import CONVERSATION, SECRET, FakeRedactor, Stores, run

SID, TOKEN = "AC" + "0" * 32, "token"
PERSON, OURS = "whatsapp:+51900000001", "whatsapp:+14155238886"

Work = Callable[[HandOffService, FakeTwilio, Case], Awaitable[Any]]


def posting(stores: Stores, work: Work, *, address: bool = True) -> Any:
    async def worked(twilio: FakeTwilio) -> Any:
        settings = Settings(
            secret=SECRET,
            public_url="https://chaski.example.org",
            twilio_account_sid=SID,
            twilio_auth_token=TOKEN,
            twilio_api_url=twilio.url,
        )
        async with stores.connected() as (state, relay):
            redactor: Any = FakeRedactor()
            handoff = HandOffService(settings, state, relay, redactor)
            case, _ = await handoff.open(CONVERSATION, "whatsapp", "es")
            assert case is not None
            if address:
                sealed = seal(SECRET, CONVERSATION, ReturnAddress(PERSON, OURS))
                await handoff.keep_address(CONVERSATION, sealed)
            handoff.start()
            try:
                return await work(handoff, twilio, case)
            finally:
                await handoff.stop()

    with fake_twilio(SID, TOKEN) as twilio:
        return run(worked(twilio))


async def settled(handoff: HandOffService) -> list[str]:
    """How the messages fare, once nothing is on its way."""
    for _ in range(200):
        found = list((await handoff.relay.deliveries(CONVERSATION)).values())
        if found and not {"queued", "sending"} & set(found):
            return found
        await asyncio.sleep(0.02)
    return found


def test_words_and_notices_arrive_in_order(stores: Stores) -> None:
    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        await handoff.relay.append(
            CONVERSATION, "notice", "handoff_joined", channel="whatsapp", language="es"
        )
        for number in range(3):
            await handoff.from_operator(case, f"mensaje {number}", "rosa", f"o{number}")
        states = await settled(handoff)
        return states, [(sent.to, sent.body) for sent in twilio.sent]

    states, sent = posting(stores, work)
    assert states == ["sent"] * 4
    assert [body for _, body in sent] == [
        say("handoff_joined", "es"),
        "mensaje 0",
        "mensaje 1",
        "mensaje 2",
    ]
    assert {to for to, _ in sent} == {PERSON}


def test_what_was_certainly_not_taken_is_tried_again(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PAUSES", (0.01, 0.02))

    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        twilio.refusals["hola"] = [(429, 20429)]
        await handoff.from_operator(case, "hola", "rosa", "o1")
        return await settled(handoff), [sent.body for sent in twilio.sent]

    assert posting(stores, work) == (["sent"], ["hola"])


def test_what_is_never_taken_has_failed_with_its_reason(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PAUSES", (0.01, 0.02))

    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        twilio.refusals["hola"] = [(429, 20429)] * 9
        await handoff.from_operator(case, "hola", "rosa", "o1")
        return await settled(handoff)

    assert posting(stores, work) == ["failed:20429"]


def test_an_answer_that_says_nothing_is_never_sent_again_by_itself(stores: Stores) -> None:
    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        twilio.refusals["hola"] = [(500, 20500)]
        await handoff.from_operator(case, "hola", "rosa", "o1")
        return await settled(handoff), len(twilio.sent)

    assert posting(stores, work) == (["unknown"], 0)


def test_outside_the_24_hours_the_operator_is_told(stores: Stores) -> None:
    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        twilio.refusals["hola"] = [(400, int(WINDOW_CLOSED))]
        await handoff.from_operator(case, "hola", "rosa", "o1")
        states = await settled(handoff)
        found = await handoff.case_of(CONVERSATION)
        assert found is not None
        return states, found.window_closed

    assert posting(stores, work) == ([f"failed:{WINDOW_CLOSED}"], WINDOW_CLOSED)


def test_what_a_dead_process_had_marked_becomes_unknown(stores: Stores) -> None:
    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        await handoff.delivery.stop()
        entry = await handoff.from_operator(case, "en el aire", "rosa", "o1")
        await handoff.relay.mark(CONVERSATION, entry)
        await handoff.from_operator(case, "después", "rosa", "o2")
        handoff.delivery.start()
        return await settled(handoff), [sent.body for sent in twilio.sent]

    assert posting(stores, work) == (["unknown", "sent"], ["después"])


def test_without_an_address_a_message_fails_with_a_reason(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PAUSES", (0.01,))

    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        await handoff.from_operator(case, "hola", "rosa", "o1")
        return await settled(handoff)

    assert posting(stores, work, address=False) == ["failed:no_address"]


def test_words_that_died_of_age_are_told_as_too_late(stores: Stores) -> None:
    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        await handoff.delivery.stop()
        await handoff.from_operator(case, "hola", "rosa", "o1")
        await handoff.relay._redis.delete(f"words:{CONVERSATION}")
        handoff.delivery.start()
        return await settled(handoff)

    assert posting(stores, work) == ["failed:too_late"]


@pytest.mark.parametrize(("longest", "taken"), [(1600, "uno\n\ndos"), (5, "uno"), (2, "")])
def test_what_waits_goes_with_the_answer_to_a_message_as_far_as_it_fits(
    stores: Stores, longest: int, taken: str
) -> None:
    async def work(handoff: HandOffService, twilio: FakeTwilio, case: Case) -> Any:
        await handoff.delivery.stop()
        assert await handoff.with_answer(CONVERSATION, longest) == ""
        for number, text in enumerate(("uno", "dos")):
            await handoff.from_operator(case, text, "rosa", f"o{number}")
        return await handoff.with_answer(CONVERSATION, longest)

    assert posting(stores, work) == taken
