"""What hurts: how soon a person must take it up, and negative words in a group that nobody tagged.

Of those untagged words no more is kept than staff need to look at them: the text goes when they have, a day
later at the latest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.complaints
CAUSES = ("design", "process", "logistics", "quality", "docs", "service", "other")


@dataclass(frozen=True, slots=True)
class ComplaintSettings:
    """What the config says of complaints. `causes` are those with words of ours, or anybody's own."""

    detect: bool = False  # whether untagged talk is looked at
    claim_within: timedelta = timedelta(minutes=15)  # then it climbs
    call_back_after: timedelta = timedelta(days=7)  # after it was verified
    causes: tuple[str, ...] = CAUSES


@dataclass(frozen=True, slots=True)
class Complaint:
    """Negative words in a group that nobody tagged."""

    id: int
    chat_id: int
    member_id: int
    message_id: str
    link: str
    text: str
    at: datetime
    claimed_by_id: int | None = None
    feedback_id: int | None = None

    @property
    def subject(self) -> str:
        """Return how deliveries and timers name it."""
        return f"complaint:{self.id}"


def _complaint(row: sa.RowMapping) -> Complaint:
    return Complaint(
        id=row["id"], chat_id=row["chat_id"], member_id=row["member_id"], message_id=row["message_id"],
        link=row["link"], text=row["text"], at=row["at"], claimed_by_id=row["claimed_by_id"],
        feedback_id=row["feedback_id"],
    )  # fmt: skip


class ComplaintRepository(Repository):
    """Queries over untagged complaints."""

    async def add(
        self, *, chat_id: int, member_id: int, message_id: str, link: str, text: str, now: datetime
    ) -> Complaint | None:
        """Keep one until somebody has looked; None if that very message was kept before."""
        row = await self._one(
            self._insert(_t)
            .values(
                chat_id=chat_id, member_id=member_id, message_id=message_id, link=link, text=text, at=now
            )
            .on_conflict_do_nothing(index_elements=["chat_id", "message_id"])
            .returning(_t)
        )  # fmt: skip
        return _complaint(row) if row else None

    async def find(self, complaint_id: int) -> Complaint | None:
        """Return one, or None."""
        row = await self._one(sa.select(_t).where(_t.c.id == complaint_id))
        return _complaint(row) if row else None

    async def claim(self, complaint_id: int, member_id: int) -> bool:
        """Let somebody take it up whom nobody has; False if another was faster."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.id == complaint_id, _t.c.claimed_by_id.is_(None))
                .values(claimed_by_id=member_id)
            )
        )

    async def link_feedback(self, complaint_id: int, feedback_id: int) -> None:
        """Note which feedback it became; its words are there now, and here no more."""
        await self._run(sa.update(_t).where(_t.c.id == complaint_id).values(feedback_id=feedback_id, text=""))

    async def find_by_feedback(self, feedback_id: int) -> Complaint | None:
        """Return the one that became this feedback, or None."""
        row = await self._one(sa.select(_t).where(_t.c.feedback_id == feedback_id).limit(1))
        return _complaint(row) if row else None

    async def forget(self, complaint_id: int) -> None:
        """Drop its words."""
        await self._run(sa.update(_t).where(_t.c.id == complaint_id).values(text=""))
