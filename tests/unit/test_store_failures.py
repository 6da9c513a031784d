"""What a failure of a store means: everybody's, or one record's; and when a call is made again."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any
from unittest.mock import patch

import pytest
import redis.asyncio
from redis.asyncio.client import Pipeline, PubSub
from redis.asyncio.lock import Lock
from redis.commands.core import AsyncScript
from redis.exceptions import (
    BusyLoadingError,
    ConnectionError,  # noqa: A004 - Redis' own
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,  # noqa: A004 - Redis' own
)

from bot.rasa_adapter.assistant import ActionFailed
from bot.stores import records, store
from bot.stores.client import (
    Health,
    RetryingClient,
    RetryingPipeline,
    StoreDown,
    client,
    unreachable,
)

WRONG_TYPE = ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value")


@pytest.mark.parametrize(
    "error",
    [
        ConnectionError(),
        TimeoutError(),
        BusyLoadingError(),
        ReadOnlyError(),
        OutOfMemoryError(),
        ResponseError("MISCONF errors writing to disk"),
        StoreDown(),
    ],
)
def test_a_server_that_cannot_be_used_is_no_damaged_record(error: Exception) -> None:
    failed = ActionFailed("action_urgent")
    failed.__cause__ = error
    assert unreachable(error)
    assert unreachable(failed)
    assert not records.damaged(error)


@pytest.mark.parametrize("error", [WRONG_TYPE, ValueError(), KeyError("x"), TypeError()])
def test_a_damaged_record_is_no_server_that_cannot_be_used(error: Exception) -> None:
    assert not unreachable(error)
    assert records.damaged(error)


class OneRecord:
    """A store with one record, which fails as often as it is told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0
        self.deleted: list[str] = []

    async def get(self, name: str) -> bytes:
        del name
        return self._answer()

    async def set(self, name: str, value: str, ex: int) -> bytes:
        del name, value, ex
        return self._answer()

    async def delete(self, name: str) -> None:
        self.deleted.append(name)

    def _answer(self) -> bytes:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return b"7"


def read(store: OneRecord, *, keep: bool = False) -> int:
    return asyncio.run(records.read(store, "case:1", store.get("case:1"), int, 0, keep=keep))


def test_a_damaged_record_is_taken_for_absent_and_removed() -> None:
    store = OneRecord(WRONG_TYPE)
    assert read(store) == 0
    assert store.deleted == ["case:1"]
    assert read(store) == 7


def test_an_account_that_cannot_be_read_stays_for_an_administrator() -> None:
    store = OneRecord(WRONG_TYPE)
    assert read(store, keep=True) == 0
    assert store.deleted == []


def test_a_record_is_never_removed_since_the_server_is_away() -> None:
    store = OneRecord(TimeoutError())
    with pytest.raises(TimeoutError):
        read(store)
    assert store.deleted == []


def test_one_caller_probes_and_the_others_rest_until_it_is_answered() -> None:
    store = OneRecord(ConnectionError(), TimeoutError())

    async def run() -> None:
        health = Health(store)
        assert not health.down
        for _ in range(5):
            health.failed()
        assert health.down
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait_for(asyncio.gather(*others), 10)  # type: ignore[arg-type]
        assert not health.down

    asyncio.run(run())
    assert store.calls == 3


@pytest.mark.parametrize(("failure", "calls"), [(ConnectionError(), 2), (TimeoutError(), 1)])
def test_a_call_is_made_once_more_on_a_fresh_connection_but_never_after_a_wait(
    failure: Exception, calls: int
) -> None:
    made: list[str] = []

    async def call(self: Any, *arguments: Any, **options: Any) -> str:
        del self, options
        made.append(arguments[0])
        if len(made) == 1:
            raise failure
        return "done"

    async def run() -> None:
        store = client("redis://127.0.0.1:1")
        with patch.object(redis.asyncio.Redis, "execute_command", call):
            if calls == 1:
                with pytest.raises(TimeoutError):
                    await store.get("x")
            else:
                assert await store.get("x") == "done"

    asyncio.run(run())
    assert len(made) == calls


def test_a_pipeline_is_sent_again_with_all_its_commands() -> None:
    sent: list[int] = []

    async def send(self: Any, raise_on_error: bool = True) -> list[str]:
        del raise_on_error
        sent.append(len(self.command_stack))
        self.command_stack = []
        if len(sent) == 1:
            raise ConnectionError
        return ["done"]

    async def run() -> None:
        pipeline = client("redis://127.0.0.1:1").pipeline(transaction=True)
        pipeline.incr("x")
        pipeline.expire("x", 1)
        with patch.object(Pipeline, "execute", send):
            assert await pipeline.execute() == ["done"]

    asyncio.run(run())
    assert sent == [2, 2]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (store.Store, RetryingClient),
        (store.Pipeline, RetryingPipeline),
        (store.Script, AsyncScript),
        (store.Subscription, PubSub),
        (store.Lock, Lock),
    ],
)
def test_redis_has_the_commands_that_are_asked_of_a_store(asked: type, given: type) -> None:
    commands = {
        name: function
        for name, function in vars(asked).items()
        if inspect.isfunction(function) and name not in ("__init__", "__subclasshook__")
    }
    assert commands
    for name, function in commands.items():
        taken = inspect.signature(getattr(given, name)).parameters
        if any(one.kind is one.VAR_KEYWORD for one in taken.values()):
            continue  # it hands them on
        named = [
            one.name
            for one in inspect.signature(function).parameters.values()
            if one.kind is one.KEYWORD_ONLY
        ]
        assert set(named) <= set(taken), name
