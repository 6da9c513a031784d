"""The one way in which cases change: atomic, in order, with their trail and their notice."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.handoff import audit
from bot.handoff.case import Case, new_case
from bot.handoff.cases import NOTICES, QUEUE, Cases
from bot.stores.keys import key
from tests.unit.fakes import CONVERSATION, Stores, run

OTHER = "1" * 32


def with_cases(stores: Stores, work: Callable[[Cases, Any], Awaitable[Any]]) -> Any:
    async def worked() -> Any:
        async with stores.connected() as (state, _):
            return await work(Cases(state), state)

    return run(worked())


async def opened(cases: Cases, conversation: str = CONVERSATION, **more: Any) -> Case:
    opened_at = more.pop("opened", None)
    case = new_case(conversation, "web", "es", **more)
    found = await cases.open(replace(case, opened=opened_at or case.opened), 10)
    assert found is not None
    return found


async def notices(state: Any) -> list[dict[str, Any]]:
    return [json.loads(one) for one in await state.lrange(NOTICES, 0, -1)]


def test_a_conversation_has_one_open_case_at_most(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[str, str]:
        return (await opened(cases)).id, (await opened(cases)).id

    first, second = with_cases(stores, work)
    assert first == second


def test_the_urgent_come_first_then_the_oldest(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> list[str]:
        for number, level in enumerate(("none", "urgent", "none", "urgent")):
            await opened(cases, str(number) * 32, level=level, opened=1000.0 + number)
        return [case.conversation[0] for case in await cases.waiting()]

    assert with_cases(stores, work) == ["1", "3", "0", "2"]


def test_the_first_of_each_origin_comes_before_the_second_of_any(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> list[str]:
        for number, origin in enumerate(("many", "many", "many", "one")):
            await opened(
                cases, str(number) * 32, level="urgent", origin=origin, opened=1000.0 + number
            )
        return [case.conversation[0] for case in await cases.waiting()]

    assert with_cases(stores, work) == ["0", "3", "1", "2"]


def test_of_one_origin_only_so_many_wait(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> Case | None:
        for number in range(2):
            await opened(cases, str(number) * 32, origin="many")
        return await cases.open(new_case("9" * 32, "web", "es", origin="many"), 2)

    assert with_cases(stores, work) is None


def test_of_two_operators_who_claim_at_once_one_gets_the_case(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> list[str]:
        case = await opened(cases)
        return list(await asyncio.gather(*(cases.claim(case, who) for who in ("rosa", "luz"))))

    assert sorted(with_cases(stores, work)) == ["active", "ok"]


def test_who_is_claimed_is_told_and_stands_in_the_trail(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[list[Any], list[audit.Deed], audit.Day]:
        await cases.claim(await opened(cases, level="urgent"), "rosa")
        days = await audit.days(state, 1)
        return await notices(state), await audit.trail(state), days[0]

    told, trail, today = with_cases(stores, work)
    assert [one["code"] for one in told] == ["handoff_joined"]
    assert [(deed.what, deed.who) for deed in trail] == [("claimed", "rosa"), ("opened", "")]
    assert today.counts["level:urgent"] == 1
    assert today.mean("waited") is not None


def test_a_closed_case_forgets_whose_it_was(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[str, Case | None, Case | None]:
        case = await opened(cases, origin="an-address")
        await cases.claim(case, "rosa")
        claimed = await cases.get(case.id)
        assert claimed is not None
        moved = await cases.close(claimed, "rosa", "referred")
        return moved, await cases.get(case.id), await cases.of(CONVERSATION)

    moved, closed, of = with_cases(stores, work)
    assert (moved, of) == ("ok", None)
    assert closed is not None
    assert (closed.state, closed.outcome) == ("closed", "referred")
    assert (closed.conversation, closed.origin) == ("", "")


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        (lambda cases, case: cases.close(case, "rosa", "referred"), "waiting"),
        (lambda cases, case: cases.hand_over(case, "rosa"), "waiting"),
        (lambda cases, case: cases.claim(case, "rosa"), "ok"),
        (lambda cases, case: cases.close_waiting(case, "rosa", "not_ours"), "ok"),
    ],
)
def test_a_change_is_possible_from_its_own_state_only(
    stores: Stores, step: Any, answer: str
) -> None:
    async def work(cases: Cases, state: Any) -> str:
        return str(await step(cases, await opened(cases)))

    assert with_cases(stores, work) == answer


def test_what_another_operator_has_cannot_be_closed(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> str:
        case = await opened(cases)
        await cases.claim(case, "rosa")
        return await cases.close(case, "luz", "referred")

    assert with_cases(stores, work) == "other"


def test_a_case_that_is_handed_to_one_waits_for_that_one(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[str, str, str]:
        case = await opened(cases)
        await cases.claim(case, "rosa")
        moved = await cases.hand_over(case, "rosa", to="luz")
        return moved, await cases.claim(case, "ana"), await cases.claim(case, "luz")

    assert with_cases(stores, work) == ("ok", "reserved", "ok")


def test_a_lost_operators_case_goes_back_to_the_queue(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[int, list[Any]]:
        case = await opened(cases)
        await cases.claim(case, "rosa")
        claimed = await cases.get(case.id)
        assert claimed is not None
        await cases.lose_operator(claimed)
        return len(await cases.waiting()), await notices(state)

    waiting, told = with_cases(stores, work)
    assert waiting == 1
    assert told[-1]["code"] == "handoff_lost"


def test_who_refuses_is_known_for_a_day_until_they_ask_again(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[bool, bool]:
        await cases.refuse(await opened(cases))
        refused = await cases.refused_before(CONVERSATION)
        await cases.forget_refusal(CONVERSATION)
        return refused, await cases.refused_before(CONVERSATION)

    assert with_cases(stores, work) == (True, False)


@pytest.mark.parametrize(("claimed", "code"), [(False, "handoff_expired"), (True, "handoff_still")])
def test_what_expires_is_told(stores: Stores, claimed: bool, code: str) -> None:
    async def work(cases: Cases, state: Any) -> str:
        case = await opened(cases)
        if claimed:
            await cases.claim(case, "rosa")
        found = await cases.get(case.id)
        assert found is not None
        await cases.expire(found)
        told = await notices(state)
        assert told[-1]["final"]
        return str(told[-1]["code"])

    assert with_cases(stores, work) == code


def test_a_case_that_waits_becomes_urgent_where_it_is(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[int, int, Case | None]:
        await opened(cases, OTHER, opened=1000.0)
        case = await opened(cases, cues=["debt"], opened=1001.0)
        before = await cases.ahead_of(case.id)
        await cases.raise_level(case, ["violence"])
        return before, await cases.ahead_of(case.id), await cases.get(case.id)

    before, after, case = with_cases(stores, work)
    assert (before, after) == (1, 0)
    assert case is not None
    assert (case.level, case.cues) == ("urgent", ("violence", "debt"))


def test_a_promise_is_taken_back_once(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> list[Any]:
        case = await opened(cases, promised=True)
        await cases.unpromise(case)
        await cases.unpromise(case)
        return await notices(state)

    assert [one["code"] for one in with_cases(stores, work)] == ["handoff_waits_for_nobody"]


def test_a_case_that_has_died_is_not_made_again_by_a_note(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[bool, bool, int]:
        case = await opened(cases)
        there = await cases.note(case.id, touched=time.time())
        gone = await cases.note("0123456789ab", touched=time.time())
        return there, gone, await state.exists(key("case", "0123456789ab"))

    assert with_cases(stores, work) == (True, False, 0)


def test_a_case_of_nobody_that_died_of_age_leaves_the_lists(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[int, int, int]:
        waiting, active = await opened(cases), await opened(cases, OTHER)
        await cases.claim(active, "rosa")
        await state.delete(key("case", waiting.id), key("case", active.id))
        return len(await cases.waiting()), len(await cases.active()), await state.zcard(QUEUE)

    assert with_cases(stores, work) == (0, 0, 0)


def test_a_damaged_case_is_removed_and_hides_no_other(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> list[str]:
        bad, good = await opened(cases), await opened(cases, OTHER)
        await state.hset(key("case", bad.id), "level", "odd")
        found = [case.id for case in await cases.waiting()]
        assert found == [good.id]
        return found

    assert with_cases(stores, work)


def test_a_closed_case_of_many_writes_no_line_of_its_own(stores: Stores) -> None:
    async def work(cases: Cases, state: Any) -> tuple[list[str], dict[str, int]]:
        await cases.close_waiting(await opened(cases), "rosa", "not_ours")
        days = await audit.days(state, 1)
        return [deed.what for deed in await audit.trail(state)], days[0].counts

    trail, counts = with_cases(stores, work)
    assert trail == ["opened"]
    assert counts["outcome:not_ours"] == 1
