"""The hand-off as stages, actions and console use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.handoff.case import Case
from bot.handoff.service import HandOffService, Situation, provide, provided, writes_from
from bot.settings import Settings
from bot.stores.absence import absent_store
from bot.twilio.rest import OPTED_OUT, WINDOW_CLOSED
from tests.unit.fakes import CONVERSATION, SECRET, FakeRedactor, Stores, run

PLAIN = Settings(secret=SECRET)
WITH_TWILIO = PLAIN.copy(
    update={"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "token"}
)


def with_handoff(
    stores: Stores,
    work: Callable[[HandOffService], Awaitable[Any]],
    settings: Settings = PLAIN,
) -> Any:
    async def worked() -> Any:
        async with stores.connected() as (state, relay):
            redactor: Any = FakeRedactor()
            return await work(HandOffService(settings, state, relay, redactor))

    return run(worked())


async def opened(handoff: HandOffService, channel: Any = "web", **more: Any) -> Case:
    case, _ = await handoff.open(CONVERSATION, channel, "es", **more)
    assert case is not None
    return case


@pytest.mark.parametrize(
    ("channel", "settings", "beats", "on_duty"),
    [
        ("web", PLAIN, True, True),
        ("web", PLAIN, False, False),
        ("whatsapp", PLAIN, True, False),  # nothing could be posted
        ("whatsapp", WITH_TWILIO, True, True),
        ("web", PLAIN.copy(update={"duty_closed_days": ("TODAY",)}), True, False),
    ],
)
def test_somebody_is_on_duty_where_words_could_reach_them_and_back(
    stores: Stores, channel: Any, settings: Settings, beats: bool, on_duty: bool
) -> None:
    from bot import hours

    today = hours.now().date().isoformat()
    closed = tuple(today for _ in settings.duty_closed_days)
    settings = settings.copy(update={"duty_closed_days": closed})

    async def work(handoff: HandOffService) -> bool:
        if beats:
            await handoff.presence.beat("rosa", available=True)
        return await handoff.on_duty(channel)

    assert with_handoff(stores, work, settings) is on_duty


def test_nobody_is_on_duty_while_words_cannot_be_relayed(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> bool:
        await handoff.presence.beat("rosa", available=True)

        async def broken() -> None:
            raise ConnectionError

        handoff.relay.answers = broken  # type: ignore[method-assign]
        return await handoff.on_duty("web")

    assert with_handoff(stores, work) is False


def test_the_situation_says_who_waits_and_how_many_before(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> tuple[Situation, Situation]:
        await handoff.open("1" * 32, "web", "es", "urgent")
        case = await opened(handoff)
        waiting = await handoff.situation(CONVERSATION, "web")
        assert waiting.case is not None
        assert waiting.case.id == case.id
        await handoff.leave(CONVERSATION)
        return waiting, await handoff.situation(CONVERSATION, "web")

    waiting, left = with_handoff(stores, work)
    assert (waiting.ahead, waiting.refused, waiting.on_duty) == (1, False, False)
    assert (left.case, left.refused) == (None, True)


def test_when_the_desk_opens_is_known_by_its_hours(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> Any:
        return (await handoff.situation(CONVERSATION, "web")).opens

    assert with_handoff(stores, work) is None  # it is always open
    shut = PLAIN.copy(update={"duty_hours": "daily 00:00-00:01", "duty_holidays": True})
    assert with_handoff(stores, work, shut) is not None


def test_asking_again_in_danger_makes_the_waiting_case_urgent(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> tuple[bool, str]:
        first = await opened(handoff)
        second = await opened(handoff, level="urgent", cues=["violence"])
        found = await handoff.case_of(CONVERSATION)
        assert found is not None
        return first.id == second.id, found.level

    assert with_handoff(stores, work) == (True, "urgent")


def test_cases_of_one_address_are_limited_and_another_is_not(stores: Stores) -> None:
    few = PLAIN.copy(update={"waiting_per_address": 1})

    async def work(handoff: HandOffService) -> list[bool]:
        found = []
        for number, origin in enumerate(("shelter", "shelter", "elsewhere")):
            with writes_from(origin):
                case, _ = await handoff.open(str(number) * 32, "web", "es")
            found.append(case is not None)
        return found

    assert with_handoff(stores, work, few) == [True, False, True]


def test_words_go_both_ways_and_say_when(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> tuple[list[tuple[str, str]], bool]:
        case = await opened(handoff)
        await handoff.from_person(case, "hola", message_id="m1")
        await handoff.from_person(case, "hola", message_id="m1")
        first = await handoff.from_operator(case, "aquí estoy", "rosa", "o1")
        second = await handoff.from_operator(case, "aquí estoy", "rosa", "o1")
        await handoff.delivered(CONVERSATION, first)
        found = await handoff.entries(CONVERSATION, "0")
        return [(entry.kind, entry.text) for entry in found], first == second

    words, same = with_handoff(stores, work)
    assert words == [("person", "hola"), ("operator", "aquí estoy")]
    assert same


def test_a_change_of_language_and_an_address_are_kept_with_the_case(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> tuple[str, str]:
        case = await opened(handoff, "whatsapp")
        await handoff.speaks(case, "fr")
        await handoff.keep_address(CONVERSATION, "sealed")
        found = await handoff.case_of(CONVERSATION)
        assert found is not None
        return found.language, await handoff.relay.address(CONVERSATION)

    assert with_handoff(stores, work) == ("fr", "sealed")


def test_forgetting_ends_the_case_and_erases_words_and_codes(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> tuple[Case | None, list[Any], bool]:
        case = await opened(handoff, cues=["debt"], district="150101")
        await handoff.from_person(case, "hola")
        await handoff.forget(CONVERSATION)
        return (
            await handoff.cases.get(case.id),
            await handoff.entries(CONVERSATION, "0"),
            await handoff.cases.refused_before(CONVERSATION),
        )

    case, words, refused = with_handoff(stores, work)
    assert case is not None
    assert (case.district, case.cues, case.state) == ("", (), "refused")
    assert (words, refused) == ([], False)


def test_words_that_could_not_be_erased_at_once_stop_no_forgetting(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> None:
        async def broken(conversation: str) -> None:
            raise ConnectionError

        handoff.relay.erase = broken  # type: ignore[method-assign,assignment]
        await handoff.forget(CONVERSATION)

    with_handoff(stores, work)


def test_leaving_without_a_case_ends_nothing(stores: Stores) -> None:
    assert with_handoff(stores, lambda handoff: handoff.leave(CONVERSATION)) is False


@pytest.mark.parametrize(
    ("state", "code", "told"),
    [
        ("delivered", "", "delivered"),
        ("read", "", "delivered"),
        ("failed", "30008", "failed:30008"),
        ("undelivered", "", "failed:undelivered"),
        ("queued", "", "queued"),
    ],
)
def test_what_twilio_tells_of_a_message_is_shown_to_the_operator(
    stores: Stores, state: str, code: str, told: str
) -> None:
    async def work(handoff: HandOffService) -> str:
        case = await opened(handoff, "whatsapp")
        entry = await handoff.from_operator(case, "hola", "rosa", "o1")
        await handoff.relay.remember_sent("SM1", CONVERSATION, entry)
        await handoff.fared("SM1", state, code)
        await handoff.fared("SM2", state, code)  # of nobody
        return (await handoff.relay.deliveries(CONVERSATION))[entry]

    assert with_handoff(stores, work) == told


@pytest.mark.parametrize("code", [WINDOW_CLOSED, OPTED_OUT])
def test_a_person_who_cannot_be_reached_any_more_is_shown_as_such(
    stores: Stores, code: str
) -> None:
    async def work(handoff: HandOffService) -> str:
        case = await opened(handoff, "whatsapp")
        entry = await handoff.from_operator(case, "hola", "rosa", "o1")
        await handoff.relay.remember_sent("SM1", CONVERSATION, entry)
        await handoff.fared("SM1", "failed", code)
        found = await handoff.case_of(CONVERSATION)
        assert found is not None
        return found.window_closed

    assert with_handoff(stores, work) == code


def test_actions_get_the_hand_off_of_their_process_but_not_without_the_store() -> None:
    marker: Any = object()
    provide(marker)
    try:
        assert provided() is marker
        with absent_store():
            assert provided() is None
    finally:
        provide(None)
    assert provided() is None


def test_it_starts_and_stops(stores: Stores) -> None:
    async def work(handoff: HandOffService) -> bool:
        handoff.start()
        handoff.end_streams()
        await handoff.stop()
        return handoff.desk_signals.ending and handoff.relay_signals.ending

    assert with_handoff(stores, work)
