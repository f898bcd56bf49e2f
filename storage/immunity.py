"""What hurt, why, and whether it came back: what the monthly immunity report counts (PRODUCT §7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.records import STAFF, Status
from storage.repository import Repository

_f, _c, _m, _k = tables.feedback, tables.changes, tables.members, tables.causes
_FIXED = (str(Status.RESOLVED), str(Status.VERIFIED), str(Status.UNCONFIRMED))
_BEFORE_AND_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How often one cause was named, and of how many different people's words."""

    cause: str
    count: int
    people: int


@dataclass(frozen=True, slots=True)
class Fix:
    """What was fixed, and how many people were unhappy about the same topic 30 days before and after.

    A voice of no topic is all of its own; what its contributor called no better counts as one that came after.
    """

    feedback_id: int
    topic_id: int | None
    title: str
    cause: str
    fixed_at: datetime
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Messenger:
    """One of the staff who brought bad news that led to fixes."""

    member_id: int
    count: int


class ImmunityRepository(Repository):
    """Queries over negative feedback, its causes and its fixes."""

    async def count_causes(self, since: datetime, until: datetime) -> list[CauseCount]:
        """Count the causes named between two moments, the most frequent first."""
        count = sa.func.count()
        rows = await self._all(
            sa.select(
                _k.c.cause, count.label("count"), sa.func.count(sa.distinct(_f.c.contributor_id)).label("people")
            )
            .join(_f, _f.c.id == _k.c.feedback_id)
            .where(_k.c.at >= since, _k.c.at < until)
            .group_by(_k.c.cause)
            .order_by(count.desc(), _k.c.cause)
        )  # fmt: skip
        return [CauseCount(row["cause"], row["count"], row["people"]) for row in rows]

    async def list_fixes(self, since: datetime, until: datetime, limit: int) -> list[Fix]:
        """List what was resolved between two moments and still is, those with most voices before it first."""
        each = self._fixed(since, until)
        what = sa.func.coalesce(each.c.topic_id, -each.c.feedback_id)  # a topic is fixed once
        fixed = (
            sa.select(
                sa.func.min(each.c.feedback_id).label("feedback_id"), each.c.topic_id,
                sa.func.max(each.c.change_id).label("change_id"),
                sa.func.max(each.c.fixed_at, type_=tables.Moment()).label("fixed_at"),
            )
            .group_by(what, each.c.topic_id)
            .subquery("fixes")
        )  # fmt: skip
        same = tables.feedback.alias("same")
        people = sa.func.count(sa.distinct(same.c.contributor_id))
        voices = sa.select(people).where(same.c.topic_id == fixed.c.topic_id, same.c.negative)
        before = voices.where(
            same.c.created_at <= fixed.c.fixed_at,
            same.c.created_at > fixed.c.fixed_at - _span(_BEFORE_AND_AFTER),
        ).scalar_subquery()
        after = voices.where(
            same.c.created_at > fixed.c.fixed_at,
            same.c.created_at <= fixed.c.fixed_at + _span(_BEFORE_AND_AFTER),
        ).scalar_subquery()
        alone = fixed.c.topic_id.is_(None)
        again = tables.changes.alias("again")
        reopened = (
            sa.select(sa.func.count())
            .where(
                again.c.feedback_id == fixed.c.feedback_id, again.c.id > fixed.c.change_id,
                again.c.after == str(Status.IN_REVIEW),
            )
            .scalar_subquery()
        )  # fmt: skip
        topics = tables.topics
        rows = await self._all(
            sa.select(
                fixed, sa.case((alone, 1), else_=before).label("voices_before"),
                (sa.case((alone, 0), else_=after) + reopened).label("voices_after"),
                sa.func.coalesce(_k.c.cause, "").label("cause"),
                sa.func.coalesce(topics.c.title, "").label("title"),
            )
            .select_from(
                fixed.outerjoin(_k, _k.c.feedback_id == fixed.c.feedback_id).outerjoin(
                    topics, topics.c.id == fixed.c.topic_id
                )
            )
            .order_by(sa.desc("voices_before"), fixed.c.feedback_id)
            .limit(limit)
        )  # fmt: skip
        return [
            Fix(
                row["feedback_id"], row["topic_id"], row["title"], row["cause"], row["fixed_at"],
                row["voices_before"], row["voices_after"],
            )
            for row in rows
        ]  # fmt: skip

    async def list_messengers(self, since: datetime, until: datetime, limit: int) -> list[Messenger]:
        """List the staff who brought in what others said and was fixed between two moments."""
        fixed = self._fixed(since, until)
        count = sa.func.count()
        rows = await self._all(
            sa.select(_f.c.captured_by_id, count.label("count"))
            .join(fixed, fixed.c.feedback_id == _f.c.id)
            .join(_m, _m.c.id == _f.c.captured_by_id)
            .where(
                _m.c.role.in_([str(role) for role in STAFF]),
                sa.or_(_f.c.captured_by_id != _f.c.contributor_id, _f.c.on_behalf_of != ""),
            )
            .group_by(_f.c.captured_by_id)
            .order_by(count.desc(), _f.c.captured_by_id)
            .limit(limit)
        )
        return [Messenger(row["captured_by_id"], row["count"]) for row in rows]

    async def count_unnamed(self, since: datetime, until: datetime) -> int:
        """Count what was fixed between two moments without anybody saying why it hurt."""
        fixed = self._fixed(since, until)
        return int(
            await self._scalar(
                sa.select(sa.func.count())
                .select_from(fixed.outerjoin(_k, _k.c.feedback_id == fixed.c.feedback_id))
                .where(_k.c.feedback_id.is_(None))
            )
        )

    @staticmethod
    def _fixed(since: datetime, until: datetime) -> sa.Subquery:
        """Return the negative feedback resolved between two moments that still is, with the change that did it."""
        latest = (
            sa.select(
                _c.c.feedback_id, sa.func.max(_c.c.id).label("change_id"),
                sa.func.max(_c.c.at, type_=tables.Moment()).label("fixed_at"),
            )
            .where(_c.c.after == str(Status.RESOLVED), _c.c.at >= since, _c.c.at < until)
            .group_by(_c.c.feedback_id)
            .subquery("latest")
        )  # fmt: skip
        return (
            sa.select(latest.c.feedback_id, latest.c.change_id, latest.c.fixed_at, _f.c.topic_id)
            .join(_f, _f.c.id == latest.c.feedback_id)
            .where(_f.c.negative, _f.c.status.in_(_FIXED))
            .subquery("fixed")
        )


def _span(span: timedelta) -> sa.ColumnElement[int]:
    """Return a span as moments are stored. **Units**: microseconds."""
    return sa.literal(span // timedelta(microseconds=1), sa.BigInteger())
