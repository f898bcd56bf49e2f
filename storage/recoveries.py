"""Who was hurt and says it is better: to be called back once, and counted (PRODUCT §7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Feedback, FeedbackClass, Role, Status
from storage.repository import Repository

_t, _f, _m = tables.recoveries, tables.feedback, tables.members


@dataclass(frozen=True, slots=True)
class Recovery:
    """One negative feedback that its contributor called better; `called_by_id` asked how they are."""

    feedback_id: int
    member_id: int
    verified_at: datetime
    called_by_id: int | None = None
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many people recovered in a while, how many of them were called back, how many then praised."""

    members: int
    called: int
    praised: int


class RecoveryRepository(Repository):
    """Queries over recoveries."""

    async def put(self, feedback: Feedback, now: datetime) -> None:
        """Note that it is better, anew if it was reopened meanwhile."""
        fresh = {"verified_at": now, "called_at": None, "called_by_id": None}
        await self._run(
            self._insert(_t)
            .values(feedback_id=feedback.id, member_id=feedback.contributor_id, **fresh)
            .on_conflict_do_update(index_elements=["feedback_id"], set_=fresh)
        )

    async def find(self, feedback_id: int) -> Recovery | None:
        """Return the recovery of one feedback, or None."""
        row = await self._one(sa.select(_t).where(_t.c.feedback_id == feedback_id))
        return Recovery(**row) if row else None

    async def call(self, feedback_id: int, by_id: int, now: datetime) -> bool:
        """Note who called back; False if somebody has."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.feedback_id == feedback_id, _t.c.called_by_id.is_(None))
                .values(called_by_id=by_id, called_at=now)
            )
        )

    async def count_(self, since: datetime, until: datetime) -> Recovered:
        """Count members who recovered between two moments and still say so, and what followed until now."""
        praise = sa.exists(
            sa.select(1).where(
                _f.c.contributor_id == _t.c.member_id, _f.c.feedback_class == str(FeedbackClass.PRAISE),
                _f.c.created_at > _t.c.verified_at,
            )
        )  # fmt: skip
        about = tables.feedback.alias("about")
        people = sa.func.count(sa.distinct(_t.c.member_id))
        row = await self._one(
            sa.select(
                people.label("members"),
                people.filter(_t.c.called_by_id.is_not(None)).label("called"),
                people.filter(praise).label("praised"),
            )
            .join(about, about.c.id == _t.c.feedback_id)
            .join(_m, _m.c.id == _t.c.member_id)
            .where(
                _t.c.verified_at >= since, _t.c.verified_at < until, about.c.status == str(Status.VERIFIED),
                _m.c.role == str(Role.MEMBER),
            )
        )  # fmt: skip
        assert row is not None  # noqa: S101 - a count always has its row
        return Recovered(row["members"], row["called"], row["praised"])
