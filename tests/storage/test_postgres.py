"""How PostgreSQL is driven: the words of a transaction come together, and nothing is lost of what they mean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa

from storage.db import Database
from storage.errors import StorageBusyError, StorageError
from storage.intake import Intake
from storage.postgres import ServerConnection
from storage.uow import UnitOfWork
from tests.conftest import PLATFORM
from tests.storage.conftest import emptied
from tests.storage.test_facts import TELEGRAM
from tests.storage.test_outbox import NOON, member
from tests.talk import ZHANG, Talk

pytestmark = pytest.mark.postgres


@pytest.fixture
async def server(postgres_shared: str) -> AsyncIterator[Database]:
    """Give a migrated database on the server."""
    database = await emptied(postgres_shared)
    yield database
    await database.close()


@pytest.fixture
def database(server: Database) -> Database:
    """Let a talk be over the server."""
    return server


@pytest.fixture
async def asked(server: Database) -> list[str]:
    """Give what the server is asked from now on, over the connection that is lent next."""
    asked: list[str] = []
    async with server.begin() as uow:
        assert isinstance(uow.connection, ServerConnection)
        uow.connection._driver.add_query_logger(lambda record: asked.append(record.query))
        await _put(uow, "whatever opens the connection")
    async with server.begin() as uow:
        await uow.connection.exec_driver_sql("DELETE FROM timers")
    return asked


async def _keys(database: Database) -> set[str]:
    async with database.read() as uow:
        return {timer.key for timer in await uow.timers.list_due(NOON)}


async def _put(uow: UnitOfWork, key: str) -> None:
    await uow.timers.put(key, "refresh", NOON)


async def _fail(uow: UnitOfWork, key: str) -> None:
    async with uow.savepoint():
        await _put(uow, key)
        raise KeyError(key)


async def test_savepoints_within_and_after_each_other_undo_just_what_failed(server: Database) -> None:
    async with server.begin() as uow:
        async with uow.savepoint():
            await _put(uow, "a")
            with suppress(KeyError):
                await _fail(uow, "b")
            await _put(uow, "c")
        await _put(uow, "after a savepoint")
        with suppress(KeyError):
            async with uow.savepoint():
                async with uow.savepoint():
                    await _put(uow, "kept within, undone without")
                raise KeyError
        with suppress(KeyError):
            await _fail(uow, "d")
    assert await _keys(server) == {"a", "c", "after a savepoint"}


async def _take(uow: UnitOfWork, *update_ids: str) -> Intake:
    return await uow.intake.take(TELEGRAM, update_ids, {"-1"}, {"5"}, NOON)


async def test_what_fails_after_nothing_but_the_intake_is_undone_without_a_savepoint(
    server: Database, asked: list[str]
) -> None:
    async with server.begin() as uow:
        await member(uow)
    async with server.begin() as uow:
        taken = await _take(uow, "u1", "u2")
        asked.clear()
        with suppress(KeyError):
            await _fail(uow, "a")
        with suppress(Exception):  # for which the server undoes everything itself
            async with uow.savepoint():
                await uow.connection.exec_driver_sql("SELECT nothing FROM nowhere")
        async with uow.savepoint():
            await _put(uow, "b")
        with suppress(KeyError):  # undoing that takes more than the intake anew
            await _fail(uow, "c")
    assert taken.fresh == {"u1", "u2"}
    assert await _keys(server) == {"b"}
    assert [words for words in asked if "SAVEPOINT" in words] == ["SAVEPOINT inner_0"]
    async with server.begin() as uow:
        assert (await _take(uow, "u1", "u2", "u3")).fresh == {"u3"}


async def test_what_is_otherwise_when_it_is_asked_anew_ends_the_transaction(server: Database) -> None:
    async with server.begin() as uow:
        zhang = await member(uow)

    async def fail_while_the_name_changes() -> None:
        async with server.begin() as uow:
            await _take(uow, "u1")
            with suppress(KeyError):
                async with uow.savepoint():
                    await _put(uow, "a")
                    async with server.begin() as other:
                        await other.members.change(zhang.id, name="三哥")
                    raise KeyError

    with pytest.raises(StorageBusyError, match="changed"):
        await fail_while_the_name_changes()
    assert await _keys(server) == set()
    async with server.begin() as uow:
        assert (await _take(uow, "u1")).fresh == {"u1"}


async def test_a_command_that_is_refused_alone_or_among_others_is_answered_and_seen(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 右边的按钮太小了")
    alone = talk.taken(talk.message(ZHANG, "/withdraw 99"))
    await talk.take(alone)
    assert len(talk.heard()) == 1
    talk.clock.at += timedelta(minutes=1)
    several = [
        talk.taken(talk.message(ZHANG, text))
        for text in ("/withdraw 98", "#反馈 座椅加热太慢", "/withdraw 97")
    ]
    await talk.take(*several)
    assert len(talk.heard()) == 2
    await talk.take(alone, *several)
    assert talk.heard() == []
    async with talk.database.read() as uow:
        assert len(await uow.feedback.list_after(0, 9)) == 2


async def test_a_savepoint_that_asks_nothing_is_never_told_to_the_server(server: Database) -> None:
    async with server.begin() as uow:
        async with uow.savepoint():
            pass
        with suppress(KeyError):
            async with uow.savepoint():
                raise KeyError
        await _put(uow, "a")
    async with server.begin() as uow, uow.savepoint():
        pass
    assert await _keys(server) == {"a"}


async def test_what_a_failed_statement_made_the_server_undo_does_not_look_done(server: Database) -> None:
    async def go_on_after_an_error() -> None:
        async with server.begin() as uow:
            await _put(uow, "a")
            with suppress(Exception):
                await uow.connection.exec_driver_sql("SELECT nothing FROM nowhere")

    with pytest.raises(StorageError, match="undid"):
        await go_on_after_an_error()
    assert await _keys(server) == set()


async def test_who_only_reads_cannot_write(server: Database) -> None:
    with pytest.raises(StorageBusyError, match="read-only"):
        async with server.read() as uow:
            await _put(uow, "a")
    assert await _keys(server) == set()


async def test_no_question_waits_for_workers_or_a_compiler_to_get_ready(server: Database) -> None:
    for transaction in (server.read(), server.begin()):
        async with transaction as uow:
            assert await uow.connection.scalar(sa.text("SHOW max_parallel_workers_per_gather")) == "0"
            assert await uow.connection.scalar(sa.text("SHOW jit")) == "off"


async def test_a_connection_the_server_closed_is_not_lent_again(server: Database) -> None:
    assert await _keys(server) == set()
    admin = await asyncpg.connect(server.url)
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    await admin.execute(f"SELECT pg_terminate_backend(pid) {others}")
    while await admin.fetchval(f"SELECT count(*) {others}"):
        pass
    await admin.close()
    async with server.begin() as uow:
        await _put(uow, "a")
    assert await _keys(server) == {"a"}


async def test_a_connection_lost_halfway_is_an_outage_and_leaves_nothing(server: Database) -> None:
    async def lose_it() -> None:
        async with server.begin() as uow:
            await _put(uow, "a")
            await uow.connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(StorageBusyError):
        await lose_it()
    async with server.begin() as uow:
        await _put(uow, "b")
    assert await _keys(server) == {"b"}


async def test_an_error_of_a_prepared_statement_does_not_show_the_row(server: Database) -> None:
    with pytest.raises(asyncpg.NotNullViolationError) as caught:
        async with server.begin() as uow:
            await uow.timers.put(None, "secret words", NOON)  # type: ignore[arg-type]
    assert "secret words" not in str(caught.value)


async def test_a_capture_goes_to_the_server_and_back_five_times_nine_from_who_was_never_met(
    server: Database, asked: list[str], talk: Talk
) -> None:
    async def capture(text: str) -> int:
        talk.clock.at += timedelta(minutes=10)
        asked.clear()
        await talk.core.dispatcher(PLATFORM, [talk.taken(talk.message(ZHANG, text))])
        await asyncio.sleep(0)  # the last is told of a moment later
        return len(asked)

    first = await capture("#反馈 右边的按钮太小了")
    second = await capture("#反馈 座椅加热太慢")
    assert (first, second) == (9, 5), asked
    async with server.read() as uow:
        assert [feedback.text for feedback in await uow.feedback.list_after(0, 9)] == [
            "#反馈 右边的按钮太小了",
            "#反馈 座椅加热太慢",
        ]
