"""Who changed what; and the few facts the program keeps about itself (`meta`)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit."""

    id: int
    at: datetime
    by_id: int | None
    action: str
    subject: str
    detail: str


class AuditRepository(Repository):
    """Queries over audit and meta."""

    async def add(
        self, action: str, *, by_id: int | None, now: datetime, subject: str = "", detail: str = ""
    ) -> None:
        """Write one line."""
        await self._run(
            sa.insert(_t), {"at": now, "by_id": by_id, "action": action, "subject": subject, "detail": detail}
        )

    async def list_last(self, limit: int = 20) -> list[Entry]:
        """List the newest lines, newest first."""
        return [Entry(**row) for row in await self._all(sa.select(_t).order_by(_t.c.id.desc()).limit(limit))]

    async def remember(self, key: str, value: str) -> None:
        """Keep one fact about the program itself."""
        await self._run(
            self._insert(tables.meta)
            .values(key=key, value=value)
            .on_conflict_do_update(index_elements=["key"], set_={"value": value})
        )

    async def recall(self, key: str) -> str | None:
        """Return such a fact, or None."""
        found: str | None = await self._scalar(sa.select(tables.meta.c.value).where(tables.meta.c.key == key))
        return found

    async def seal_key(self) -> bytes:
        """Return the key that seals buttons and deep links, made once for each database."""
        await self._run(
            self._insert(tables.meta)
            .values(key="seal_key", value=secrets.token_hex(32))
            .on_conflict_do_nothing()
        )
        return bytes.fromhex(await self.recall("seal_key") or "")
