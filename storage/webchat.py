"""The local web chat's own store: it is a platform of its own and keeps its messages and updates.

Called by `bot/adapters/webchat/` only; no handler reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_m = tables.webchat_messages
_u = tables.webchat_updates
# Written out: only so SQLite sees that its partial index holds every row that is asked for.
_IS_OPEN = sa.text("NOT webchat_updates.is_confirmed")


@dataclass(frozen=True, slots=True)
class WebchatMessage:
    """One message as the web chat keeps it; `author` is empty for the bot, `revision` grows with each change."""

    id: int
    key: str
    chat: str
    author: str
    author_name: str
    body: dict[str, Any]
    at: datetime
    changed_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class WebchatUpdate:
    """One thing a person did, as it was given to the bot."""

    id: int
    raw: dict[str, Any]
    is_confirmed: bool


def _message(row: sa.RowMapping) -> WebchatMessage:
    return WebchatMessage(**row)


def _next_revision() -> Any:
    return sa.select(sa.func.coalesce(sa.func.max(_m.c.revision), 0) + 1).scalar_subquery()


class WebchatRepository(Repository):
    """Queries over the web chat's messages and updates."""

    async def add(
        self, chat: str, author: str, author_name: str, body: Mapping[str, Any], *, key: str, now: datetime
    ) -> WebchatMessage:
        """Keep a message; the same key twice is kept once, and the first one is returned."""
        row = await self._one(
            self._insert(_m)
            .values(
                key=key, chat=chat, author=author, author_name=author_name, body=dict(body), at=now, changed_at=now,
                revision=_next_revision(),
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(_m)
        )  # fmt: skip
        row = row or await self._one(sa.select(_m).where(_m.c.key == key))
        assert row is not None  # noqa: S101 - it was either added or there
        return _message(row)

    async def find(self, message_id: int) -> WebchatMessage | None:
        """Return a message, or None; on PostgreSQL it stays locked for the transaction."""
        row = await self._one(sa.select(_m).where(_m.c.id == message_id).with_for_update())
        return _message(row) if row else None

    async def change(self, message_id: int, body: Mapping[str, Any], now: datetime) -> WebchatMessage:
        """Replace what a message holds."""
        row = await self._one(
            sa.update(_m)
            .where(_m.c.id == message_id)
            .values(body=dict(body), changed_at=now, revision=_next_revision())
            .returning(_m)
        )
        assert row is not None  # noqa: S101 - callers found it in this transaction
        return _message(row)

    async def list_since(self, revision: int, limit: int) -> list[WebchatMessage]:
        """List what was added or changed after a revision, in the order it happened."""
        rows = await self._all(
            sa.select(_m).where(_m.c.revision > revision).order_by(_m.c.revision).limit(limit)
        )
        return [_message(row) for row in rows]

    async def list_recent(self, chat: str, limit: int) -> list[WebchatMessage]:
        """List the newest messages of a chat, oldest first."""
        rows = await self._all(sa.select(_m).where(_m.c.chat == chat).order_by(_m.c.id.desc()).limit(limit))
        return [_message(row) for row in reversed(rows)]

    async def last_revision(self) -> int:
        """Return the revision of the newest change, 0 when nothing was said yet."""
        return int(await self._scalar(sa.select(sa.func.coalesce(sa.func.max(_m.c.revision), 0))))

    async def add_update(self, raw: Mapping[str, Any], *, key: str, now: datetime) -> WebchatUpdate:
        """Keep what a person did; the same key twice is kept once, and the first one is returned."""
        row = await self._one(
            self._insert(_u)
            .values(key=key, raw=dict(raw), at=now)
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(_u)
        )
        row = row or await self._one(sa.select(_u).where(_u.c.key == key))
        assert row is not None  # noqa: S101 - it was either added or there
        return WebchatUpdate(row["id"], row["raw"], row["is_confirmed"])

    async def find_update(self, key: str) -> WebchatUpdate | None:
        """Return what was done under a key, or None."""
        row = await self._one(sa.select(_u).where(_u.c.key == key))
        return WebchatUpdate(row["id"], row["raw"], row["is_confirmed"]) if row else None

    async def list_unconfirmed(self, limit: int) -> list[WebchatUpdate]:
        """List what the bot has not confirmed yet, oldest first."""
        rows = await self._all(sa.select(_u).where(_IS_OPEN).order_by(_u.c.id).limit(limit))
        return [WebchatUpdate(row["id"], row["raw"], row["is_confirmed"]) for row in rows]

    async def confirm(self, update_id: int) -> None:
        """Note that the bot has taken an update for good."""
        await self._run(sa.update(_u).where(_u.c.id == update_id).values(is_confirmed=True))
