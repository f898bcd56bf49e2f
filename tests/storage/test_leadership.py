"""Who leads: one process at a time, and another as soon as the first is gone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from storage.db import Database
from storage.errors import StorageBusyError
from storage.leadership import Leadership


async def test_only_one_leads_and_another_follows_when_it_lets_go(database: Database) -> None:
    other = Database(database.url)
    async with Leadership(database) as first, Leadership(other) as second:
        assert await first.try_take() is True
        assert await second.try_take() is False
        assert (await first.is_ours(), await second.is_ours()) == (True, False)
        await first.release()
        assert await second.try_take() is True
        assert (await first.is_ours(), await second.is_ours()) == (False, True)
    await other.close()


async def test_who_leads_goes_on_leading_however_many_ask_at_once(database: Database) -> None:
    async with Leadership(database) as leadership:
        assert await leadership.try_take() is True
        assert await asyncio.gather(*(leadership.is_ours() for _ in range(5))) == [True] * 5
        assert await leadership.is_ours() is True


class LeavingConnection:
    """A connection whose server goes away between the greeting and the first question."""

    is_closed = False

    async def execute(self, statement: object, parameters: object = None) -> None:
        raise sa.exc.DBAPIError("SELECT", {}, ConnectionResetError(), connection_invalidated=True)

    async def close(self) -> None:
        self.is_closed = True


class LeavingDatabase(Database):
    """A server that goes away whenever somebody wants to lead."""

    def __init__(self) -> None:
        super().__init__("postgresql://nobody@localhost/nothing")
        self.opened = LeavingConnection()

    async def connect(self) -> Any:
        return self.opened


async def test_a_server_that_goes_away_while_the_lead_is_taken_is_busy_not_broken() -> None:
    database = LeavingDatabase()
    with pytest.raises(StorageBusyError):
        await Leadership(database).try_take()
    assert database.opened.is_closed
    await database.close()
