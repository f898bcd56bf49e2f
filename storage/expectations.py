"""What we asked somebody in a chat and wait to hear next, and what they were already told.

A dialogue survives restarts because its state is a row, keyed by chat and member.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.expectations


@dataclass(frozen=True, slots=True)
class Expectation:
    """The next plain message of this member in this chat belongs to `intent`."""

    intent: str
    data: dict[str, Any]


class ExpectationRepository(Repository):
    """Queries over expectations and cautions."""

    async def put(
        self, chat_id: int, member_id: int, intent: str, data: dict[str, Any], expires_at: datetime
    ) -> None:
        """Wait for this member's next message; replaces what was awaited before."""
        values = {"intent": intent, "data": data, "expires_at": expires_at}
        await self._run(
            self._insert(_t)
            .values(chat_id=chat_id, member_id=member_id, **values)
            .on_conflict_do_update(index_elements=["chat_id", "member_id"], set_=values)
        )

    async def find(self, chat_id: int, member_id: int, now: datetime) -> Expectation | None:
        """Return what is awaited of this member in this chat, or None."""
        row = await self._one(
            sa.select(_t).where(_t.c.chat_id == chat_id, _t.c.member_id == member_id, _t.c.expires_at > now)
        )
        return Expectation(row["intent"], row["data"]) if row else None

    async def drop(self, chat_id: int, member_id: int) -> bool:
        """Stop waiting; False if nothing was awaited."""
        return bool(
            await self._run(sa.delete(_t).where(_t.c.chat_id == chat_id, _t.c.member_id == member_id))
        )

    async def caution(self, member_id: int, kind: str, now: datetime, until: datetime) -> bool:
        """Note that somebody is being told something; False if they were told and the window is not over."""
        c = tables.cautions
        return bool(
            await self._run(
                self._insert(c)
                .values(member_id=member_id, kind=kind, until=until)
                .on_conflict_do_update(
                    index_elements=["member_id", "kind"], set_={"until": until}, where=c.c.until <= now
                )
            )
        )

    async def forget_expired(self, now: datetime) -> int:
        """Drop what is no longer awaited, and the cautions whose window is over."""
        c = tables.cautions
        return await self._run(sa.delete(_t).where(_t.c.expires_at <= now)) + await self._run(
            sa.delete(c).where(c.c.until <= now)
        )
