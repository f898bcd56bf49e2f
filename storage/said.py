"""A short-lived index of what was said, so that a quote without an author finds its message again.

For platforms that give quotes no author (PRODUCT §3); kept for days, by the adapters, and off by config.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Platform
from storage.repository import Repository

_t = tables.said


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `sender` is a platform id, empty for ourselves, and `digest` what all copies of its text share."""

    chat: str
    message_id: str
    sender: str
    digest: str


class SaidRepository(Repository):
    """Queries over what was said."""

    async def add(self, platform: Platform, messages: Iterable[Said], now: datetime) -> None:
        """Remember messages; one that is known already is kept as it is."""
        rows = [
            {
                "platform": str(platform), "chat": m.chat, "message_id": m.message_id, "sender": m.sender,
                "digest": m.digest, "at": now,
            }
            for m in messages
        ]  # fmt: skip
        if rows:
            statement = self._insert(_t).on_conflict_do_nothing(
                index_elements=["platform", "chat", "message_id"]
            )
            await self._run(statement, rows)

    async def find(self, platform: Platform, chat: str, digest: str) -> Said | None:
        """Return the newest message with this text in a chat, or None."""
        row = await self._one(
            sa.select(_t)
            .where(_t.c.platform == str(platform), _t.c.chat == chat, _t.c.digest == digest)
            .order_by(_t.c.at.desc())
            .limit(1)
        )
        return Said(row["chat"], row["message_id"], row["sender"], row["digest"]) if row else None

    async def forget(self, platform: Platform, before: datetime) -> int:
        """Forget what was said before a moment; return how much that was."""
        return await self._run(sa.delete(_t).where(_t.c.platform == str(platform), _t.c.at < before))
