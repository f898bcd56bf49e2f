"""What staff say a topic is about, for those who can change it: one sentence, and the decision asked for."""

from __future__ import annotations

from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Place:
    """Which voice or topic an insight was written about."""

    id: int
    feedback_id: int | None
    topic_id: int | None


class InsightRepository(Repository):
    """Queries over insights."""

    async def find(self, point: Point) -> Insight:
        """Return what was written about a point; of a topic its own, else what was written of one of its voices."""
        return (await self.list_of([point])).get(point.subject, Insight())

    async def list_of(self, points: Iterable[Point]) -> dict[str, Insight]:
        """Return what was written about any of these, as `find` does, by their subjects."""
        subjects: dict[tuple[str, int | None], str] = {}
        for point in points:
            subjects |= {("voice", voice.id): point.subject for voice in point.voices}
            if point.topic_id is not None:
                subjects["topic", point.topic_id] = point.subject
        found: dict[str, Insight] = {}
        for noun, column in (
            ("voice", _t.c.feedback_id),
            ("topic", _t.c.topic_id),
        ):  # a topic's own comes last
            ids = [number for kind, number in subjects if kind == noun and number is not None]
            rows = await self._all(
                sa.select(_t).where(self._among(column)).order_by(_t.c.at), {"rows": ids_as_json(ids)}
            )
            for row in rows:
                found[subjects[noun, row[column.name]]] = Insight(
                    row["sentence"], row["decision"], row["decide_by"], row["by_id"], row["at"]
                )
        return found

    async def list_after(self, insight_id: int, limit: int) -> list[Place]:
        """List what insights were written about, in their order, from the one after this."""
        rows = await self._all(
            sa.select(_t.c.id, _t.c.feedback_id, _t.c.topic_id)
            .where(_t.c.id > insight_id)
            .order_by(_t.c.id)
            .limit(limit)
        )
        return [Place(**row) for row in rows]

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
