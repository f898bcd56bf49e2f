"""What moved because of members, and who has not heard of it. Called by `rituals/digest`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from storage import tables
from storage.promises import Delivery, DeliveryState, delivery_of
from storage.records import Feedback, Role, Status
from storage.repository import Repository, ids_as_json
from storage.rows import feedback_of

_t = tables.feedback


class ProgressRepository(Repository):
    """Queries across feedback, changes and deliveries of one group."""

    async def list_moved(self, chat_id: int, statuses: Iterable[Status], since: datetime) -> list[Feedback]:
        """List a chat's feedback that came into one of these statuses since a moment and is still there."""
        c = tables.changes
        came = sa.select(c.c.id).where(
            c.c.feedback_id == _t.c.id, c.c.after == _t.c.status, c.c.before != c.c.after, c.c.at > since
        )
        rows = await self._all(
            sa.select(_t)
            .where(
                _t.c.chat_id == chat_id, _t.c.status.in_([str(status) for status in statuses]), came.exists()
            )
            .order_by(_t.c.id)
        )
        return [feedback_of(row) for row in rows]

    async def list_planned(self, chat_id: int, since: date, limit: int) -> list[Feedback]:
        """List what is promised for a day from `since` on, the earliest day first."""
        rows = await self._all(
            sa.select(_t)
            .where(
                _t.c.chat_id == chat_id, _t.c.planned_for >= since,
                _t.c.status.in_([str(Status.PLANNED), str(Status.IN_PROGRESS)]),
            )
            .order_by(_t.c.planned_for, _t.c.id)
            .limit(limit)
        )  # fmt: skip
        return [feedback_of(row) for row in rows]

    async def count_received(self, chat_id: int, since: datetime) -> int:
        """Count the feedback captured in a chat since a moment."""
        query = sa.select(sa.func.count()).where(_t.c.chat_id == chat_id, _t.c.created_at > since)
        return int(await self._scalar(query))

    async def list_unheard(self, chat_id: int, before: datetime) -> list[Delivery]:
        """List echoes that have waited since before a moment for members of a group, oldest first.

        Declines are not among them, for nobody is named in a group for bad news; nor is what staff did not get.
        """
        d, f, m = tables.deliveries, tables.feedback, tables.members
        rows = await self._all(
            sa.select(d)
            .join(m, m.c.id == d.c.member_id)
            .where(
                d.c.state == str(DeliveryState.WAITING), d.c.created_at <= before, m.c.home_chat_id == chat_id,
                d.c.subject.startswith("feedback:"), m.c.role == str(Role.MEMBER),
            )
            .order_by(d.c.id)
        )  # fmt: skip
        numbers = {row["id"]: row["subject"].partition(":")[2] for row in rows}
        waiting = {i: int(number) for i, number in numbers.items() if number.isdecimal()}
        declined = await self._all(
            sa.select(f.c.id).where(self._among(f.c.id), f.c.status == str(Status.DECLINED)),
            {"rows": ids_as_json(waiting.values())},
        )
        bad_news = {row["id"] for row in declined}
        return [delivery_of(row) for row in rows if waiting.get(row["id"]) not in bad_news]
