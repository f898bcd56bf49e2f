"""Everything that is kept about one member, as `storage/traces.py` has it. Called by the intent `mydata`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.records import ChatKind, Status
from storage.repository import Repository
from storage.traces import TRACES, Trace

PROFILE = "profile"
COPY_KEY = "mydata:"
"""How the key of a Delivery begins that holds somebody's export."""

SECTIONS = (PROFILE, *(trace.section for trace in TRACES if trace.section))
_TOLD = frozenset(
    str(status)
    for status in (Status.ANSWERED, Status.PLANNED, Status.IN_PROGRESS, Status.RESOLVED, Status.DECLINED)
)
_BY_GROUP = frozenset({"acquaintances", "activity"})  # busy tables whose keys begin with the group
_IS_GROUP = tables.chats.c.kind == sa.literal_column(
    f"'{ChatKind.GROUP}'"
)  # spelt out, as its index wants it
_OWN_ROW = frozenset({"id", "home_chat_id"})

Row = dict[str, Any]


class MydataRepository(Repository):
    """One member's rows of every table."""

    async def collect(self, member_id: int) -> dict[str, list[Row]]:
        """Return what is kept about a member by section, with no other person's name or number in it.

        **Shape**: values are JSON's own; moments are ISO 8601 in UTC; empty sections are left out.
        """
        member = await self._one(sa.select(tables.members).where(tables.members.c.id == member_id))
        if member is None:
            return {}
        places = await self._places()
        profile = {key: value for key, value in member.items() if key not in _OWN_ROW}
        profile["home_group"] = places.get(member["home_chat_id"])
        found = {PROFILE: [_plain(profile)]}
        for trace in TRACES:
            rows = await self._rows(trace, member_id) if trace.section else []
            if rows:
                found[trace.section] = [_plain(_shown(trace, row, member_id, places)) for row in rows]
        return await self._with_rituals(found)

    async def _rows(self, trace: Trace, member_id: int) -> list[sa.RowMapping]:
        table = tables.metadata.tables[trace.table]
        return await self._all(
            sa.select(table).where(whose(trace, member_id)).order_by(*table.primary_key.columns)
        )

    async def _places(self) -> dict[int, str]:
        """Return what each group is called; a private chat is called nothing."""
        c = tables.chats
        rows = await self._all(sa.select(c.c.id, c.c.title).where(_IS_GROUP))
        return {row["id"]: row["title"] for row in rows}

    async def _with_rituals(self, found: dict[str, list[Row]]) -> dict[str, list[Row]]:
        """Say what was asked and chosen instead of the number of a ritual's occurrence."""
        r = tables.runs
        rows = [row for section in found.values() for row in section if "run_id" in row]
        ids = {row["run_id"] for row in rows}
        query = sa.select(r.c.id, r.c.ritual, r.c.day, r.c.data).where(r.c.id.in_(ids))
        runs = {run["id"]: run for run in await self._all(query)} if ids else {}
        for row in rows:
            run = runs[row.pop("run_id")]
            row |= {"ritual": run["ritual"], "day": run["day"].isoformat()}
            if "choices" in row:
                options = run["data"].get("options", [])
                row["question"] = run["data"].get("question", "")
                row["choices"] = [options[each] for each in row["choices"] if each < len(options)]
        return found


def whose(trace: Trace, member_id: int) -> sa.ColumnElement[bool]:
    """Return the condition under which a row of a trace is a member's own."""
    table = tables.metadata.tables[trace.table]
    column = table.c[trace.key]
    feedback = tables.feedback
    if column.references(feedback.c.id):
        own = sa.select(feedback.c.id).where(feedback.c.contributor_id == member_id)
        return column.in_(own)
    if trace.table in _BY_GROUP:
        groups = sa.select(tables.chats.c.id).where(_IS_GROUP)
        return sa.and_(table.c.chat_id.in_(groups), column == member_id)
    return column == member_id


def _shown(trace: Trace, row: sa.RowMapping, member_id: int, places: Mapping[int, str]) -> Row:
    table = tables.metadata.tables[trace.table]
    shown: Row = {}
    for column in table.columns:
        refers = {key.column.table.name for key in column.foreign_keys}
        if column.name in trace.hidden or "members" in refers:
            continue
        if "chats" in refers:
            shown["group"] = places.get(row[column.name])
        elif "feedback" in refers:
            shown["feedback"] = row[column.name]
        else:
            shown[column.name] = row[column.name]
    if trace.table == tables.changes.name and not (row["after"] in _TOLD or row["by_id"] == member_id):
        shown.pop("note")  # among staff; what a member is told of goes with these statuses
    return shown


def _plain(row: Row) -> Row:
    return {
        key: value.isoformat() if isinstance(value, datetime | date) else value for key, value in row.items()
    }
