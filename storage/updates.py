"""Intake: which Updates were seen, which could not be read, and how much was said. Called by the dispatcher."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Platform
from storage.repository import Repository, as_json, prepared

_MARK_SEEN = prepared(
    "id:text",
    "INSERT INTO updates (platform, update_id, seen_at) SELECT :platform, r.id, :now FROM {rows}"
    " WHERE true ON CONFLICT DO NOTHING RETURNING update_id",
    tables.updates.c.update_id,
)
_ADD_ACTIVITY = prepared(
    "c:bigint m:bigint d:date n:integer",
    "INSERT INTO activity (chat_id, member_id, day, messages) SELECT r.c, r.m, r.d, r.n FROM {rows}"
    " WHERE true ON CONFLICT (chat_id, member_id, day)"
    " DO UPDATE SET messages = activity.messages + excluded.messages",
)
_ADD_ACQUAINTANCES = prepared(
    "c:bigint m:bigint",
    "INSERT INTO acquaintances (chat_id, member_id, first_said_at) SELECT r.c, r.m, :now FROM {rows}"
    " WHERE true ON CONFLICT DO NOTHING RETURNING chat_id, member_id",
    tables.acquaintances.c.chat_id,
    tables.acquaintances.c.member_id,
)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An Update that could not be parsed, kept raw."""

    id: int
    platform: Platform
    raw: str
    error: str
    at: datetime


class UpdateRepository(Repository):
    """Queries over updates, quarantine and activity."""

    async def mark_seen(self, platform: Platform, update_ids: Sequence[str], now: datetime) -> set[str]:
        """Mark a batch as seen in one statement; return those that had not been seen before."""
        rows = await self._fetch(
            _MARK_SEEN,
            {
                "platform": str(platform),
                "now": tables.micros(now),
                "rows": as_json([[i] for i in dict.fromkeys(update_ids)]),
            },
        )
        return {row["update_id"] for row in rows}

    async def add_quarantined(self, platform: Platform, raw: str, error: str, now: datetime) -> None:
        """Keep an Update that could not be parsed."""
        await self._run(
            sa.insert(tables.quarantine), {"platform": str(platform), "raw": raw, "error": error, "at": now}
        )

    async def list_quarantined(self, limit: int = 20) -> list[Quarantined]:
        """List the newest quarantined Updates."""
        rows = await self._all(
            sa.select(tables.quarantine).order_by(tables.quarantine.c.id.desc()).limit(limit)
        )
        return [Quarantined(**{**row, "platform": Platform(row["platform"])}) for row in rows]

    async def count_quarantined(self) -> int:
        """Count quarantined Updates."""
        return int(await self._scalar(sa.select(sa.func.count()).select_from(tables.quarantine)))

    async def add_activity(self, rows: Sequence[tuple[int, int, str, int]]) -> None:
        """Add to the per-day counters in one statement. **Shape**: (chat id, member id, ISO local day, messages)."""
        await self._apply(_ADD_ACTIVITY, {"rows": as_json(rows)})

    async def add_acquaintances(
        self, pairs: Iterable[tuple[int, int]], now: datetime
    ) -> set[tuple[int, int]]:
        """Note who has spoken in which group; return the pairs for whom this is the first time ever."""
        rows = await self._fetch(
            _ADD_ACQUAINTANCES, {"now": tables.micros(now), "rows": as_json([list(pair) for pair in pairs])}
        )
        return {(row["chat_id"], row["member_id"]) for row in rows}

    async def last_seen(self, platform: Platform) -> datetime | None:
        """Return when the last Update of a platform came in."""
        seen: datetime | None = await self._scalar(
            sa.select(sa.func.max(tables.updates.c.seen_at, type_=tables.Moment())).where(
                tables.updates.c.platform == str(platform)
            )
        )
        return seen

    async def forget_seen(self, before: datetime) -> int:
        """Drop seen marks older than any platform would redeliver."""
        return await self._run(sa.delete(tables.updates).where(tables.updates.c.seen_at < before))
