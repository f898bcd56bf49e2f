"""What is an outage, to be tried again, and what a mistake of ours, to be told (storage/outages.py)."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from storage.db import Database
from storage.errors import StorageBusyError
from storage.outages import busy_while_away, is_outage


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    return error


async def test_a_mistake_in_a_statement_is_no_outage_and_spoils_only_its_savepoint(
    database: Database,
) -> None:
    async with database.begin() as uow:
        with pytest.raises(sa.exc.DBAPIError):
            async with uow.savepoint():
                await uow.connection.exec_driver_sql("SELECT nothing FROM nowhere")
        await uow.audit.remember("after", "1")
    async with database.read() as uow:
        assert await uow.audit.recall("after") == "1"


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR | (3 << 8), sqlite3.SQLITE_BUSY])
def test_a_disk_that_is_full_broken_or_taken_is_an_outage(code: int) -> None:
    assert is_outage(sa.exc.OperationalError("INSERT", {}, sqlite_error(code)))


def test_an_outage_shows_through_the_failure_to_undo_what_it_broke_off() -> None:
    undoing = sa.exc.OperationalError("ROLLBACK TO", {}, sqlite_error(sqlite3.SQLITE_ERROR))
    undoing.__context__ = sa.exc.OperationalError("INSERT", {}, sqlite_error(sqlite3.SQLITE_FULL))
    with pytest.raises(StorageBusyError), busy_while_away():
        raise undoing
