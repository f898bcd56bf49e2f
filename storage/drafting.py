"""Drafts that staff asked the assistant for. Put by handlers/kos/draft.py, fetched by `bot/assistant.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t, _d = tables.wanted_drafts, tables.deliveries

AGAIN_AFTER = timedelta(seconds=10)
"""How long one who asked for a draft waits before the same is asked for again: a double tap is one wish."""

LOST_AFTER = timedelta(minutes=1)
"""When who took one without bringing anything has ended meanwhile: no draft takes nearly as long."""

_GIVEN_UP_AFTER = timedelta(hours=1)
_KEY = "draft:"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A draft that somebody waits for: of an answer, or with `topic_id` of what is wrong, in one sentence."""

    id: int
    feedback_id: int
    topic_id: int | None
    by_id: int
    language: str
    asked_at: datetime

    @property
    def key(self) -> str:
        """Return the key of the Delivery that brings it."""
        return f"{_KEY}{self.id}"


class DraftingRepository(Repository):
    """Queries over wanted drafts."""

    async def ask(
        self, feedback_id: int, by_id: int, language: str, now: datetime, *, topic_id: int | None = None
    ) -> bool:
        """Ask for a draft; False if the same person asked for the same a moment ago."""
        known = await self._scalar(
            sa.select(sa.func.count()).where(
                _t.c.by_id == by_id,
                _t.c.feedback_id == feedback_id,
                _t.c.topic_id.is_not_distinct_from(topic_id),
                _t.c.asked_at > now - AGAIN_AFTER,
            )
        )
        if known:
            return False
        values = {
            "feedback_id": feedback_id, "topic_id": topic_id, "by_id": by_id, "language": language, "asked_at": now,
        }  # fmt: skip
        await self._run(sa.insert(_t), values)
        self._uow.written.add("drafting")
        return True

    async def give_back(self, now: datetime) -> None:
        """Let be taken again what was taken and never came: the process that had it ended, or could not say."""
        is_there = sa.exists().where(_d.c.key == sa.literal(_KEY) + sa.cast(_t.c.id, sa.Text))
        await self._run(
            sa.update(_t)
            .where(_t.c.taken_at < now - LOST_AFTER, _t.c.asked_at > now - _GIVEN_UP_AFTER, ~is_there)
            .values(taken_at=None)
        )

    async def take(self, limit: int, now: datetime) -> list[Wanted]:
        """Take what nobody has taken, the oldest first, so that no other process fetches it too."""
        waiting = sa.select(_t.c.id).where(_t.c.taken_at.is_(None)).order_by(_t.c.id).limit(limit)
        rows = await self._all(
            sa.update(_t)
            .where(_t.c.id.in_(waiting.scalar_subquery()), _t.c.taken_at.is_(None))
            .values(taken_at=now)
            .returning(_t)
        )
        found = [
            Wanted(r["id"], r["feedback_id"], r["topic_id"], r["by_id"], r["language"], r["asked_at"])
            for r in rows
        ]
        return sorted(found, key=lambda one: one.id)
