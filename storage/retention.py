"""How long what is kept; removed some rows at a time, so that nobody who wants to write waits long.

Called by the timer `retention` (rituals/retention.py), which the clock puts once a day.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.cases import CaseState
from storage.messages import Message, encode
from storage.mydata import COPY_KEY
from storage.promises import DeliveryKind, DeliveryState
from storage.records import CLOSED, Status
from storage.repository import Repository, ids_as_json
from storage.stories import StoryState
from storage.traces import TRACES, Fate

ROWS_A_STEP = 200
MEMBERS_A_STEP = 200
_FEEDBACK_A_STEP = 200

LEAST_UPDATES = timedelta(days=8)
"""Seen marks any younger may be asked for again: no platform offers an Update later than after a week."""

_SETTLED = tuple(map(str, (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNKNOWN)))
_UNDER_WAY = tuple(map(str, (DeliveryState.PENDING, DeliveryState.WAITING, DeliveryState.SENDING)))
_OVER = tuple(map(str, (*CLOSED, Status.UNCONFIRMED)))
_NOTHING = encode(Message(text=("…",)))
_d = tables.deliveries
_f = tables.feedback


class Kept(enum.StrEnum):
    """What is kept for a time; a key of `[retention]` each."""

    CLOSED_FEEDBACK = "closed_feedback"  # words and files of what is closed; that it was, and how, stays
    DELIVERIES = "deliveries"  # what was sent, apart from what can still change or be taken back
    ACTIVITY = "activity"  # how many messages a day
    AUDIT = "audit"
    UPDATES = "updates"  # numbers of what was seen
    QUARANTINE = "quarantine"  # what could not be read
    TIMERS = "timers"  # that something was looked at
    DRAFTS = "drafts"  # that staff asked for a draft; its words were only ever in their chat


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long each is kept; None: for ever."""

    closed_feedback: timedelta | None = None
    deliveries: timedelta | None = timedelta(days=90)
    activity: timedelta | None = timedelta(days=400)
    audit: timedelta | None = None
    updates: timedelta | None = timedelta(days=14)
    quarantine: timedelta | None = timedelta(days=30)
    timers: timedelta | None = timedelta(days=30)
    drafts: timedelta | None = timedelta(days=30)

    def period(self, kept: Kept) -> timedelta | None:
        """Return how long something is kept, None for ever."""
        found: timedelta | None = getattr(self, kept.value)
        return found


Cursor = list[Any] | None
"""Where to go on; None: from the beginning, and at the end that nothing is left."""


