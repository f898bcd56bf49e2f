"""What a department is asked about: one voice, or a topic with all its voices, and how many people met it.

Called by handlers, by the ritual `packet` and by exports.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from storage import tables
from storage.records import OPEN, ChatKind, Feedback, Status
from storage.repository import Repository, ids_as_json
from storage.rows import feedback_of

_f, _c = tables.feedback, tables.chats


@dataclass(frozen=True, slots=True)
class Point:
    """One voice, or one topic with its voices, the first reported first.

    **Shape**: `quotable` are the ids of voices whose words anybody may read: said in a group, under their own name.
    """

    feedback_id: int | None
    topic_id: int | None
    title: str
    voices: tuple[Feedback, ...]
    quotable: frozenset[int]
    people: int

    @property
    def name(self) -> str:
        """Return what people write for it: `#128` or `T7`."""
        return f"#{self.feedback_id}" if self.topic_id is None else f"T{self.topic_id}"

    @property
    def subject(self) -> str:
        """Return how deliveries, timers and the audit name it."""
        return f"feedback:{self.feedback_id}" if self.topic_id is None else f"topic:{self.topic_id}"

    @property
    def open_voices(self) -> tuple[Feedback, ...]:
        """Return the voices that still wait for something."""
        return tuple(voice for voice in self.voices if voice.status in OPEN)

    @property
    def status(self) -> Status:
        """Return where it stands: where the first voice that is still open does, else the first of all."""
        return (self.open_voices or self.voices)[0].status

    @property
    def quotes(self) -> tuple[Feedback, ...]:
        """Return the voices whose words may be shown."""
        return tuple(voice for voice in self.voices if voice.id in self.quotable)


class Filed(Protocol):
    """What is kept about one voice or about one topic: a Route, an insight."""

    @property
    def id(self) -> int:
        """Number of its own."""

    @property
    def feedback_id(self) -> int | None:
        """Which voice it is about, None if it is about a topic."""

    @property
    def topic_id(self) -> int | None:
        """Which topic it is about, None if it is about a voice."""


class PointRepository(Repository):
    """Loads points, many in a few statements."""

    async def find(self, feedback_id: int) -> Point | None:
        """Return what a feedback belongs to, or None."""
        found = await self._load({feedback_id}, set())
        return next((point for point in found if feedback_id in {v.id for v in point.voices}), None)

    async def list_topics(self, after: int, limit: int) -> list[Point]:
        """List the topics that hold anything, in the order of their numbers, from the one after this."""
        held = (
            sa.select(_f.c.topic_id)
            .where(_f.c.topic_id > after)
            .distinct()
            .order_by(_f.c.topic_id)
            .limit(limit)
        )
        rows = await self._all(held)
        points = await self._load(set(), {row["topic_id"] for row in rows})
        return sorted(points, key=lambda point: point.topic_id or 0)

    async def list_of(self, filed: Iterable[Filed]) -> dict[int, Point]:
        """Return what these are about, by their ids; what was merged since is its topic now."""
        filed = list(filed)
        merged = await self._merged({each.topic_id for each in filed if each.topic_id is not None})
        numbers = {each.feedback_id for each in filed if each.feedback_id is not None}
        found = await self._load(numbers, set(merged.values()))
        by_voice = {voice.id: point for point in found for voice in point.voices}
        by_topic = {point.topic_id: point for point in found if point.topic_id is not None}
        keyed: dict[int, Point] = {}
        for each in filed:
            point = (
                by_topic.get(merged.get(each.topic_id or 0, 0))
                if each.feedback_id is None
                else by_voice.get(each.feedback_id)
            )
            if point is not None:
                keyed[each.id] = point
        return keyed

    async def _load(self, feedback_ids: set[int], topic_ids: set[int]) -> list[Point]:
        """Return the points of these voices and topics."""
        rows = await self._all(
            sa.select(_f.c.topic_id).distinct().where(self._among(_f.c.id), _f.c.topic_id.is_not(None)),
            {"rows": ids_as_json(feedback_ids)},
        )
        topics = topic_ids | {row["topic_id"] for row in rows}
        query = sa.select(_f, (_c.c.kind == str(ChatKind.GROUP)).label("is_public")).join(
            _c, _c.c.id == _f.c.chat_id
        )
        alone = sa.and_(self._among(_f.c.id), _f.c.topic_id.is_(None))
        found = await self._all(query.where(alone), {"rows": ids_as_json(feedback_ids)})
        found += await self._all(
            query.where(self._among(_f.c.topic_id)).order_by(_f.c.id), {"rows": ids_as_json(topics)}
        )
        voices: dict[tuple[int | None, int], list[sa.RowMapping]] = {}
        for row in found:
            topic_id = row["topic_id"]
            voices.setdefault((topic_id, row["id"] if topic_id is None else 0), []).append(row)
        people = await self._count_people([row["id"] for row in found])
        titles = await self._titles(topics)
        return [
            Point(
                feedback_id=rows[0]["id"] if topic_id is None else None, topic_id=topic_id,
                title=titles.get(topic_id or 0, ""), voices=tuple(feedback_of(row) for row in rows),
                quotable=frozenset(row["id"] for row in rows if _is_quotable(row)),
                people=people.get(topic_id if topic_id is not None else -rows[0]["id"], len(rows)),
            )
            for (topic_id, _), rows in voices.items()
        ]  # fmt: skip

    async def _merged(self, topic_ids: set[int]) -> dict[int, int]:
        """Return into which topic each was merged by now; itself if it was not."""
        return await self._uow.topics.list_present(topic_ids) if topic_ids else {}

    async def _titles(self, topic_ids: set[int]) -> dict[int, str]:
        t = tables.topics
        rows = await self._all(
            sa.select(t.c.id, t.c.title).where(self._among(t.c.id)), {"rows": ids_as_json(topic_ids)}
        )
        return {row["id"]: row["title"] for row in rows}

    async def _count_people(self, feedback_ids: list[int]) -> dict[int, int]:
        """Count the different people who met each: by topic id, or minus the feedback's own id."""
        r = tables.resonances
        said = sa.select(
            _f.c.id.label("feedback_id"),
            (sa.cast(_f.c.contributor_id, sa.Text) + ":" + _f.c.on_behalf_of).label("who"),
        ).where(self._among(_f.c.id))
        met = sa.select(r.c.feedback_id, (sa.cast(r.c.member_id, sa.Text) + ":").label("who")).where(
            self._among(r.c.feedback_id), r.c.is_me
        )
        people = sa.union_all(said, met).subquery()
        key = sa.func.coalesce(_f.c.topic_id, -_f.c.id)
        rows = await self._all(
            sa.select(key.label("key"), sa.func.count(people.c.who.distinct()).label("count"))
            .join(_f, _f.c.id == people.c.feedback_id)
            .group_by(key),
            {"rows": ids_as_json(feedback_ids)},
        )
        return {row["key"]: row["count"] for row in rows}


def _is_quotable(row: sa.RowMapping) -> bool:
    """Tell whether anybody may read a voice's words: said in a group, under a name, and not taken back."""
    return (
        bool(row["is_public"]) and row["status"] != str(Status.WITHDRAWN) and feedback_of(row).is_open_voice
    )
