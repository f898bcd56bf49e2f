"""Who asked to look behind an alias and why, and which second admin agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.unmaskings
AGREE_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Unmasking:
    """One admin's wish to know who stands behind an alias."""

    id: int
    feedback_id: int
    by_id: int
    reason: str
    at: datetime


class UnmaskingRepository(Repository):
    """Queries over unmaskings."""

    async def add(self, feedback_id: int, by_id: int, reason: str, now: datetime) -> Unmasking:
        """Note the wish of one admin."""
        row = await self._one(
            sa.insert(_t)
            .values(feedback_id=feedback_id, by_id=by_id, reason=reason, at=now)
            .returning(_t.c.id, _t.c.feedback_id, _t.c.by_id, _t.c.reason, _t.c.at)
        )
        assert row is not None  # noqa: S101 - an insert always returns its row
        return Unmasking(**row)

    async def find_open(self, feedback_id: int, now: datetime) -> Unmasking | None:
        """Return the newest wish that another admin may still agree to, or None."""
        row = await self._one(
            sa.select(_t.c.id, _t.c.feedback_id, _t.c.by_id, _t.c.reason, _t.c.at)
            .where(_t.c.feedback_id == feedback_id, _t.c.confirmed_at.is_(None), _t.c.at > now - AGREE_WITHIN)
            .order_by(_t.c.id.desc())
            .limit(1)
        )
        return Unmasking(**row) if row else None

    async def agree(self, unmasking: Unmasking, by_id: int, now: datetime) -> bool:
        """Note that a second admin agrees; False if that was done meanwhile, or it is the same admin."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.id == unmasking.id, _t.c.confirmed_at.is_(None), _t.c.by_id != by_id)
                .values(confirmed_by_id=by_id, confirmed_at=now)
            )
        )

    async def refuse(self, unmasking: Unmasking, by_id: int) -> bool:
        """Take a wish off the table; False if it was agreed to or refused meanwhile, or it is the same admin."""
        return bool(
            await self._run(
                sa.delete(_t).where(_t.c.id == unmasking.id, _t.c.confirmed_at.is_(None), _t.c.by_id != by_id)
            )
        )
