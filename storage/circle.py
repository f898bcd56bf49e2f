"""The core circle: who was invited, and what they answered."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository, ids_as_json

_t = tables.circle
ASK_AGAIN_AFTER = timedelta(days=90)
"""Who has declined, or not answered, may be invited again after so long."""


class Membership(enum.StrEnum):
    """What somebody answered."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Place:
    """One person's place in the circle."""

    member_id: int
    state: Membership
    by_id: int
    invited_at: datetime
    answered_at: datetime | None


def _place(row: sa.RowMapping) -> Place:
    return Place(
        row["member_id"], Membership(row["state"]), row["by_id"], row["invited_at"], row["answered_at"]
    )


class CircleRepository(Repository):
    """Queries over the core circle."""

    async def invite(self, member_id: int, by_id: int, now: datetime) -> bool:
        """Invite somebody; False if they are in it or were asked lately."""
        said = {"state": str(Membership.INVITED), "by_id": by_id, "invited_at": now, "answered_at": None}
        return bool(
            await self._run(
                self._insert(_t)
                .values(member_id=member_id, **said)
                .on_conflict_do_update(
                    index_elements=["member_id"], set_=said,
                    where=sa.and_(
                        _t.c.state != str(Membership.ACCEPTED), _t.c.invited_at < now - ASK_AGAIN_AFTER
                    ),
                )
            )
        )  # fmt: skip

    async def answer(self, member_id: int, state: Membership, now: datetime) -> bool:
        """Write what somebody answered; False if they were not asked or have said so before."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.member_id == member_id, _t.c.state != str(state))
                .values(state=str(state), answered_at=now)
            )
        )

    async def find(self, member_id: int) -> Place | None:
        """Return somebody's place, or None."""
        row = await self._one(sa.select(_t).where(_t.c.member_id == member_id))
        return _place(row) if row else None

    async def list_by_id(self, member_ids: Collection[int]) -> dict[int, Place]:
        """Return the places of several people."""
        rows = await self._all(
            sa.select(_t).where(self._among(_t.c.member_id)), {"rows": ids_as_json(member_ids)}
        )
        return {row["member_id"]: _place(row) for row in rows}

    async def list_members(self, limit: int = 200) -> list[int]:
        """List the ids of who is in the circle, those longest in it first: whom a roundtable invites."""
        rows = await self._all(
            sa.select(_t.c.member_id)
            .where(_t.c.state == str(Membership.ACCEPTED))
            .order_by(_t.c.answered_at, _t.c.member_id)
            .limit(limit)
        )
        return [row["member_id"] for row in rows]
