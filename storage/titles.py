"""Titles: who holds which honour, for what, and who took it back. At most one of a kind a member at a time."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository, ids_as_json

_t = tables.titles


class Honour(enum.StrEnum):
    """What a title is given for (PRODUCT §9); the first of those held stands beside the name."""

    ADVISER = "adviser"  # 品牌荣誉产品顾问: first to report what was verified
    BEST_FIND = "best_find"  # 最佳发现: a discovery that staff chose
    HELPER = "helper"  # 热心用户: thanked by so many different people
    CREATIVE = "creative"  # 创意生活家: a use of the product that nobody had thought of


@dataclass(frozen=True, slots=True)
class Title:
    """One honour of one member."""

    id: int
    member_id: int
    kind: Honour
    subject: str
    reason: str
    by_id: int | None
    at: datetime


def _title(row: sa.RowMapping) -> Title:
    return Title(
        row["id"],
        row["member_id"],
        Honour(row["kind"]),
        row["subject"],
        row["reason"],
        row["by_id"],
        row["at"],
    )


class TitleRepository(Repository):
    """Queries over titles."""

    async def grant(
        self, member_id: int, kind: Honour, now: datetime, *, subject: str = "", reason: str = "",
        by_id: int | None = None,
    ) -> Title | None:  # fmt: skip
        """Give a title; None if the member holds it already."""
        row = await self._one(
            self._insert(_t)
            .values(member_id=member_id, kind=str(kind), subject=subject, reason=reason, by_id=by_id, at=now)
            .on_conflict_do_nothing()
            .returning(_t)
        )
        return _title(row) if row else None

    async def revoke(self, member_id: int, kind: Honour, now: datetime, by_id: int) -> bool:
        """Take a title back; False if the member does not hold it."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.member_id == member_id, _t.c.kind == str(kind), _t.c.revoked_at.is_(None))
                .values(revoked_at=now, revoked_by_id=by_id)
            )
        )

    async def find(self, member_id: int, kind: Honour) -> Title | None:
        """Return a title that a member holds, or None."""
        row = await self._one(
            sa.select(_t).where(
                _t.c.member_id == member_id, _t.c.kind == str(kind), _t.c.revoked_at.is_(None)
            )
        )
        return _title(row) if row else None

    async def find_by_subject(self, member_id: int, subject: str) -> Title | None:
        """Return the title that a member holds because of something, or None."""
        row = await self._one(
            sa.select(_t).where(
                _t.c.subject == subject, _t.c.member_id == member_id, _t.c.revoked_at.is_(None)
            )
        )
        return _title(row) if row else None

    async def list_of(self, member_id: int) -> list[Title]:
        """List what a member holds, the one that is shown first."""
        held = await self.list_of_many([member_id])
        return held.get(member_id, [])

    async def list_of_many(self, member_ids: Collection[int]) -> dict[int, list[Title]]:
        """List what several members hold, by member."""
        rows = await self._all(
            sa.select(_t).where(self._among(_t.c.member_id), _t.c.revoked_at.is_(None)).order_by(_t.c.id),
            {"rows": ids_as_json(member_ids)},
        )
        held: dict[int, list[Title]] = {}
        for row in rows:
            held.setdefault(row["member_id"], []).append(_title(row))
        order = list(Honour)
        return {member: sorted(titles, key=lambda t: order.index(t.kind)) for member, titles in held.items()}

    async def list_given(self, since: datetime, until: datetime, limit: int = 50) -> list[Title]:
        """List the titles given between two moments and still held, oldest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.at >= since, _t.c.at < until, _t.c.revoked_at.is_(None))
            .order_by(_t.c.at, _t.c.id)
            .limit(limit)
        )
        return [_title(row) for row in rows]

    async def list_newest(self, limit: int = 20) -> list[Title]:
        """List the titles that are held, newest first."""
        rows = await self._all(
            sa.select(_t).where(_t.c.revoked_at.is_(None)).order_by(_t.c.id.desc()).limit(limit)
        )
        return [_title(row) for row in rows]
