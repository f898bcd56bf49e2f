"""Who checked in to which run."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.checkins


class CheckinRepository(Repository):
    """Queries over check-ins."""

    async def add(self, run_id: int, member_id: int, now: datetime) -> bool:
        """Check a member in; False if they were."""
        return bool(
            await self._run(
                self._insert(_t).values(run_id=run_id, member_id=member_id, at=now).on_conflict_do_nothing()
            )
        )

    async def count(self, run_id: int) -> int:
        """Count who checked in."""
        return int(await self._scalar(sa.select(sa.func.count()).where(_t.c.run_id == run_id)))

    async def list_members(self, run_id: int) -> list[int]:
        """List who checked in, earliest first."""
        rows = await self._all(sa.select(_t.c.member_id).where(_t.c.run_id == run_id).order_by(_t.c.at))
        return [row["member_id"] for row in rows]

    async def list_days(self, chat_id: int, ritual: str, since: date) -> dict[int, set[date]]:
        """Return on which local days each member checked in to a ritual of a chat."""
        r = tables.runs
        rows = await self._all(
            sa.select(_t.c.member_id, r.c.day)
            .join(r, r.c.id == _t.c.run_id)
            .where(r.c.chat_id == chat_id, r.c.ritual == ritual, r.c.day >= since)
        )
        days: dict[int, set[date]] = {}
        for row in rows:
            days.setdefault(row["member_id"], set()).add(row["day"])
        return days