class RetentionRepository(Repository):
    """Queries that remove what is too old, a small batch each."""

    async def sweep(self, kept: Kept, before: datetime, cursor: Cursor) -> Cursor:
        """Look at the next rows and remove those from before a moment; return where to go on, None at the end."""
        return await _SWEEPS[kept](self, before, cursor)

    async def empty_copies(self, before: datetime) -> None:
        """Empty the exports that members were sent: everything is kept once, not twice."""
        is_copy = sa.and_(_d.c.key >= COPY_KEY, _d.c.key < COPY_KEY + "\uffff")
        await self._run(
            sa.update(_d)
            .where(is_copy, _d.c.state.in_(_SETTLED), _d.c.created_at < before, _d.c.content != _NOTHING)
            .values(content=_NOTHING)
        )

    async def sweep_deliveries(self, before: datetime, cursor: Cursor) -> Cursor:
        """Remove what was sent or given up, unless somebody may still want it edited or taken back."""
        window = await self._window(_d, _d.c.created_at, before, cursor)
        if window is None:
            return None
        ids, is_last = window
        child = _d.alias()
        s, c = tables.stories, tables.cases
        told = sa.exists().where(s.c.post_key == _d.c.key, s.c.state == str(StoryState.PUBLISHED))
        watched = sa.exists().where(c.c.post_key == _d.c.key, c.c.state == str(CaseState.OPEN))
        rows = await self._all(
            sa.select(_d.c.id, _d.c.kind, _d.c.subject).where(
                _d.c.id.in_(ids), _d.c.state.in_(_SETTLED), _d.c.created_at < before,
                ~sa.exists().where(child.c.of_id == _d.c.id),
                ~sa.and_(
                    _d.c.kind == str(DeliveryKind.POST), sa.or_(told, watched, _d.c.subject.startswith("topic:"))
                ),
            )
        )  # fmt: skip
        posts = {row["id"]: row["subject"] for row in rows if row["kind"] == str(DeliveryKind.POST)}
        needed = await self._about_open(posts)
        gone = [row["id"] for row in rows if row["id"] not in needed]
        await self._uow.letters.let_go(_d.c.id.in_(gone))
        await self._run(sa.delete(_d).where(_d.c.id.in_(gone)))
        return None if is_last else [ids[-1]]

    async def _about_open(self, subjects: Mapping[int, str]) -> set[int]:
        """Return which of these, by their subjects, are about feedback that is not over."""
        numbers = {
            key: int(subject.removeprefix("feedback:"))
            for key, subject in subjects.items()
            if subject.removeprefix("feedback:").isdecimal()
        }
        rows = await self._all(
            sa.select(_f.c.id).where(self._among(_f.c.id), _f.c.status.not_in(_OVER)),
            {"rows": ids_as_json(set(numbers.values()))},
        )
        open_ones = {row["id"] for row in rows}
        return {key for key, number in numbers.items() if number in open_ones}

    async def sweep_closed(self, before: datetime, cursor: Cursor) -> Cursor:
        """Empty what was closed long ago: words, files and notes go; that it was, and how it ended, stays."""
        after = int(cursor[0]) if cursor else 0
        rows = await self._all(
            sa.select(_f.c.id).where(_f.c.id > after).order_by(_f.c.id).limit(_FEEDBACK_A_STEP)
        )
        if not rows:
            return None
        last = rows[-1]["id"]
        subject = sa.literal("feedback:") + sa.cast(_f.c.id, sa.Text)
        t, a = tables.timers, tables.attachments
        found = await self._all(
            sa.select(_f.c.id).where(
                _f.c.id > after, _f.c.id <= last, _f.c.status.in_(_OVER), _f.c.updated_at < before,
                sa.or_(_f.c.text != "", sa.exists().where(a.c.feedback_id == _f.c.id)),
                ~sa.exists().where(_d.c.subject == subject, _d.c.state.in_(_UNDER_WAY)),
                ~sa.exists().where(t.c.subject == subject, t.c.fired_at.is_(None)),
            )
        )  # fmt: skip
        if found:
            await self._empty([row["id"] for row in found])
        return [last]

    async def _empty(self, ids: list[int]) -> None:
        for trace in TRACES:
            table = tables.metadata.tables[trace.table]
            column = table.c[trace.key]
            if table is _f or not column.references(_f.c.id):
                continue
            if trace.fate is Fate.DROPPED:
                await self._run(sa.delete(table).where(column.in_(ids)))
            elif trace.words:
                await self._run(
                    sa.update(table).where(column.in_(ids)).values(dict.fromkeys(trace.words, ""))
                )
        await self._run(sa.update(_f).where(_f.c.id.in_(ids)).values(text="", link="", album=""))
        for table in (tables.changes, tables.verdicts):
            await self._run(sa.update(table).where(table.c.feedback_id.in_(ids)).values(note=""))
        words = tables.feedback_words
        await self._run(sa.update(words).where(words.c.feedback_id.in_(ids)).values(is_stale=True))
        self._uow.written.add("feedback")

    async def sweep_activity(self, before: datetime, cursor: Cursor) -> Cursor:
        """Remove day counts of the next members of the next group."""
        q, t = tables.acquaintances, tables.activity
        pair = sa.tuple_(q.c.chat_id, q.c.member_id)
        after = cursor or [0, 0]
        rows = await self._all(
            sa.select(q.c.chat_id, q.c.member_id)
            .where(pair > sa.tuple_(sa.literal(int(after[0])), sa.literal(int(after[1]))))
            .order_by(q.c.chat_id, q.c.member_id)
            .limit(MEMBERS_A_STEP)
        )
        removed = 0
        for chat_id in dict.fromkeys(row["chat_id"] for row in rows):
            members = [row["member_id"] for row in rows if row["chat_id"] == chat_id]
            old = sa.select(t.c.chat_id, t.c.member_id, t.c.day).where(
                t.c.chat_id == chat_id, t.c.member_id.in_(members), t.c.day < before.date()
            )
            some = old.limit(max(ROWS_A_STEP - removed, 0))
            key = sa.tuple_(t.c.chat_id, t.c.member_id, t.c.day)
            removed += await self._run(sa.delete(t).where(key.in_(some)))
        if removed >= ROWS_A_STEP:
            return after  # these members have more
        return [rows[-1]["chat_id"], rows[-1]["member_id"]] if rows else None

    async def sweep_updates(self, before: datetime, cursor: Cursor) -> Cursor:
        """Remove seen marks, in the order of their keys."""
        u = tables.updates
        pair = sa.tuple_(u.c.platform, u.c.update_id)
        after = cursor or ["", ""]
        rows = await self._all(
            sa.select(u)
            .where(pair > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
            .order_by(u.c.platform, u.c.update_id)
            .limit(ROWS_A_STEP)
        )
        for platform in dict.fromkeys(row["platform"] for row in rows):
            old = [
                row["update_id"] for row in rows if row["platform"] == platform and row["seen_at"] < before
            ]
            if old:
                await self._run(sa.delete(u).where(u.c.platform == platform, u.c.update_id.in_(old)))
        return [rows[-1]["platform"], rows[-1]["update_id"]] if rows else None

    async def sweep_audit(self, before: datetime, cursor: Cursor) -> Cursor:
        """Remove audit lines, the oldest first."""
        return await self._sweep_rows(tables.audit, before, cursor)

    async def sweep_quarantine(self, before: datetime, cursor: Cursor) -> Cursor:
        """Remove what could not be read, the oldest first."""
        return await self._sweep_rows(tables.quarantine, before, cursor)

    async def sweep_drafts(self, before: datetime, cursor: Cursor) -> Cursor:
        """Remove what was asked of the assistant, the oldest first."""
        return await self._sweep_rows(tables.wanted_drafts, before, cursor, tables.wanted_drafts.c.asked_at)

    async def sweep_timers(self, before: datetime, cursor: Cursor) -> Cursor:
        """Remove timers that fired."""
        del cursor
        t = tables.timers
        old = sa.select(t.c.id).where(t.c.fired_at < before).limit(ROWS_A_STEP)
        return [0] if await self._run(sa.delete(t).where(t.c.id.in_(old))) >= ROWS_A_STEP else None

    async def _sweep_rows(
        self, table: sa.Table, before: datetime, cursor: Cursor, at: sa.Column[datetime] | None = None
    ) -> Cursor:
        moment = table.c.at if at is None else at
        window = await self._window(table, moment, before, cursor)
        if window is None:
            return None
        ids, is_last = window
        await self._run(sa.delete(table).where(table.c.id.in_(ids), moment < before))
        return None if is_last else [ids[-1]]

    async def _window(
        self, table: sa.Table, at: sa.Column[datetime], before: datetime, cursor: Cursor
    ) -> tuple[list[int], bool] | None:
        """Return the next numbers, and whether what follows is too young; None if these are already."""
        after = int(cursor[0]) if cursor else 0
        rows = await self._all(
            sa.select(table.c.id, at.label("at"))
            .where(table.c.id > after)
            .order_by(table.c.id)
            .limit(ROWS_A_STEP)
        )
        if not rows or rows[0]["at"] >= before:
            return None
        return [row["id"] for row in rows], rows[-1]["at"] >= before or len(rows) < ROWS_A_STEP


_SWEEPS: Mapping[Kept, Callable[[RetentionRepository, datetime, Cursor], Awaitable[Cursor]]] = {
    Kept.CLOSED_FEEDBACK: RetentionRepository.sweep_closed,
    Kept.DELIVERIES: RetentionRepository.sweep_deliveries,
    Kept.ACTIVITY: RetentionRepository.sweep_activity,
    Kept.AUDIT: RetentionRepository.sweep_audit,
    Kept.UPDATES: RetentionRepository.sweep_updates,
    Kept.QUARANTINE: RetentionRepository.sweep_quarantine,
    Kept.TIMERS: RetentionRepository.sweep_timers,
    Kept.DRAFTS: RetentionRepository.sweep_drafts,
}
