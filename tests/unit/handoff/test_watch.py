"""What nobody triggers: lost operators, cases that lie still, notices, promises."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.handoff import watch
from bot.handoff.cases import NOTICES
from bot.handoff.service import HandOffService
from bot.handoff.watch import GRACE_SECONDS, STILL_SECONDS, WAITING_SECONDS, Watch
from tests.unit.fakes import CONVERSATION, FakeRedactor, Parts, Stores, run


def watched(stores: Stores, work: Callable[[HandOffService, Watch], Awaitable[Any]]) -> Any:
    async def worked() -> Any:
        async with stores.connected() as (state, relay):
            handoff = HandOffService(
                Parts().settings,
                state,
                relay,
                FakeRedactor(),  # type: ignore[arg-type]
            )
            guard = Watch(handoff)
            guard._began = time.monotonic() - GRACE_SECONDS - 1
            return await work(handoff, guard)

    return run(worked())


async def waiting(handoff: HandOffService, **more: Any) -> Any:
    case, _ = await handoff.open(CONVERSATION, "web", "es", **more)
    assert case is not None
    return case


def test_a_notice_reaches_the_persons_stream_once(stores: Stores) -> None:
    async def work(handoff: HandOffService, guard: Watch) -> tuple[list[str], int]:
        await handoff.cases.claim(await waiting(handoff), "rosa")
        await guard.tell()
        await guard.tell()
        found = await handoff.entries(CONVERSATION, "0")
        return [entry.text for entry in found], await handoff.state.llen(NOTICES)

    assert watched(stores, work) == (["handoff_joined"], 0)


@pytest.mark.parametrize(
    "stored",
    [
        "nonsense",
        "{}",
        json.dumps({"id": 1}),
        json.dumps(
            {
                "id": "1",
                "code": "handoff_joined",
                "conversation": CONVERSATION,
                "channel": "odd",
                "language": "es",
                "state": "active",
                "final": False,
            }
        ),
    ],
)
def test_a_damaged_notice_stops_no_other(stores: Stores, stored: str) -> None:
    async def work(handoff: HandOffService, guard: Watch) -> int:
        await handoff.state.rpush(NOTICES, stored)
        await handoff.cases.claim(await waiting(handoff), "rosa")
        await guard.tell()
        return len(await handoff.entries(CONVERSATION, "0"))

    assert watched(stores, work) == 1


def test_what_the_person_has_ended_is_erased_at_once(stores: Stores) -> None:
    async def work(handoff: HandOffService, guard: Watch) -> int:
        case = await waiting(handoff)
        await handoff.from_person(case, "hola")
        await handoff.leave(CONVERSATION)
        await guard.tell()
        return len(await handoff.entries(CONVERSATION, "0"))

    assert watched(stores, work) == 0


def test_what_an_operator_closed_is_told_and_then_goes(stores: Stores) -> None:
    async def work(handoff: HandOffService, guard: Watch) -> list[str]:
        case = await waiting(handoff)
        await handoff.cases.claim(case, "rosa")
        claimed = await handoff.cases.get(case.id)
        assert claimed is not None
        await handoff.cases.close(claimed, "rosa", "oriented")
        await guard.tell()
        return [entry.text for entry in await handoff.entries(CONVERSATION, "0")]

    assert watched(stores, work) == ["handoff_joined", "handoff_closed"]


@pytest.mark.parametrize(
    ("claimed_ago", "seen", "state"),
    [(120, False, "waiting"), (120, True, "active"), (5, False, "active")],
)
def test_a_case_goes_back_when_its_operator_was_silent_for_a_minute(
    stores: Stores, claimed_ago: float, seen: bool, state: str
) -> None:
    async def work(handoff: HandOffService, guard: Watch) -> str:
        case = await waiting(handoff)
        await handoff.cases.claim(case, "rosa")
        await handoff.cases.note(case.id, claimed=time.time() - claimed_ago)
        if seen:
            await handoff.presence.beat("rosa", available=True)
        await guard.find_lost()
        found = await handoff.cases.get(case.id)
        assert found is not None
        return found.state

    assert watched(stores, work) == state


def test_after_a_start_nobody_is_taken_for_lost_at_once(stores: Stores) -> None:
    async def work(handoff: HandOffService, guard: Watch) -> int:
        guard._began = time.monotonic()
        case = await waiting(handoff, promised=True)
        await handoff.cases.claim(case, "rosa")
        await handoff.cases.note(case.id, claimed=1.0)
        await guard.find_lost()
        await guard.take_back()
        return len(await handoff.cases.active())

    assert watched(stores, work) == 1


@pytest.mark.parametrize("claimed", [False, True])
def test_what_nobody_took_and_what_lies_still_expires(stores: Stores, claimed: bool) -> None:
    async def work(handoff: HandOffService, guard: Watch) -> str:
        case = await waiting(handoff)
        if claimed:
            await handoff.cases.claim(case, "rosa")
        await guard.find_still()  # nothing yet
        old = time.time() - max(WAITING_SECONDS, STILL_SECONDS) - 1
        await handoff.cases.note(case.id, person_wrote=old, touched=old)
        await guard.find_still()
        found = await handoff.cases.get(case.id)
        assert found is not None
        return found.state

    assert watched(stores, work) == "expired"


@pytest.mark.parametrize(("there", "told"), [(False, 1), (True, 0)])
def test_who_was_promised_somebody_hears_when_nobody_is_there_any_more(
    stores: Stores, there: bool, told: int
) -> None:
    async def work(handoff: HandOffService, guard: Watch) -> int:
        await waiting(handoff, promised=True)
        if there:
            await handoff.presence.beat("rosa", available=True)
        await guard.take_back()
        return int(await handoff.state.llen(NOTICES))

    assert watched(stores, work) == told


def test_it_works_by_itself_and_a_step_that_fails_stops_no_other(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)

    async def work(handoff: HandOffService, guard: Watch) -> list[str]:
        async def fails() -> None:
            raise ValueError("any")

        guard.find_lost = fails  # type: ignore[method-assign]
        guard.start()
        guard._began = 0.0
        case = await waiting(handoff)
        await handoff.cases.note(case.id, person_wrote=1.0)
        for _ in range(100):
            if found := await handoff.entries(CONVERSATION, "0"):
                break
            await asyncio.sleep(0.02)
        await guard.stop()
        return [entry.text for entry in found]

    assert watched(stores, work) == ["handoff_expired"]
