"""Which rungs members have reached, and what a person has yet to hand over for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_h = tables.handovers


@dataclass(frozen=True, slots=True)
class Handover:
    """One thing that a rung opened for somebody and a person hands over."""

    id: int
    member_id: int
    rung: str
    unlock: str
    at: datetime
    done_by_id: int | None


def _handover(row: sa.RowMapping) -> Handover:
    return Handover(row["id"], row["member_id"], row["rung"], row["unlock"], row["at"], row["done_by_id"])


class LadderRepository(Repository):
    """Queries over rungs and handovers."""

    async def reach(self, member_id: int, name: str, unlocks: Iterable[str], now: datetime) -> bool:
        """Note that a member reached a rung, and what is to be handed over; False if they had before."""
        is_new = await self._run(
            self._insert(tables.rungs).values(member_id=member_id, name=name, at=now).on_conflict_do_nothing()
        )
        rows = [{"member_id": member_id, "rung": name, "unlock": unlock, "at": now} for unlock in unlocks]
        if is_new and rows:
            await self._run(self._insert(_h).on_conflict_do_nothing(), rows)
        return bool(is_new)

    async def list_reached(self, member_id: int) -> set[str]:
        """Return the names of the rungs that a member was told of."""
        r = tables.rungs
        return {row["name"] for row in await self._all(sa.select(r.c.name).where(r.c.member_id == member_id))}

    async def list_open(self, limit: int = 20) -> list[Handover]:
        """List what waits to be handed over, oldest first."""
        rows = await self._all(sa.select(_h).where(_h.c.done_at.is_(None)).order_by(_h.c.id).limit(limit))
        return [_handover(row) for row in rows]

    async def count_open(self) -> int:
        """Count what waits to be handed over."""
        query = sa.select(sa.func.count()).select_from(_h).where(_h.c.done_at.is_(None))
        return int(await self._scalar(query))

    async def find(self, handover_id: int) -> Handover | None:
        """Return a handover, or None."""
        row = await self._one(sa.select(_h).where(_h.c.id == handover_id))
        return _handover(row) if row else None

    async def hand_over(self, handover_id: int, by_id: int, now: datetime) -> bool:
        """Tick a handover off; False if somebody did before."""
        return bool(
            await self._run(
                sa.update(_h)
                .where(_h.c.id == handover_id, _h.c.done_at.is_(None))
                .values(done_at=now, done_by_id=by_id)
            )
        )
