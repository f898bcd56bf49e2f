"""Many feedbacks moved at once: a topic moves as one, in a handful of statements however many voices it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.errors import ConflictError, InvalidTransitionError
from storage.records import OPEN, Change, Feedback, Status
from storage.repository import Bulk, Repository, as_json, ids_as_json
from storage.rows import feedback_of
from storage.statuses import may_follow
from storage.times import FeedbackTimes

_t = tables.feedback
_c = tables.changes
_WRITE = Bulk(
    "i:bigint s:text",
    'INSERT INTO changes (feedback_id, by_id, "before", "after", note, at)'
    " SELECT r.i, :by, r.s, :after, :note, :now FROM {rows} WHERE true RETURNING id, feedback_id",
    _c.c.id,
    _c.c.feedback_id,
)
_MOVE = Bulk(
    "i:bigint v:bigint s:text c:bigint",
    "UPDATE feedback SET status = :after, version = r.c, updated_at = :now,"
    " held_until = CASE WHEN :ends_hold THEN NULL ELSE feedback.held_until END FROM {rows}"
    " WHERE feedback.id = r.i AND feedback.version = r.v AND feedback.status = r.s",
)
_HOLD = Bulk(
    "i:bigint v:bigint s:text seen:date day:date",
    "UPDATE feedback SET held_until = r.day, updated_at = :now FROM {rows}"
    " WHERE feedback.id = r.i AND feedback.version = r.v AND feedback.status = r.s"
    " AND (feedback.held_until = r.seen OR feedback.held_until IS NULL AND r.seen IS NULL)",
)
_DUE = Bulk("i:bigint d:bigint", "UPDATE feedback SET update_due = r.d FROM {rows} WHERE feedback.id = r.i")
_UPDATE_WITHIN = FeedbackTimes().update_within


class MoveRepository(Repository):
    """Status changes of several feedbacks in one go."""

    async def change_all(
        self, feedback: Sequence[Feedback], after: Status, *, by_id: int | None, note: str, now: datetime,
        owner_id: int | None = None, dues: Mapping[int, datetime] | None = None, ends_hold: bool = False, **values: Any,
    ) -> list[tuple[Feedback, Change]]:  # fmt: skip
        """Move each to a status if it is still as its record says; return them as they are now, with their Changes.

        `owner_id` becomes the owner of those that have none; `values` are columns that all get. `dues` say when
        the next word about each is due, by the usual time where they do not.
        **Errors**: InvalidTransitionError; ConflictError when somebody changed any of them meanwhile.
        """
        for each in feedback:
            if not may_follow(each.status, after):
                raise InvalidTransitionError(f"{each.status} -> {after}")
        at = tables.micros(now)
        written = await self._bulk(
            _WRITE,
            {
                "rows": as_json([[f.id, str(f.status)] for f in feedback]),
                "by": by_id, "after": str(after), "note": note, "now": at,
            },
        )  # fmt: skip
        change_of = {row.feedback_id: row.id for row in written}
        moved = await self._bulk(
            _MOVE,
            {
                "rows": as_json([[f.id, f.version, str(f.status), change_of[f.id]] for f in feedback]),
                "after": str(after), "now": at, "ends_hold": ends_hold,
            },
        )  # fmt: skip
        if moved.rowcount != len(feedback):
            raise ConflictError(f"feedback {[f.id for f in feedback]}")
        ids = [f.id for f in feedback]
        await self.amend_all(ids, now, owner_id=owner_id, **values)
        waits = (
            {f.id: (dues or {}).get(f.id, now + _UPDATE_WITHIN) for f in feedback} if after in OPEN else {}
        )
        if waits:
            await self._bulk(_DUE, {"rows": as_json([[i, tables.micros(due)] for i, due in waits.items()])})
        await self._uow.routes.follow(after, ids, by_id=by_id, now=now, planned_for=values.get("planned_for"))
        fresh = {f.id: f for f in await self.list_by_id(ids)}
        changes = [Change(change_of[f.id], f.id, by_id, f.status, after, note, now) for f in feedback]
        await self._uow.service.follow_changes(list(zip(feedback, changes, strict=True)), waits)
        moved = [(fresh[change.feedback_id], change) for change in changes]
        await self._uow.announcements.changed(moved, now)
        return moved

    async def amend_all(
        self, ids: Sequence[int], now: datetime, *, owner_id: int | None = None, **values: date | None
    ) -> None:
        """Change what is not the status of several; `owner_id` becomes the owner of those that have none."""
        rows = {"rows": ids_as_json(ids)}
        if values:
            await self._run(sa.update(_t).where(self._among(_t.c.id)).values(updated_at=now, **values), rows)
        if owner_id is not None:
            free = sa.update(_t).where(self._among(_t.c.id), _t.c.owner_id.is_(None))
            await self._run(free.values(owner_id=owner_id), rows)

    async def hold_all(
        self, feedback: Sequence[Feedback], day: date | None, now: datetime, *, owner_id: int | None = None
    ) -> None:
        """Let several rest until a day, or no longer, if each is still as its record says; `owner_id` as above.

        **Errors**: ConflictError when somebody moved, held or lifted any of them meanwhile.
        """
        rows = [[f.id, f.version, str(f.status), f.held_until, day] for f in feedback]
        held = await self._bulk(_HOLD, {"rows": as_json(rows), "now": tables.micros(now)})
        if held.rowcount != len(feedback):
            raise ConflictError(f"feedback {[f.id for f in feedback]}")
        await self.amend_all([f.id for f in feedback], now, owner_id=owner_id)

    async def list_by_id(self, ids: Sequence[int]) -> list[Feedback]:
        """List feedback by number, without attachments."""
        rows = await self._all(
            sa.select(_t).where(self._among(_t.c.id)).order_by(_t.c.id), {"rows": ids_as_json(ids)}
        )
        return [feedback_of(row) for row in rows]
