"""What waits for staff: open feedback, what is late first, then the longest waiting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import sqlalchemy as sa

from storage import tables
from storage.records import OPEN, Feedback, Status
from storage.repository import Repository
from storage.rows import feedback_of
from storage.verdicts import ASKED

_t = tables.feedback
_Condition: TypeAlias = sa.ColumnElement[bool]
_Rows: TypeAlias = sa.FromClause


@dataclass(frozen=True, slots=True)
class Sift:
    """Which part of the inbox: with words in the text, of one owner, or everything not closed."""

    words: str = ""
    owner_id: int | None = None
    is_all: bool = False
    is_free: bool = False  # nobody has it yet


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits: all of it, what is late, what nobody has, what is on hold, what awaits a verdict."""

    waiting: int
    late: int
    unclaimed: int
    held: int
    awaited: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for somebody, and how much of it is late."""

    waiting: int = 0
    late: int = 0


class InboxRepository(Repository):
    """Queries over what waits."""

    async def list_(
        self, sift: Sift, *, now: datetime, today: date, limit: int = 10, offset: int = 0
    ) -> list[Feedback]:
        """List one page, each topic once; `today` is the local day that promised dates are held against."""
        late, rest = _leading(sift, now, today)
        numbers = await self._numbers(sift, late, limit, offset)
        if len(numbers) < limit:
            before = await self._count(late) if offset else len(numbers)
            numbers += await self._numbers(sift, rest, limit - len(numbers), max(offset - before, 0))
        rows = await self._all(sa.select(_t).where(_t.c.id.in_(numbers)))
        found = {row["id"]: feedback_of(row) for row in rows}
        return [found[number] for number in numbers]

    async def list_holding(self, sift: Sift, statuses: Iterable[Status], limit: int) -> list[Feedback]:
        """List the newest feedback in these statuses whose text holds every word as it stands."""
        holds = [_t.c.text.icontains(word, autoescape=True) for word in sift.words.split()]
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.status.in_(_words(statuses)), *holds)
            .order_by(_t.c.id.desc())
            .limit(limit)
        )
        return [feedback_of(row) for row in rows]

    async def count_(self, sift: Sift, *, today: date) -> int:
        """Count what a sift lets through."""
        return await self._count(_where(sift, today))

    async def count_by_owner(self, *, now: datetime, today: date) -> dict[int | None, Waiting]:
        """Count what waits for each owner, and under None what nobody has."""
        late = sa.func.coalesce(sa.func.sum(sa.case((_is_late(now, today), 1), else_=0)), 0)
        rows = await self._all(
            sa.select(_t.c.owner_id, sa.func.count().label("waiting"), late.label("late"))
            .where(*_where(Sift(), today))
            .group_by(_t.c.owner_id)
        )
        return {row["owner_id"]: Waiting(row["waiting"], row["late"]) for row in rows}

    async def sum_up(self, *, now: datetime, today: date) -> Counts:
        """Count everything that waits, in one walk through the index with as little as possible at each step."""
        rested = _t.c.held_until > today
        parts = []
        for statuses, due in (
            ({Status.RECEIVED}, _t.c.review_due),
            (OPEN - {Status.RECEIVED}, _t.c.update_due),
        ):
            overdue = sa.or_(due <= now, _t.c.planned_for < today)
            is_late = sa.case((_t.c.held_until.is_(None), overdue), else_=_t.c.held_until <= today)
            parts.append(
                sa.select(
                    sa.func.count().label("open"),
                    sa.func.count(_t.c.owner_id).label("owned"),
                    sa.func.count().filter(rested).label("held"),
                    sa.func.count().filter(rested, _t.c.owner_id.is_(None)).label("held_unclaimed"),
                    sa.func.count().filter(is_late).label("late"),
                ).where(_t.c.status.in_(_words(statuses)))
            )
        rows = await self._all(sa.union_all(*parts))
        of = {
            name: sum(row[name] for row in rows)
            for name in ("open", "owned", "held", "held_unclaimed", "late")
        }
        return Counts(
            waiting=of["open"] - of["held"], late=of["late"],
            unclaimed=of["open"] - of["owned"] - of["held_unclaimed"], held=of["held"],
            awaited=await self._count([_t.c.status.in_(_words(ASKED))]),
        )  # fmt: skip

    async def _count(self, where: list[_Condition]) -> int:
        return int(await self._scalar(sa.select(sa.func.count()).select_from(_t).where(*where)))

    async def _numbers(self, sift: Sift, where: list[_Condition], limit: int, offset: int) -> list[int]:
        """List numbers, the longest waiting first.

        The index has each status in order: the first of each, merged, spare a sort of everything that waits.
        """
        firsts = [
            sa.select(
                sa.select(_t.c.id)
                .where(_t.c.status == status, *where)
                .order_by(_t.c.id)
                .limit(limit + offset)
                .subquery()
                .c.id
            )
            for status in _words(_statuses(sift))
        ]
        found = sa.union_all(*firsts).subquery()
        rows = await self._all(sa.select(found.c.id).order_by(found.c.id).limit(limit).offset(offset))
        return [row["id"] for row in rows]


def _words(statuses: Iterable[Status]) -> list[str]:
    return [str(status) for status in statuses]


def _leading(sift: Sift, now: datetime, today: date) -> tuple[list[_Condition], list[_Condition]]:
    """Say what stands for its topic, or for itself: of what is late, and of the rest.

    Of the voices of a topic that a sift lets through it is the first that is late, else the first.
    """
    other = _t.alias("other")
    same = sa.select(other.c.id).where(other.c.topic_id == _t.c.topic_id, *_where(sift, today, other))
    is_earlier, is_late = other.c.id < _t.c.id, _is_late(now, today, other)
    alone = _t.c.topic_id.is_(None)
    late = sa.or_(alone, ~same.where(is_late, is_earlier).exists())
    rest = sa.or_(alone, ~same.where(sa.or_(is_late, is_earlier)).exists())
    where, which = _where(sift, today), _is_late(now, today)
    return [*where, which, late], [*where, ~which, rest]


def _is_late(now: datetime, today: date, t: _Rows = _t) -> _Condition:
    """Tell what is late; never NULL, and not held against a number: PostgreSQL takes that for next to nothing."""
    not_held = t.c.held_until.is_(None)
    is_late = sa.or_(
        t.c.held_until <= today,
        sa.and_(not_held, t.c.status == str(Status.RECEIVED), t.c.review_due <= now),
        sa.and_(not_held, t.c.status.in_(_words(OPEN)), t.c.planned_for < today),
        sa.and_(not_held, t.c.status.in_(_words(OPEN - {Status.RECEIVED})), t.c.update_due <= now),
    )
    return sa.case((is_late, sa.true()), else_=sa.false())


def _statuses(sift: Sift) -> list[Status]:
    return sorted(OPEN | ASKED if sift.is_all else OPEN)


def _where(sift: Sift, today: date, t: _Rows = _t) -> list[_Condition]:
    parts: list[_Condition] = [t.c.status.in_(_words(_statuses(sift)))]
    if not sift.is_all:
        parts.append(sa.or_(t.c.held_until.is_(None), t.c.held_until <= today))
    if sift.owner_id is not None:
        parts.append(t.c.owner_id == sift.owner_id)
    if sift.is_free:
        parts.append(t.c.owner_id.is_(None))
    parts += [t.c.text.icontains(word, autoescape=True) for word in sift.words.split()]
    return parts
