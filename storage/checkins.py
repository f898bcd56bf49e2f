"""Who checked in to which run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

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

    async def has(self, run_id: int, member_id: int) -> bool:
        """Tell whether a member checked in."""
        row = await self._one(sa.select(_t.c.at).where(_t.c.run_id == run_id, _t.c.member_id == member_id))
        return row is not None

    async def count(self, run_id: int) -> int:
        """Count who checked in."""
        return int(await self._scalar(sa.select(sa.func.count()).where(_t.c.run_id == run_id)))

    async def list_members(self, run_id: int) -> list[int]:
        """List who checked in, earliest first."""
        rows = await self._all(sa.select(_t.c.member_id).where(_t.c.run_id == run_id).order_by(_t.c.at))
        return [row["member_id"] for row in rows]

    async def list_by_run(self, run_ids: Iterable[int]) -> dict[int, set[int]]:
        """Return who checked in to each of these runs."""
        rows = await self._all(sa.select(_t.c.run_id, _t.c.member_id).where(_t.c.run_id.in_(list(run_ids))))
        present: dict[int, set[int]] = {}
        for row in rows:
            present.setdefault(row["run_id"], set()).add(row["member_id"])
        return present

    async def list_newcomers(self, run_id: int) -> list[int]:
        """List who checked in to this run and had never done so in its chat before, earliest first."""
        r, earlier = tables.runs, _t.alias("earlier")
        here = sa.select(r.c.chat_id).where(r.c.id == run_id).scalar_subquery()
        before = (
            sa.select(earlier.c.member_id)
            .join(r, r.c.id == earlier.c.run_id)
            .where(earlier.c.member_id == _t.c.member_id, earlier.c.run_id < run_id, r.c.chat_id == here)
        )
        rows = await self._all(
            sa.select(_t.c.member_id).where(_t.c.run_id == run_id, ~before.exists()).order_by(_t.c.at)
        )
        return [row["member_id"] for row in rows]
