"""No table can be forgotten: each says what it keeps of a member, and each is tried with rows of its own."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.modes import FORMER
from storage.mydata import PROFILE
from storage.records import Member, Platform
from storage.traces import TRACES, WITHOUT, Fate
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, group

ALL = tables.metadata.tables
PERSONAL = frozenset({"members", "feedback"})
OTHER = "小雨的名字"
EXPORTED = {trace.table for trace in TRACES if trace.section}
SWEPT_TEXTS = {"audit.detail", "notes.text"}
HARMLESS = frozenset({
    "feedback.tag", "feedback.feedback_class", "feedback.status", "feedback.mode", "changes.before", "changes.after",
    "verdicts.verdict", "consents.purpose", "consents.subject", "consents.scope", "cases.state", "cases.post_key",
    "case_lines.text", "resonances.facet", "resonances.answer", "trials.state", "trials.verdict", "changes.note",
})  # fmt: skip
"""Text of rows that stay, which holds no words of a member: what a status is, what staff wrote for everybody."""


NUMBERS = {"external_id", "file_id", "beta_id", "topic_id", "through_topic_id"}
"""Numbers an export may hold: the member's own and those of things, never another person's."""


def refers(table: sa.Table) -> dict[str, str]:
    """Return which columns refer to members or feedback, and to which."""
    found = {
        column.name: key.column.table.name
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in PERSONAL
    }
    if table.name == "members":
        return {}
    return found


def test_every_table_says_what_it_keeps_of_a_member() -> None:
    spoken = {trace.table for trace in TRACES} | set(WITHOUT)
    assert set(ALL) - spoken == set(), "say in storage/traces.py what becomes of it on /mydata and /forget"
    assert spoken - set(ALL) == set()


def test_every_column_that_refers_to_a_member_or_a_voice_is_decided_upon() -> None:
    columns = {f"{table.name}.{column}" for table in ALL.values() for column in refers(table)}
    decided = {trace.column for trace in TRACES}
    spoken_of = {column for column in columns if column.partition(".")[0] in WITHOUT}
    assert columns - decided - spoken_of == set(), "say in storage/traces.py what it means to them"
    assert decided - columns == set()


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.column)
def test_what_is_not_exported_has_a_reason_and_what_is_named_exists(trace: Any) -> None:
    assert bool(trace.section) != bool(trace.why)
    named = {*trace.words, *trace.blanks, *trace.days, *trace.renamed, *trace.hidden}
    assert named <= set(ALL[trace.table].columns.keys())


@pytest.mark.parametrize("table", [t for t in ALL if t not in WITHOUT])
def test_text_that_stays_is_either_emptied_or_nobodys_words(table: str) -> None:
    own = [trace for trace in TRACES if trace.table == table and trace.section]
    if not own or any(trace.fate is Fate.DROPPED for trace in own) or table == "deliveries":
        return
    gone = {
        name
        for trace in TRACES
        if trace.table == table
        for name in (*trace.words, *trace.blanks, *trace.renamed)
    }
    left = {
        f"{table}.{c.name}" for c in ALL[table].columns if isinstance(c.type, sa.Text) and c.name not in gone
    }
    assert left - HARMLESS == set()


async def somebody(uow: UnitOfWork, external_id: str, name: str) -> Member:
    """Store a member of whom every table has a row."""
    met = (await uow.members.meet(Platform.TELEGRAM, [(external_id, name, f"user{external_id}")], NOON))[
        external_id
    ]
    await uow.members.change(met.id, salutation=f"{name}哥", city=f"{name}城")
    keys: dict[str, int] = {"members": met.id, "chats": (await group(uow)).id}
    for table in tables.metadata.sorted_tables:
        if table.name in ("members", "chats") or (table.name in WITHOUT and table.name != "runs"):
            continue
        values = {c.name: _value(c, keys, name) for c in table.columns if not _counts_itself(c)}
        row = await uow.connection.execute(sa.insert(table).values(values))
        if row.inserted_primary_key is not None and "id" in table.c:
            keys[table.name] = row.inserted_primary_key[0]
    return met


def _counts_itself(column: sa.Column[Any]) -> bool:
    return bool(column.primary_key and column.autoincrement is True)


def _value(column: sa.Column[Any], keys: dict[str, int], name: str) -> Any:
    for key in column.foreign_keys:
        return keys.get(key.column.table.name)
    if isinstance(column.type, tables.Moment):
        return NOON if not column.nullable else None
    if isinstance(column.type, sa.Date):
        return date(2026, 10, 12)
    if isinstance(column.type, sa.JSON):
        return {"options": [], "question": "?"} if column.table.name == "runs" else []
    if isinstance(column.type, sa.LargeBinary):
        return bytes(48)
    if isinstance(column.type, sa.Boolean):
        return False
    if isinstance(column.type, sa.Integer):
        return 1
    if column.table.name == "deliveries":
        return {"content": '{"text":["' + name + '"]}', "state": "sent", "kind": "post"}.get(
            column.name, f"{column.name}{keys['members']}"
        )
    named = column.table.name in EXPORTED or f"{column.table.name}.{column.name}" in SWEPT_TEXTS
    return f"{column.name} {name if named else keys['members']}"


async def test_everything_of_a_member_is_in_the_export_and_nothing_of_others(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await somebody(uow, "77501", "张哥的名字")
        await somebody(uow, "77502", OTHER)
        found = await uow.mydata.collect(zhang.id)
    assert set(found) == {PROFILE, *(trace.section for trace in TRACES if trace.section)}
    written = repr(found)
    assert OTHER not in written
    assert "77502" not in written
    names = {name for rows in found.values() for row in rows for name in row if name.endswith("_id")}
    assert names <= NUMBERS


@pytest.mark.parametrize("deletes", [True, False])
async def test_forgetting_leaves_no_trace_but_counts(database: Database, *, deletes: bool) -> None:
    async with database.begin() as uow:
        zhang = await somebody(uow, "77501", "张哥的名字")
        yu = await somebody(uow, "77502", OTHER)
        before, others = await counted(uow), await uow.mydata.collect(yu.id)
        needles = await uow.forgetting.forget(zhang, name="前成员", deletes=deletes, now=NOON)
        for table, last in (await uow.rewording.last_rows()).items():
            after: int | None = 0
            while after is not None:
                after = await uow.rewording.reword(table, after, last, needles)
        left = await counted(uow)
        former = await uow.members.get(zhang.id)
        assert await uow.mydata.collect(yu.id) == others
        found = await holding(uow, ("张哥的名字", "77501"))
    assert former.is_former
    assert (former.name, former.username, former.salutation) == ("前成员", "", "")
    assert former.external_id.startswith(FORMER)
    dropped = {trace.table for trace in TRACES if trace.fate is Fate.DROPPED}
    assert left == {table: rows // 2 if table in dropped else rows for table, rows in before.items()}
    allowed = set(HARMLESS) if deletes else HARMLESS | {f"{t.table}.{w}" for t in TRACES for w in t.words}
    assert found - allowed == set()


async def counted(uow: UnitOfWork) -> Counter[str]:
    """Count the rows of each table that keeps something of a member."""
    sizes = {
        trace.table: sa.select(sa.func.count())
        .select_from(ALL[trace.table])
        .scalar_subquery()
        .label(trace.table)
        for trace in TRACES
    }
    return Counter(dict((await uow.connection.execute(sa.select(*sizes.values()))).mappings().one()))


async def holding(uow: UnitOfWork, words: tuple[str, ...]) -> set[str]:
    """Return the columns in which one of these words stands anywhere in the database."""
    found = set()
    for table in ALL.values():
        for row in (await uow.connection.execute(sa.select(table))).mappings():
            found |= {
                f"{table.name}.{name}" for name, value in row.items() if any(w in str(value) for w in words)
            }
    return found
