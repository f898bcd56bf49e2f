"""Tags that staff give to people, for inviting the right ones later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.member_tags


class MemberTagRepository(Repository):
    """Queries over tags of members."""

    async def add(self, member_id: int, tags: Iterable[str], *, by_id: int, now: datetime) -> int:
        """Give tags to a member; return how many they did not have yet."""
        rows = [
            {"member_id": member_id, "tag": tag, "by_id": by_id, "at": now} for tag in dict.fromkeys(tags)
        ]
        before = len(await self.list_of(member_id))
        if rows:
            await self._run(self._insert(_t).on_conflict_do_nothing(), rows)
        return len(await self.list_of(member_id)) - before

    async def remove(self, member_id: int, tags: Iterable[str]) -> int:
        """Take tags from a member; return how many they had."""
        return await self._run(sa.delete(_t).where(_t.c.member_id == member_id, _t.c.tag.in_(list(tags))))

    async def list_of(self, member_id: int) -> list[str]:
        """List a member's tags, in the order they were given."""
        rows = await self._all(
            sa.select(_t.c.tag).where(_t.c.member_id == member_id).order_by(_t.c.at, _t.c.tag)
        )
        return [row["tag"] for row in rows]

    async def list_members(self, tag: str) -> list[int]:
        """List who has a tag."""
        rows = await self._all(sa.select(_t.c.member_id).where(_t.c.tag == tag).order_by(_t.c.member_id))
        return [row["member_id"] for row in rows]

    async def count(self, limit: int) -> list[tuple[str, int]]:
        """List the most frequent tags with how many people have each."""
        many = sa.func.count().label("n")
        rows = await self._all(
            sa.select(_t.c.tag, many).group_by(_t.c.tag).order_by(many.desc(), _t.c.tag).limit(limit)
        )
        return [(row["tag"], row["n"]) for row in rows]
