"""What people answered when asked whether it is really better, and who is still being asked."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Change, Feedback, Status, Verdict
from storage.repository import Repository
from storage.rows import change_of, feedback_of

_t = tables.verdicts
QUESTIONS = frozenset({Status.ANSWERED, Status.RESOLVED})
"""What a contributor is asked about: whether it is solved, whether it is really better."""
ASKED = QUESTIONS | {Status.UNCONFIRMED}
OPINIONS = {Verdict.BETTER: "good", Verdict.STILL: "bad"}
"""What a platform's own 👍 or 👎 under the question says."""


class VerdictRepository(Repository):
    """Queries over verdicts."""

    async def put(
        self, change: int, feedback_id: int, member_id: int, verdict: Verdict, now: datetime, note: str = ""
    ) -> None:
        """Record what somebody answers to one resolution; a later answer replaces the former."""
        said = {"verdict": str(verdict), "note": note, "at": now}
        await self._run(
            self._insert(_t)
            .values(change_id=change, member_id=member_id, feedback_id=feedback_id, **said)
            .on_conflict_do_update(index_elements=["change_id", "member_id"], set_=said)
        )

    async def find(self, change: int, member_id: int) -> Verdict | None:
        """Return what somebody answered to one resolution, or None."""
        said = await self._scalar(
            sa.select(_t.c.verdict).where(_t.c.change_id == change, _t.c.member_id == member_id)
        )
        return Verdict(said) if said else None

    async def explain(self, change: int, member_id: int, note: str) -> None:
        """Give a verdict the sentence that came after it."""
        mine = (_t.c.change_id == change) & (_t.c.member_id == member_id)
        await self._run(sa.update(_t).where(mine).values(note=note))

    async def find_question(self, feedback_id: int) -> Change | None:
        """Return the change that a contributor was asked about last, None if they were not asked yet."""
        c = tables.changes
        row = await self._one(
            sa.select(c)
            .where(c.c.feedback_id == feedback_id, c.c.after.in_([str(status) for status in QUESTIONS]))
            .order_by(c.c.id.desc())
            .limit(1)
        )
        return change_of(row) if row else None

    async def list_asked(self, contributor_id: int) -> list[Feedback]:
        """List what a member is being asked about, oldest first."""
        f = tables.feedback
        rows = await self._all(
            sa.select(f)
            .where(f.c.contributor_id == contributor_id, f.c.status.in_([str(status) for status in ASKED]))
            .order_by(f.c.id)
        )
        return [feedback_of(row) for row in rows]
