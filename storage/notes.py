"""What staff write down beside a voice, for each other only."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.notes


class NoteRepository(Repository):
    """Queries over notes."""

    async def add(self, feedback_id: int, by_id: int, text: str, now: datetime) -> None:
        """Write a note that only staff see."""
        await self._run(sa.insert(_t), {"feedback_id": feedback_id, "by_id": by_id, "text": text, "at": now})

    async def list_of(self, feedback_id: int) -> list[tuple[int, str, datetime]]:
        """List notes as (by, text, at), oldest first."""
        rows = await self._all(sa.select(_t).where(_t.c.feedback_id == feedback_id).order_by(_t.c.id))
        return [(row["by_id"], row["text"], row["at"]) for row in rows]
