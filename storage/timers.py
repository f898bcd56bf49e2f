"""Due moments: reminders and steps that must happen once, whatever restarts there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.asks import Step
from storage.prepared import Prepared
from storage.repository import Bulk, Repository, as_json, insert, unroll

_t = tables.timers


@dataclass(frozen=True, slots=True)
class Timer:
    """One due moment with a unique key, claimed like a Slot."""

    id: int
    key: str
    kind: str
    subject: str
    due: datetime
    data: dict[str, Any] = field(default_factory=dict)


def _timer(row: sa.RowMapping) -> Timer:
    return Timer(row["id"], row["key"], row["kind"], row["subject"], row["due"], row["data"])


_PUT = Prepared(
    lambda is_postgres: insert(_t, is_postgres=is_postgres).on_conflict_do_nothing(),
    keys=("key", "kind", "due", "subject", "data"),
)


def _row(key: str, kind: str, due: datetime, subject: str, data: dict[str, Any] | None) -> dict[str, Any]:
    return {"key": key, "kind": kind, "due": due, "subject": subject, "data": data or {}}


_PUT_ALL = Bulk(
    "k:text n:text d:bigint s:text j:json",
    "INSERT INTO timers (key, kind, due, subject, data) SELECT r.k, r.n, r.d, r.s, r.j FROM {rows} WHERE true"
    " ON CONFLICT DO NOTHING",
)


class TimerRepository(Repository):
    """Queries over timers."""

    async def put(
        self, key: str, kind: str, due: datetime, *, subject: str = "", data: dict[str, Any] | None = None
    ) -> bool:
        """Promise to do something at a moment; False if that promise stands already."""
        self._uow.written.add("timers")
        return bool(await self._apply(_PUT, _row(key, kind, due, subject, data)))

    async def put_new(self, key: str, kind: str, due: datetime, *, subject: str) -> None:
        """Promise what nobody can have promised before, or may have: it is kept once."""
        self._uow.written.add("timers")
        await self._later(Step(_PUT, _row(key, kind, due, subject, None)))

    async def put_all(self, timers: Sequence[Timer]) -> None:
        """Promise several things at once; their ids are not looked at. What stands already is kept."""
        if timers:
            self._uow.written.add("timers")
            rows = [[t.key, t.kind, tables.micros(t.due), t.subject, as_json(t.data)] for t in timers]
            await self._bulk(_PUT_ALL, {"rows": as_json(rows)})

    async def cancel_all(self, subjects: Iterable[str], *kinds: str) -> None:
        """Drop the timers of these kinds about several subjects that have not fired."""
        shape = unroll("s:text", is_postgres=self._is_postgres)
        among = _t.c.subject.in_(sa.select(sa.column("s", sa.Text())).select_from(sa.text(shape)))
        await self._run(
            sa.delete(_t).where(among, _t.c.fired_at.is_(None), _t.c.kind.in_(kinds)),
            {"rows": as_json([[subject] for subject in subjects])},
        )

    async def cancel(self, subject: str, *kinds: str) -> None:
        """Drop the timers about a subject that have not fired (all kinds, or these)."""
        query = sa.delete(_t).where(_t.c.subject == subject, _t.c.fired_at.is_(None))
        await self._run(query.where(_t.c.kind.in_(kinds)) if kinds else query)

    async def list_due(self, now: datetime, limit: int = 100) -> list[Timer]:
        """List timers that are due and have not fired, earliest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.fired_at.is_(None), _t.c.due <= now)
            .order_by(_t.c.due, _t.c.id)
            .limit(limit)
        )
        return [_timer(row) for row in rows]

    async def claim(self, timer: Timer, now: datetime) -> bool:
        """Take a timer, once: False if it fired or was cancelled meanwhile."""
        return bool(
            await self._run(
                sa.update(_t).where(_t.c.id == timer.id, _t.c.fired_at.is_(None)).values(fired_at=now)
            )
        )

    async def again(self, timer: Timer, due: datetime, data: dict[str, Any]) -> None:
        """Let a timer that has fired come once more, with other data: work that goes on step by step."""
        self._uow.written.add("timers")
        await self._run(sa.update(_t).where(_t.c.id == timer.id).values(due=due, data=data, fired_at=None))

    async def erase(self, timer: Timer) -> None:
        """Keep nothing of a timer, not even that it fired."""
        await self._run(sa.delete(_t).where(_t.c.id == timer.id))

    async def next_due(self) -> datetime | None:
        """Return when the next timer is due."""
        at: datetime | None = await self._scalar(
            sa.select(sa.func.min(_t.c.due, type_=tables.Moment())).where(_t.c.fired_at.is_(None))
        )
        return at
