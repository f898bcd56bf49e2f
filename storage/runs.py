"""Slots of rituals: claimed once, collected, closed; and what staff changed about a ritual in chat."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.errors import NotFoundError
from storage.repository import Repository

_t = tables.runs
EVERY_CHAT = 0


class RunState(enum.StrEnum):
    """What became of a Slot."""

    OPEN = "open"  # begun and still collecting
    CLOSED = "closed"  # finished
    SKIPPED = "skipped"  # not held; the reason says why


@dataclass(frozen=True, slots=True)
class Run:
    """The record of one planned occurrence of a ritual in one chat."""

    id: int
    ritual: str
    kind: str
    chat_id: int
    day: date
    slot: str
    state: RunState
    reason: str
    due: datetime
    closes_at: datetime | None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Override:
    """One setting of a ritual changed in chat or console; chat_id 0 means every chat."""

    ritual: str
    chat_id: int
    key: str
    value: str
    by_id: int | None
    at: datetime


def _run(row: sa.RowMapping) -> Run:
    return Run(
        id=row["id"], ritual=row["ritual"], kind=row["kind"], chat_id=row["chat_id"], day=row["day"],
        slot=row["slot"], state=RunState(row["state"]), reason=row["reason"], due=row["due"],
        closes_at=row["closes_at"], data=row["data"],
    )  # fmt: skip


class RunRepository(Repository):
    """Queries over runs and ritual overrides."""

    async def claim(
        self, *, ritual: str, kind: str, chat_id: int, day: date, slot: str, due: datetime,
        closes_at: datetime | None = None, skip_reason: str = "", data: dict[str, Any] | None = None,
    ) -> Run | None:  # fmt: skip
        """Take a Slot, once: None when it was taken before, by whatever process.

        With `skip_reason` the Slot is recorded as skipped instead of opened.
        """
        state = RunState.SKIPPED if skip_reason else RunState.OPEN
        row = await self._one(
            self._insert(_t)
            .values(
                ritual=ritual, kind=kind, chat_id=chat_id, day=day, slot=slot, state=str(state), reason=skip_reason,
                due=due, closes_at=closes_at, data=data or {},
            )
            .on_conflict_do_nothing()
            .returning(_t)
        )  # fmt: skip
        self._uow.written.add("runs")
        return _run(row) if row else None

    async def get(self, run_id: int) -> Run:
        """Return a run. **Errors**: NotFoundError."""
        row = await self._one(sa.select(_t).where(_t.c.id == run_id))
        if row is None:
            raise NotFoundError(f"run {run_id}")
        return _run(row)

    async def find(self, run_id: int) -> Run | None:
        """Return a run, or None."""
        row = await self._one(sa.select(_t).where(_t.c.id == run_id))
        return _run(row) if row else None

    async def change(self, run: Run, **values: Any) -> None:
        """Change columns of a run."""
        await self._run(sa.update(_t).where(_t.c.id == run.id).values(**values))

    async def close(self, run_id: int, reason: str = "") -> bool:
        """Close an open run; False if it was closed before."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.id == run_id, _t.c.state == str(RunState.OPEN))
                .values(state=str(RunState.CLOSED), reason=reason)
            )
        )

    async def list_closing(self, now: datetime) -> list[Run]:
        """List open runs whose window is over, earliest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.state == str(RunState.OPEN), _t.c.closes_at <= now)
            .order_by(_t.c.closes_at)
        )
        return [_run(row) for row in rows]

    async def next_closing(self) -> datetime | None:
        """Return when the next open run ends."""
        at: datetime | None = await self._scalar(
            sa.select(sa.func.min(_t.c.closes_at, type_=tables.Moment())).where(
                _t.c.state == str(RunState.OPEN)
            )
        )
        return at

    async def find_open(self, chat_id: int, kind: str) -> Run | None:
        """Return the newest open run of a kind in a chat, or None."""
        row = await self._one(
            sa.select(_t)
            .where(_t.c.chat_id == chat_id, _t.c.kind == kind, _t.c.state == str(RunState.OPEN))
            .order_by(_t.c.id.desc())
            .limit(1)
        )
        return _run(row) if row else None

    async def list_last(self, chat_id: int, ritual: str, limit: int = 10) -> list[Run]:
        """List the newest runs of a ritual in a chat, skipped ones included, newest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.chat_id == chat_id, _t.c.ritual == ritual)
            .order_by(_t.c.due.desc(), _t.c.id.desc())
            .limit(limit)
        )
        return [_run(row) for row in rows]

    async def list_open(self, chat_id: int, kind: str) -> list[Run]:
        """List the open runs of a kind in a chat, oldest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.chat_id == chat_id, _t.c.kind == kind, _t.c.state == str(RunState.OPEN))
            .order_by(_t.c.id)
        )
        return [_run(row) for row in rows]

    async def list_held(self, run: Run, limit: int, offset: int = 0) -> list[Run]:
        """List the runs of the same ritual and chat that were held before one, newest first."""
        rows = await self._all(
            sa.select(_t)
            .where(
                _t.c.chat_id == run.chat_id, _t.c.ritual == run.ritual, _t.c.id < run.id,
                _t.c.state != str(RunState.SKIPPED),
            )
            .order_by(_t.c.id.desc())
            .limit(limit)
            .offset(offset)
        )  # fmt: skip
        return [_run(row) for row in rows]

    async def set_override(
        self, ritual: str, chat_id: int, key: str, value: str, *, by_id: int | None, now: datetime
    ) -> None:
        """Change a setting of a ritual; an empty value removes the override."""
        o = tables.ritual_overrides
        self._uow.written.add("plans")
        if value == "":
            await self._run(sa.delete(o).where(o.c.ritual == ritual, o.c.chat_id == chat_id, o.c.key == key))
            return
        values = {"value": value, "by_id": by_id, "at": now}
        await self._run(
            self._insert(o)
            .values(ritual=ritual, chat_id=chat_id, key=key, **values)
            .on_conflict_do_update(index_elements=["ritual", "chat_id", "key"], set_=values)
        )

    async def list_overrides(self) -> list[Override]:
        """List every override."""
        o = tables.ritual_overrides
        return [
            Override(**row)
            for row in await self._all(sa.select(o).order_by(o.c.ritual, o.c.chat_id, o.c.key))
        ]
