"""Who is told of what becomes of a voice, besides its contributor."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.followers


class FollowerRepository(Repository):
    """Queries over followers."""

    async def add(self, feedback_id: int, member_id: int, now: datetime) -> bool:
        """Subscribe a member; False if they followed already."""
        return bool(
            await self._run(
                self._insert(_t)
                .values(feedback_id=feedback_id, member_id=member_id, since=now)
                .on_conflict_do_nothing()
            )
        )

    async def remove(self, feedback_id: int, member_id: int) -> bool:
        """Unsubscribe a member; False if they did not follow."""
        return bool(
            await self._run(sa.delete(_t).where(_t.c.feedback_id == feedback_id, _t.c.member_id == member_id))
        )

    async def list_of(self, feedback_id: int) -> list[int]:
        """List the ids of members who follow, without the contributor."""
        voice = tables.feedback
        rows = await self._all(
            sa.select(_t.c.member_id)
            .join(voice, voice.c.id == _t.c.feedback_id)
            .where(_t.c.feedback_id == feedback_id, _t.c.member_id != voice.c.contributor_id)
            .order_by(_t.c.member_id)
        )
        return [row["member_id"] for row in rows]
