"""What staff say a topic is about, for those who can change it: one sentence, and the decision asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.points import Point
from storage.repository import Repository, ids_as_json

_t = tables.insights


@dataclass(frozen=True, slots=True)
class Insight:
    """What a person wrote about one point."""

    sentence: str = ""
    decision: str = ""
    decide_by: date | None = None
    by_id: int | None = None
    at: datetime | None = None


class InsightRepository(Repository):
    """Queries over insights."""

    async def find(self, point: Point) -> Insight:
        """Return what was written about a point; of a topic its own, else what was written of one of its voices."""
        row = None
        if point.topic_id is not None:
            row = await self._one(sa.select(_t).where(_t.c.topic_id == point.topic_id))
        row = row or await self._one(
            sa.select(_t).where(self._among(_t.c.feedback_id)).order_by(_t.c.at.desc()).limit(1),
            {"rows": ids_as_json(voice.id for voice in point.voices)},
        )
        if row is None:
            return Insight()
        return Insight(row["sentence"], row["decision"], row["decide_by"], row["by_id"], row["at"])

    async def list_after(self, insight_id: int, limit: int) -> list[tuple[int, int | None, int | None]]:
        """List insights by their id, feedback and topic, from the one after this."""
        rows = await self._all(
            sa.select(_t.c.id, _t.c.feedback_id, _t.c.topic_id)
            .where(_t.c.id > insight_id)
            .order_by(_t.c.id)
            .limit(limit)
        )
        return [(row["id"], row["feedback_id"], row["topic_id"]) for row in rows]

    async def put(self, point: Point, *, by_id: int, now: datetime, **values: Any) -> None:
        """Write the sentence, or the decision and its day, of a point."""
        await self._put(point, {"by_id": by_id, "at": now, **values})

    async def _put(self, point: Point, values: dict[str, Any]) -> None:
        key = "feedback_id" if point.topic_id is None else "topic_id"
        about = {key: point.feedback_id if point.topic_id is None else point.topic_id}
        await self._run(
            self._insert(_t)
            .values(**about, **values)
            .on_conflict_do_update(index_elements=[key], set_=values)
        )
