"""What contributors say when they are asked whether theirs is the same thing as another's; staff decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.same_answers


class SamenessRepository(Repository):
    """Queries over what contributors say of likeness."""

    async def put(self, feedback_id: int, other_ids: Iterable[int], *, is_same: bool, now: datetime) -> None:
        """Write down that one is the same as these, or that it is not; a later word replaces the former."""
        values = {"is_same": is_same, "at": now}
        for other_id in other_ids:
            await self._run(
                self._insert(_t)
                .values(feedback_id=feedback_id, other_id=other_id, **values)
                .on_conflict_do_update(index_elements=["feedback_id", "other_id"], set_=values)
            )

    async def list_of(self, feedback_id: int) -> dict[int, bool]:
        """Return what was said of one feedback, by the other."""
        rows = await self._all(sa.select(_t).where(_t.c.feedback_id == feedback_id))
        return {row["other_id"]: row["is_same"] for row in rows}
