"""A prepared statement says the same to SQLite's driver as it does through SQLAlchemy."""

from __future__ import annotations

import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.prepared import Prepared
from storage.repository import Repository, insert
from storage.timers import TimerRepository
from tests.storage.test_outbox import NOON

_t = tables.timers
_ADD = Prepared(
    lambda is_postgres: insert(_t, is_postgres=is_postgres).returning(*_t.c),
    keys=("key", "kind", "due", "subject", "data"),
    returned=[*_t.c],
)
_FIND = Prepared(
    lambda _: sa.select(*_t.c).where(_t.c.key == sa.bindparam("key"), _t.c.kind == "held"),
    returned=[*_t.c],
)


class _Here(Repository):
    fetch = Repository._fetch


async def test_moments_json_and_nulls_come_back_as_they_went_in(database: Database) -> None:
    values = {
        "key": "k",
        "kind": "held",
        "due": NOON,
        "subject": "feedback:1",
        "data": {"面": ["按钮", 1, None]},
    }
    async with database.begin() as uow:
        (added,) = await _Here(uow).fetch(_ADD, values)
        (found,) = await _Here(uow).fetch(_FIND, {"key": "k"})
        (timer,) = await TimerRepository(uow).list_due(NOON)
    for row in (added, found):
        assert {name: row[name] for name in values} == values
        assert row["fired_at"] is None
    assert (timer.due, timer.data) == (NOON, values["data"])


async def test_a_constant_of_the_statement_need_not_be_given(database: Database) -> None:
    async with database.begin() as uow:
        await uow.timers.put("k", "refresh", NOON)
        assert list(await _Here(uow).fetch(_FIND, {"key": "k"})) == []
