"""The database: atomic, in turn, migrated once, and never touched when it is newer than we are."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.errors import NewerDatabaseError, StorageBusyError
from storage.migrations import HEAD, migrate
from storage.records import Platform
from storage.uow import UnitOfWork
from tests.fakes import at

NOW = at("2026-10-12 02:00")


async def _remember(uow: UnitOfWork, key: str, value: str) -> None:
    await uow.audit.remember(key, value)


async def test_what_a_transaction_wrote_lands_at_once_or_not_at_all(database: Database) -> None:

    async def fail() -> None:
        async with database.begin() as uow:
            await _remember(uow, "a", "1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read() as uow:
        assert await uow.audit.recall("a") is None


async def test_a_savepoint_undoes_only_what_happened_inside(database: Database) -> None:
    async with database.begin() as uow:
        await _remember(uow, "a", "1")
        with suppress(RuntimeError):
            async with uow.savepoint():
                await _remember(uow, "b", "2")
                raise RuntimeError
    async with database.read() as uow:
        assert (await uow.audit.recall("a"), await uow.audit.recall("b")) == ("1", None)


async def test_three_hundred_read_then_write_transactions_side_by_side_lose_nothing(
    database: Database,
) -> None:
    async with database.begin() as uow:
        await _remember(uow, "counter", "0")

    async def add() -> None:
        for _ in range(30):
            async with database.begin() as uow:
                if (
                    uow.connection.dialect.name == "postgresql"
                ):  # rows are locked there, the whole file on SQLite
                    await uow.connection.execute(
                        sa.text("SELECT 1 FROM meta WHERE key = 'counter' FOR UPDATE")
                    )
                await _remember(uow, "counter", str(int(await uow.audit.recall("counter") or 0) + 1))

    await asyncio.gather(*(add() for _ in range(10)))
    async with database.read() as uow:
        assert await uow.audit.recall("counter") == "300"


async def test_whoever_reads_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    async with database.begin() as uow:
        await _remember(uow, "a", "before")
    async with database.read() as reader:
        assert await reader.audit.recall("a") == "before"
        async with database.begin() as uow:
            await _remember(uow, "a", "after")
        assert await reader.audit.recall("a") == "before"
    async with database.read() as reader:
        assert await reader.audit.recall("a") == "after"


async def test_listeners_hear_what_was_written_only_after_the_commit(database: Database) -> None:
    heard: list[frozenset[str]] = []
    database.on_commit(heard.append)
    async with database.begin() as uow:
        await uow.timers.put("t", "refresh", NOW)
        assert heard == []
    assert heard == [frozenset({"timers"})]


async def test_migrating_twice_or_from_two_processes_at_once_is_harmless(empty: Database) -> None:
    other = Database(empty.url)
    await asyncio.gather(migrate(empty), migrate(other))
    await other.close()
    await migrate(empty)
    async with empty.read() as uow:
        assert await uow.audit.recall("anything") is None


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(database: Database) -> None:
    async with database.begin() as uow:
        await uow.connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError, match="9999"):
        await migrate(database)
    async with database.read() as uow:
        assert (
            await uow.connection.execute(sa.text("SELECT version_num FROM alembic_version"))
        ).scalar() == "9999"


async def test_the_migrated_schema_is_the_one_the_tables_say(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, tables.metadata))

    async with database.read() as uow:
        assert await uow.connection.run_sync(differences) == []


def test_the_head_named_in_the_code_is_the_head_of_the_migrations() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "storage/migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_a_locked_sqlite_file_is_busy_not_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.WAIT_FOR_LOCK_SECONDS", 0.05)
    database = Database(f"sqlite:///{tmp_path}/huixiang.db")
    await migrate(database)
    with closing(sqlite3.connect(tmp_path / "huixiang.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusyError):
            async with database.begin() as uow:
                await _remember(uow, "a", "1")
        other.rollback()
        async with database.begin() as uow:
            await _remember(uow, "a", "1")
    await database.close()


async def test_who_is_cancelled_while_the_file_is_locked_holds_up_nobody(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    await migrate(database)

    async def write() -> None:
        async with database.begin() as uow:
            await uow.audit.remember("a", "1")

    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(write())
        longest, before = 0.0, time.monotonic()
        asyncio.get_running_loop().call_later(0.1, waiting.cancel)
        asyncio.get_running_loop().call_later(0.3, other.rollback)
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=0.01)
            longest, before = max(longest, time.monotonic() - before), time.monotonic()
    assert waiting.cancelled()
    assert longest < 0.2, "the loop stood still"
    await write()
    await database.close()


async def test_a_full_disk_is_busy_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/huixiang.db")
    await migrate(database)
    async with database.begin() as uow:
        pages = (await uow.connection.execute(sa.text("PRAGMA page_count"))).scalar()
        await uow.connection.execute(sa.text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StorageBusyError, match="full"):
        async with database.begin() as uow:
            await _remember(uow, "a", "x" * 100_000)
    async with database.begin() as uow:
        await uow.connection.execute(sa.text("PRAGMA max_page_count = 1000000"))
        assert await uow.audit.recall("a") is None
        await _remember(uow, "a", "1")
    await database.close()


async def test_readers_cannot_write_and_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/huixiang.db")
    await migrate(database)
    async with database.begin() as writing:
        await _remember(writing, "a", "1")
        async with database.read() as reading:
            assert await reading.audit.recall("a") is None
    with pytest.raises(StorageBusyError):
        async with database.read() as reading:
            await _remember(reading, "a", "2")
    await database.close()


async def test_a_backup_is_a_consistent_copy_made_while_in_use(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/huixiang.db")
    await migrate(database)
    async with database.begin() as uow:
        await _remember(uow, "a", "1")
    async with database.begin() as writing:
        await _remember(writing, "b", "2")
        await database.backup(tmp_path / "copy.db")
    copy = Database(f"sqlite:///{tmp_path}/copy.db")
    async with copy.read() as uow:
        assert (await uow.audit.recall("a"), await uow.audit.recall("b")) == ("1", None)
    await copy.close()
    await database.close()


async def test_an_error_of_the_database_never_shows_what_is_stored(database: Database) -> None:
    with pytest.raises(Exception, match=r"quarantine|NOT NULL|null") as caught:
        async with database.begin() as uow:
            await uow.updates.add_quarantined(Platform.TELEGRAM, "secret words", None, None)  # type: ignore[arg-type]

    assert "secret words" not in str(caught.value)


async def test_what_an_older_version_wrote_is_kept_by_an_upgrade(empty: Database) -> None:
    from alembic import command
    from alembic.config import Config

    def to_second(connection: sa.Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "storage/migrations")
        command.upgrade(config, "0002")

    async with empty.begin() as uow:
        await uow.connection.run_sync(to_second)
        await uow.connection.exec_driver_sql(
            "INSERT INTO chats (id, platform, external_id, rituals) VALUES (1, 'telegram', '-1', '[]')"
        )
        await uow.connection.exec_driver_sql(
            "INSERT INTO members (id, platform, external_id, name, first_seen_at)"
            " VALUES (1, 'telegram', '5', '张哥', 0)"
        )
        await uow.connection.exec_driver_sql(
            "INSERT INTO feedback (id, chat_id, contributor_id, captured_by_id, message_id, text, feedback_class,"
            " status, review_due, created_at, updated_at)"
            " VALUES (1, 1, 1, 1, '7', '按钮太小', 'suggestion', 'received', 0, 0, 0)"
        )
    await migrate(empty)
    async with empty.begin() as uow:
        feedback = await uow.feedback.get(1)
        member = await uow.members.get(1)
    assert (feedback.text, feedback.is_open_voice, feedback.topic_id) == ("按钮太小", True, None)
    assert (member.name, member.is_honoured) == ("张哥", True)
