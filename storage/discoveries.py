"""Discoveries: what members found out and shared (`#发现`), and which of them staff chose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Attachment
from storage.repository import Repository

_t = tables.discoveries


@dataclass(frozen=True, slots=True)
class Discovery:
    """One thing that somebody found out, kept verbatim."""

    id: int
    chat_id: int
    member_id: int
    message_id: str
    text: str
    link: str
    attachments: tuple[Attachment, ...]
    at: datetime
    chosen_at: datetime | None
    chosen_by_id: int | None


def _discovery(row: sa.RowMapping) -> Discovery:
    return Discovery(
        id=row["id"], chat_id=row["chat_id"], member_id=row["member_id"], message_id=row["message_id"],
        text=row["text"], link=row["link"], attachments=tuple(Attachment(*file) for file in row["attachments"]),
        at=row["at"], chosen_at=row["chosen_at"], chosen_by_id=row["chosen_by_id"],
    )  # fmt: skip


class DiscoveryRepository(Repository):
    """Queries over discoveries."""

    async def add(
        self, *, chat_id: int, member_id: int, message_id: str, text: str, link: str, now: datetime,
        attachments: Iterable[Attachment] = (),
    ) -> Discovery | None:  # fmt: skip
        """Keep one discovery; None if that very message was kept before."""
        files = [[a.kind, a.file_id, a.unique_id] for a in attachments]
        row = await self._one(
            self._insert(_t)
            .values(
                chat_id=chat_id, member_id=member_id, message_id=message_id, text=text, link=link,
                attachments=files, at=now,
            )
            .on_conflict_do_nothing()
            .returning(_t)
        )  # fmt: skip
        return _discovery(row) if row else None

    async def find(self, discovery_id: int) -> Discovery | None:
        """Return a discovery, or None."""
        row = await self._one(sa.select(_t).where(_t.c.id == discovery_id))
        return _discovery(row) if row else None

    async def find_by_message(self, chat_id: int, message_id: str) -> Discovery | None:
        """Return the discovery kept from one message, or None."""
        row = await self._one(sa.select(_t).where(_t.c.chat_id == chat_id, _t.c.message_id == message_id))
        return _discovery(row) if row else None

    async def reword(self, discovery_id: int, text: str) -> None:
        """Put other words in its place."""
        await self._run(sa.update(_t).where(_t.c.id == discovery_id).values(text=text))

    async def choose(self, discovery_id: int, by_id: int, now: datetime) -> bool:
        """Choose a discovery; False if somebody did before."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.id == discovery_id, _t.c.chosen_at.is_(None))
                .values(chosen_at=now, chosen_by_id=by_id)
            )
        )

    async def list_open(self, limit: int = 20, *, since: datetime) -> list[Discovery]:
        """List what nobody has chosen since a moment, newest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.chosen_at.is_(None), _t.c.at >= since)
            .order_by(_t.c.id.desc())
            .limit(limit)
        )
        return [_discovery(row) for row in rows]

    async def count_since(self, member_id: int, since: datetime) -> int:
        """Count what one member shared since a moment."""
        query = sa.select(sa.func.count()).where(_t.c.member_id == member_id, _t.c.at > since)
        return int(await self._scalar(query))
