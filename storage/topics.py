"""Topics: what several feedbacks are about; linked by hand, one row a link, so that every link can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.errors import ConflictError
from storage.records import OPEN, Feedback
from storage.repository import Repository, ids_as_json
from storage.rows import feedback_of

_t, _f, _l = tables.topics, tables.feedback, tables.topic_links
_IS_SPOKEN_OF = sa.exists().where(_f.c.topic_id == _t.c.id)  # all may have been taken out of it again
_DEEPEST = 20
"""How many topics may have been merged one into the next; a chain never grows so long by hand."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What several feedbacks are about."""

    id: int
    title: str
    by_id: int | None
    merged_into_id: int | None
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """Return what people write for it."""
        return f"T{self.id}"

    @property
    def subject(self) -> str:
        """Return how deliveries, timers and the audit name it."""
        return f"topic:{self.id}"


def _topic(row: sa.RowMapping) -> Topic:
    return Topic(**{column.name: row[column.name] for column in _t.c})


class TopicRepository(Repository):
    """Queries over topics and their links."""

    async def add(self, title: str, by_id: int | None, now: datetime) -> Topic:
        """Open a topic."""
        row = await self._one(
            sa.insert(_t).values(title=title, by_id=by_id, created_at=now, updated_at=now).returning(_t)
        )
        assert row is not None  # noqa: S101 - an insert always returns its row
        return _topic(row)

    async def find(self, topic_id: int) -> Topic | None:
        """Return a topic, or the one it was merged into; None if there is none."""
        for _ in range(_DEEPEST):
            row = await self._one(sa.select(_t).where(_t.c.id == topic_id))
            if row is None:
                return None
            if row["merged_into_id"] is None:
                return _topic(row)
            topic_id = row["merged_into_id"]
        return None

    async def list_present(self, topic_ids: Iterable[int]) -> dict[int, int]:
        """Return into which topic each of these was merged by now, itself if it was not; none that there is not."""
        now_in = {topic_id: topic_id for topic_id in topic_ids}
        for _ in range(_DEEPEST):
            rows = await self._all(
                sa.select(_t.c.id, _t.c.merged_into_id).where(self._among(_t.c.id)),
                {"rows": ids_as_json(set(now_in.values()))},
            )
            into = {row["id"]: row["merged_into_id"] or row["id"] for row in rows}
            now_in = {was: into[topic_id] for was, topic_id in now_in.items() if topic_id in into}
            if all(into[topic_id] == topic_id for topic_id in into):
                break
        return now_in

    async def find_itself(self, topic_id: int) -> Topic | None:
        """Return a topic even if it was merged into another; None if there is none."""
        row = await self._one(sa.select(_t).where(_t.c.id == topic_id))
        return _topic(row) if row else None

    async def list_feedback(self, topic_id: int, contributor_id: int | None = None) -> list[Feedback]:
        """List what a topic holds, or what one person said of it, the first reported first."""
        query = sa.select(_f).where(_f.c.topic_id == topic_id).order_by(_f.c.id)
        if contributor_id is not None:
            query = query.where(_f.c.contributor_id == contributor_id)
        rows = await self._all(query)
        return [feedback_of(row) for row in rows]

    async def find_first(self, topic_id: int) -> Feedback | None:
        """Return what was reported first of a topic, None if it holds nothing."""
        row = await self._one(sa.select(_f).where(_f.c.topic_id == topic_id).order_by(_f.c.id).limit(1))
        return feedback_of(row) if row else None

    async def list_first(self, topic_ids: Sequence[int]) -> dict[int, Feedback]:
        """Return what was reported first of each of these topics that holds anything."""
        first = sa.select(sa.func.min(_f.c.id)).where(self._among(_f.c.topic_id)).group_by(_f.c.topic_id)
        rows = await self._all(sa.select(_f).where(_f.c.id.in_(first)), {"rows": ids_as_json(topic_ids)})
        return {row["topic_id"]: feedback_of(row) for row in rows}

    async def list_latest(self, limit: int, offset: int = 0) -> list[Topic]:
        """List topics that somebody speaks about, those that something happened to last first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.merged_into_id.is_(None), _IS_SPOKEN_OF)
            .order_by(_t.c.updated_at.desc(), _t.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return [_topic(row) for row in rows]

    async def count_(self) -> int:
        """Count the topics that somebody speaks about."""
        return int(
            await self._scalar(
                sa.select(sa.func.count()).select_from(_t).where(_t.c.merged_into_id.is_(None), _IS_SPOKEN_OF)
            )
        )

    async def count_feedback(self, topic_ids: Sequence[int]) -> dict[int, int]:
        """Count what each of these topics holds."""
        rows = await self._all(
            sa.select(_f.c.topic_id, sa.func.count().label("voices"))
            .where(self._among(_f.c.topic_id))
            .group_by(_f.c.topic_id),
            {"rows": ids_as_json(topic_ids)},
        )
        return {row["topic_id"]: row["voices"] for row in rows}

    async def count_open(self, topic_ids: Sequence[int]) -> dict[int, int]:
        """Count what is open of each of these topics."""
        # Not the bare column: SQLite would choose its index, and read everything that is open.
        is_open = _f.c.status.concat("").in_([str(status) for status in OPEN])
        rows = await self._all(
            sa.select(_f.c.topic_id, sa.func.count().label("voices"))
            .where(self._among(_f.c.topic_id), is_open)
            .group_by(_f.c.topic_id),
            {"rows": ids_as_json(topic_ids)},
        )
        return {row["topic_id"]: row["voices"] for row in rows}

    async def rename(self, topic: Topic, title: str, now: datetime) -> None:
        """Give a topic another title. **Errors**: ConflictError when somebody did meanwhile."""
        changed = await self._run(
            sa.update(_t)
            .where(_t.c.id == topic.id, _t.c.title == topic.title, _t.c.merged_into_id.is_(None))
            .values(title=title, updated_at=now)
        )
        if not changed:
            raise ConflictError(f"topic {topic.id}")

    async def touch(self, topic_id: int, now: datetime) -> None:
        """Note that something happened to a topic."""
        await self._run(sa.update(_t).where(_t.c.id == topic_id).values(updated_at=now))

    async def link(
        self, feedback: Sequence[Feedback], topic: Topic, *, by_id: int | None, now: datetime
    ) -> None:
        """Link feedback to a topic. **Errors**: ConflictError when any was linked elsewhere meanwhile."""
        await self._assign(feedback, topic.id)
        await self.touch(topic.id, now)
        if not feedback:
            return
        await self._run(
            sa.insert(_l),
            [
                {
                    "feedback_id": f.id,
                    "topic_id": topic.id,
                    "was_topic_id": f.topic_id,
                    "by_id": by_id,
                    "at": now,
                }
                for f in feedback
            ],
        )

    async def unlink(self, feedback: Feedback, now: datetime) -> None:
        """Take a feedback out of its topic. **Errors**: ConflictError when somebody did meanwhile."""
        await self._assign([feedback], None)
        await self._run(
            sa.update(_l)
            .where(_l.c.feedback_id == feedback.id, _l.c.undone_at.is_(None))
            .values(undone_at=now)
        )
        if feedback.topic_id is not None:
            await self.touch(feedback.topic_id, now)

    async def merge(self, topic: Topic, into: Topic, *, by_id: int | None, now: datetime) -> None:
        """Move everything of a topic into another. **Errors**: ConflictError when somebody did meanwhile."""
        changed = await self._run(
            sa.update(_t)
            .where(_t.c.id == topic.id, _t.c.merged_into_id.is_(None))
            .values(merged_into_id=into.id, updated_at=now)
        )
        if not changed:
            raise ConflictError(f"topic {topic.id}")
        await self.link(await self.list_feedback(topic.id), into, by_id=by_id, now=now)

    async def unmerge(self, topic: Topic, into: Topic, now: datetime) -> list[Feedback]:
        """Give a merged topic back what came from it and is still in the other; return that.

        **Errors**: ConflictError when somebody did meanwhile.
        """
        changed = await self._run(
            sa.update(_t)
            .where(_t.c.id == topic.id, _t.c.merged_into_id == topic.merged_into_id)
            .values(merged_into_id=None, updated_at=now)
        )
        if not changed or topic.merged_into_id is None:
            raise ConflictError(f"topic {topic.id}")
        came = sa.select(_l.c.feedback_id).where(
            _l.c.was_topic_id == topic.id, _l.c.topic_id == topic.merged_into_id, _l.c.undone_at.is_(None)
        )
        rows = await self._all(
            sa.select(_f).where(_f.c.id.in_(came), _f.c.topic_id == into.id).order_by(_f.c.id)
        )
        back = [feedback_of(row) for row in rows]
        await self._assign(back, topic.id)
        await self._run(
            sa.update(_l)
            .where(
                _l.c.was_topic_id == topic.id,
                _l.c.topic_id == topic.merged_into_id,
                _l.c.undone_at.is_(None),
            )
            .values(undone_at=now)
        )
        await self.touch(into.id, now)
        return back

    async def _assign(self, feedback: Iterable[Feedback], topic_id: int | None) -> None:
        """Set the topic of feedback that is still where these records say."""
        by_topic: dict[int | None, list[int]] = {}
        for each in feedback:
            by_topic.setdefault(each.topic_id, []).append(each.id)
        for was, ids in by_topic.items():
            here = _f.c.topic_id.is_(None) if was is None else _f.c.topic_id == was
            changed = await self._run(
                sa.update(_f).where(self._among(_f.c.id), here).values(topic_id=topic_id),
                {"rows": ids_as_json(ids)},
            )
            if changed != len(ids):
                raise ConflictError(f"feedback {ids}")
