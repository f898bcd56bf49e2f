"""Why it hurt: the one root cause a person names for a negative feedback."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.causes


class CauseRepository(Repository):
    """Queries over root causes."""

    async def put(self, feedback_ids: Iterable[int], cause: str, by_id: int, now: datetime) -> None:
        """Name the cause of some feedback; a later word replaces the former."""
        rows = [{"feedback_id": each, "cause": cause, "by_id": by_id, "at": now} for each in feedback_ids]
        statement = self._insert(_t)
        said = {name: statement.excluded[name] for name in ("cause", "by_id", "at")}
        await self._run(statement.on_conflict_do_update(index_elements=["feedback_id"], set_=said), rows)

    async def find(self, feedback_id: int) -> str | None:
        """Return the cause, None if nobody named one."""
        found: str | None = await self._scalar(sa.select(_t.c.cause).where(_t.c.feedback_id == feedback_id))
        return found
