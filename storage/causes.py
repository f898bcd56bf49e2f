"""Why it hurt: the one root cause a person names for a negative feedback."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.causes


class CauseRepository(Repository):
    """Queries over root causes."""

    async def put(self, feedback_id: int, cause: str, by_id: int, now: datetime) -> None:
        """Name the cause; a later word replaces the former."""
        said = {"cause": cause, "by_id": by_id, "at": now}
        await self._run(
            self._insert(_t)
            .values(feedback_id=feedback_id, **said)
            .on_conflict_do_update(index_elements=["feedback_id"], set_=said)
        )

    async def find(self, feedback_id: int) -> str | None:
        """Return the cause, None if nobody named one."""
        found: str | None = await self._scalar(sa.select(_t.c.cause).where(_t.c.feedback_id == feedback_id))
        return found
