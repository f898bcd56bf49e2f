"""A prepared statement says the same to SQLite's driver as it does through SQLAlchemy."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.prepared import Prepared
from storage.repository import Repository, Spread, insert
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
_ADD_MANY = Spread(
    "k:text d:bigint",
    "INSERT INTO timers (key, kind, due, subject, data) SELECT r.k, 'held', r.d, :subject, '{}' FROM {rows}"
    " WHERE true ON CONFLICT (key) DO NOTHING RETURNING key, due",
    _t.c.key,
    _t.c.due,
)


class _Here(Repository):
    fetch = Repository._fetch
    spread = Repository._spread


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


async def test_many_rows_arrive_as_they_were_carried_and_none_as_none(database: Database) -> None:
    keys = ['话题 "7"', "a\\b", "{1,2}", ""]
    rows = [[key, tables.micros(NOON + timedelta(minutes=n))] for n, key in enumerate(keys)]
    async with database.begin() as uow:
        added = await _Here(uow).spread(_ADD_MANY, rows, {"subject": "feedback:1"})
        again = await _Here(uow).spread(_ADD_MANY, rows[:2], {"subject": "feedback:1"})
        none = await _Here(uow).spread(_ADD_MANY, [], {"subject": "feedback:1"})
    assert {row["key"]: row["due"] for row in added} == {
        key: NOON + timedelta(minutes=n) for n, key in enumerate(keys)
    }
    assert (list(again), list(none)) == ([], [])
