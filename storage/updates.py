"""Intake: which Updates were seen, which could not be read, and how much was said. Called by the dispatcher."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.asks import Ask, Step
from storage.prepared import Prepared
from storage.records import Platform
from storage.repository import Repository, as_json, prepared

_MARK = (
    "INSERT INTO updates (platform, update_id, seen_at) SELECT :platform, {id}, :now FROM {rows}"
    " WHERE true ON CONFLICT DO NOTHING"
)
_ADD_DAY = (
    "INSERT INTO activity (chat_id, member_id, day, messages) SELECT {columns} FROM {rows} WHERE true"
    " ON CONFLICT (chat_id, member_id, day) DO UPDATE SET messages = activity.messages + excluded.messages"
)


def _mark(is_postgres: bool, returning: str = "") -> Any:  # noqa: FBT001 - the shape Prepared asks for
    """Mark ids, a JSON array: flat, since taking each row apart costs SQLite as much as storing it."""
    rows, each = (
        ("jsonb_array_elements_text(CAST(:rows AS jsonb)) AS r", "r")
        if is_postgres
        else ("json_each(:rows) AS r", "r.value")
    )
    platform = "CAST(:platform AS text)" if is_postgres else ":platform"
    now = "CAST(:now AS bigint)" if is_postgres else ":now"
    sql = _MARK.replace(":platform", platform).replace(":now", now)
    return sa.text(sql.format(rows=rows, id=each) + returning)


def _add_day(is_postgres: bool) -> Any:  # noqa: FBT001 - the shape Prepared asks for
    """Add to the counters of one group's day, a JSON object of messages by member."""
    if is_postgres:
        columns = "CAST(:chat AS bigint), CAST(r.key AS bigint), CAST(:day AS date), CAST(r.value AS integer)"
        rows = "jsonb_each_text(CAST(:rows AS jsonb)) AS r"
    else:
        columns, rows = ":chat, CAST(r.key AS integer), :day, r.value", "json_each(:rows) AS r"
    return sa.text(_ADD_DAY.format(columns=columns, rows=rows))


_MARK_NEW = Prepared(_mark)
_MARK_SEEN = Prepared(
    lambda is_postgres: _mark(is_postgres, " RETURNING update_id").columns(tables.updates.c.update_id),
    returned=[tables.updates.c.update_id],
    is_repeatable=True,
)
_ADD_ACTIVITY = Prepared(_add_day)
_ADD_ACQUAINTANCES = prepared(
    "c:bigint m:bigint",
    "INSERT INTO acquaintances (chat_id, member_id, first_said_at) SELECT r.c, r.m, :now FROM {rows}"
    " WHERE true ON CONFLICT DO NOTHING RETURNING chat_id, member_id",
    tables.acquaintances.c.chat_id,
    tables.acquaintances.c.member_id,
)


def _marks(platform: Platform, update_ids: Sequence[str], now: datetime) -> dict[str, Any]:
    return {
        "platform": str(platform), "now": tables.micros(now), "rows": as_json(list(dict.fromkeys(update_ids))),
    }  # fmt: skip


class _SeenBeforeError(Exception):
    """Some of a batch had been seen before: which ones takes another statement."""


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
        if self._is_postgres:  # where naming the marked costs less than undoing
            return await self._answer(self.asking_fresh(platform, update_ids, now))
        marks = _marks(platform, update_ids, now)
        try:
            async with self._uow.savepoint():
                if await self._apply(_MARK_NEW, marks) < len(set(update_ids)):
                    raise _SeenBeforeError  # noqa: TRY301 - it undoes what was marked
        except _SeenBeforeError:
            return await self._answer(self.asking_fresh(platform, update_ids, now))
        return set(update_ids)

    def asking_fresh(self, platform: Platform, update_ids: Sequence[str], now: datetime) -> Ask[set[str]]:
        """Ask what `mark_seen` asks."""
        step = Step(_MARK_SEEN, _marks(platform, update_ids, now))
        return Ask(step, lambda rows: {row["update_id"] for row in rows})

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

    async def add_activity(self, chat_id: int, day: date, messages: Mapping[int, int]) -> None:
        """Add to a group's counters of a local day in one statement. **Shape**: messages by member id."""
        counts = {"chat": chat_id, "day": self._day(day), "rows": as_json(messages)}
        await self._later(Step(_ADD_ACTIVITY, counts))

    def _day(self, day: date) -> date | str:
        return day if self._is_postgres else day.isoformat()

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
