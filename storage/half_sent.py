"""How far a message that a platform cuts into pieces has come, so that a restart goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.half_sent


@dataclass(frozen=True, slots=True)
class HalfSent:
    """A message under way: by which road so many pieces arrived, and whether the next one has left.

    `beginning` tells those pieces from others, should the message have changed since.
    """

    key: str
    road: str
    sent: int
    beginning: str
    is_next_gone: bool


class HalfSentRepository(Repository):
    """Queries over messages under way, by the key of their promise."""

    async def keep(self, half: HalfSent, now: datetime) -> None:
        """Note how far a message has come."""
        values = {
            "road": half.road, "sent": half.sent, "beginning": half.beginning,
            "is_next_gone": half.is_next_gone, "at": now,
        }  # fmt: skip
        statement = self._insert(_t).values(key=half.key, **values)
        await self._run(statement.on_conflict_do_update(index_elements=["key"], set_=values))

    async def find(self, key: str) -> HalfSent | None:
        """Return how far a message has come, None if it never was under way or has one piece."""
        row = await self._one(sa.select(_t).where(_t.c.key == key))
        if row is None:
            return None
        return HalfSent(row["key"], row["road"], row["sent"], row["beginning"], row["is_next_gone"])

    async def forget(self, before: datetime) -> int:
        """Forget what was under way before a moment; return how much that was."""
        return await self._run(sa.delete(_t).where(_t.c.at < before))
