"""Which department has what in hand: the decisions that are asked of it, and its answers.

A Route is one voice or topic in the hands of one department. Handing it on closes the Route and opens another, so
each department answers for its own time. Called by handlers, by the ritual `packet` and by exports.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from storage import tables
from storage.errors import ConflictError
from storage.keeping import Answered
from storage.records import Status
from storage.repository import Repository, ids_as_json

if TYPE_CHECKING:
    from storage.points import Point

_t = tables.routes
_CURRENT = sa.text("state <> 'moved'")  # written out: only so the partial indexes are used


class RouteState(enum.StrEnum):
    """How far a department has come with one Route."""

    ASKED = "asked"  # a decision is asked for
    NEED_INFO = "need_info"  # it asked back and waits
    ACCEPTED = "accepted"  # promised for a day
    DECLINED = "declined"  # will not be done, with a reason
    MOVED = "moved"  # handed on, or taken back


_FOLLOWS = {
    Status.PLANNED: RouteState.ACCEPTED,
    Status.IN_PROGRESS: RouteState.ACCEPTED,
    Status.RESOLVED: RouteState.ACCEPTED,
    Status.DECLINED: RouteState.DECLINED,
    Status.WITHDRAWN: RouteState.MOVED,
}
WAITING = (str(RouteState.ASKED), str(RouteState.NEED_INFO))


@dataclass(frozen=True, slots=True)
class Route:
    """One voice or one topic in the hands of one department."""

    id: int
    feedback_id: int | None
    topic_id: int | None
    department: str
    state: RouteState
    version: int
    by_id: int
    at: datetime
    due: datetime
    answered_by_id: int | None
    answered_at: datetime | None
    promised_for: date | None
    note: str


def _route(row: sa.RowMapping) -> Route:
    return Route(
        id=row["id"], feedback_id=row["feedback_id"], topic_id=row["topic_id"], department=row["department"],
        state=RouteState(row["state"]), version=row["version"], by_id=row["by_id"], at=row["at"], due=row["due"],
        answered_by_id=row["answered_by_id"], answered_at=row["answered_at"], promised_for=row["promised_for"],
        note=row["note"],
    )  # fmt: skip


class RouteRepository(Repository):
    """Queries over routes."""

    async def open_(
        self, point: Point, department: str, *, by_id: int, now: datetime, due: datetime
    ) -> Route | None:
        """Hand something to a department, taking it from whoever had it; None if it is being asked already.

        What it decided before and came back is asked anew. **Errors**: ConflictError when somebody was faster.
        """
        before = await self._list_about(point)
        here = (department, point.topic_id)
        if any((route.department, route.topic_id) == here and route.state in WAITING for route in before):
            return None
        for route in before:
            await self.answer(route, RouteState.MOVED, by_id=by_id, now=now)
        row = await self._one(
            self._insert(_t)
            .values(
                feedback_id=point.feedback_id, topic_id=point.topic_id, department=department,
                state=str(RouteState.ASKED), by_id=by_id, at=now, due=due,
            )
            .on_conflict_do_nothing()
            .returning(_t)
        )  # fmt: skip
        if row is None:
            raise ConflictError(point.subject)
        return _route(row)

    async def find(self, point: Point) -> Route | None:
        """Return whose hands something is in, None if nobody's; of several that were merged, the last word."""
        routes = await self._list_about(point)
        return routes[-1] if routes else None

    async def _list_about(self, point: Point) -> list[Route]:
        """List the open routes of a voice, or of a topic and its voices; the topic's own comes last."""
        topics = [] if point.topic_id is None else [point.topic_id]
        return await self.list_of([voice.id for voice in point.voices], topics)

    async def get(self, route_id: int) -> Route | None:
        """Return a Route by its id, or None."""
        row = await self._one(sa.select(_t).where(_t.c.id == route_id))
        return _route(row) if row else None

    async def answer(
        self, route: Route, state: RouteState, *, by_id: int, now: datetime, note: str = "",
        promised_for: date | None = None,
    ) -> Route:  # fmt: skip
        """Store what a department says, if the Route is still as `route` says. **Errors**: ConflictError.

        The first word counts as its answer: asking back, then deciding, is one answer in time and one decision.
        """
        values: dict[str, Any] = {"state": str(state), "version": route.version + 1}
        if state in (RouteState.NEED_INFO, RouteState.ACCEPTED, RouteState.DECLINED):
            values |= {"note": note, "promised_for": promised_for, "answered_by_id": by_id}
            values["answered_at"] = route.answered_at or now
        row = await self._one(
            sa.update(_t)
            .where(_t.c.id == route.id, _t.c.version == route.version)
            .values(values)
            .returning(_t)
        )
        if row is None:
            raise ConflictError(f"route {route.id}")
        return _route(row)

    async def list_of(self, feedback_ids: Iterable[int], topic_ids: Iterable[int]) -> list[Route]:
        """List the open routes of many voices and topics, those of topics last; one index each."""
        rows: list[sa.RowMapping] = []
        for column, ids in ((_t.c.feedback_id, list(feedback_ids)), (_t.c.topic_id, list(topic_ids))):
            if ids:
                query = sa.select(_t).where(self._among(column), _CURRENT).order_by(_t.c.id)
                rows += await self._all(query, {"rows": ids_as_json(ids)})
        return [_route(row) for row in rows]

    async def list_waiting(self, departments: Sequence[str], limit: int) -> list[Route]:
        """List what waits for these departments' word, the earliest due first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.department.in_(departments), _t.c.state.in_(WAITING))
            .order_by(_t.c.due, _t.c.id)
            .limit(limit)
        )
        return [_route(row) for row in rows]

    async def list_promised(self, departments: Sequence[str], until: date, limit: int) -> list[Route]:
        """List what these departments promised for a day until `until` and has not come, the earliest first."""
        rows = await self._all(
            sa.select(_t)
            .where(
                _t.c.department.in_(departments), _t.c.state == str(RouteState.ACCEPTED),
                _t.c.promised_for <= until, _t.c.done_at.is_(None),
            )
            .order_by(_t.c.promised_for, _t.c.id)
            .limit(limit)
        )  # fmt: skip
        return [_route(row) for row in rows]

    async def list_strays(self, known: Iterable[str], limit: int) -> list[Route]:
        """List what waits for departments that are not among the known ones, the oldest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.department.not_in(list(known)), _t.c.state.in_(WAITING))
            .order_by(_t.c.id)
            .limit(limit)
        )
        return [_route(row) for row in rows]

    async def count_waiting(self) -> dict[str, int]:
        """Count what waits for each department's word."""
        rows = await self._all(
            sa.select(_t.c.department, sa.func.count().label("count"))
            .where(_t.c.state.in_(WAITING))
            .group_by(_t.c.department)
        )
        return {row["department"]: row["count"] for row in rows}

    async def follow(
        self, after: Status, feedback_ids: Iterable[int], *, by_id: int | None, now: datetime,
        planned_for: date | None = None,
    ) -> None:  # fmt: skip
        """Bring a Route in line with what became of its voice: whoever decided, the department is asked no more."""
        state = _FOLLOWS.get(after)
        if state is None:
            return
        ids = list(feedback_ids)
        topics: list[int] = []
        if after is not Status.WITHDRAWN:  # one voice that is taken back takes no topic with it
            f = tables.feedback
            held = sa.select(f.c.topic_id).distinct().where(self._among(f.c.id), f.c.topic_id.is_not(None))
            topics = [row["topic_id"] for row in await self._all(held, {"rows": ids_as_json(ids)})]
        routes = await self.list_of(ids, topics)
        if not routes:
            return
        about = _t.c.id.in_([route.id for route in routes])
        values: dict[str, Any] = {
            "state": str(state), "version": _t.c.version + 1, "answered_by_id": by_id, "promised_for": planned_for,
            "answered_at": None if state is RouteState.MOVED else sa.func.coalesce(
                _t.c.answered_at, sa.literal(now, tables.Moment())
            ),
        }  # fmt: skip
        await self._run(sa.update(_t).where(about, _t.c.state.in_(WAITING)).values(values))
        if after is Status.RESOLVED:
            await self._run(sa.update(_t).where(about, _t.c.done_at.is_(None)).values(done_at=now))

    async def list_answered(self, since: datetime, limit: int = 2_000) -> list[Answered]:
        """List what was asked of departments since a moment, the newest first, for their figures."""
        columns = (_t.c.at, _t.c.due, _t.c.answered_at, _t.c.done_at)
        rows = await self._connection.execute(
            sa.select(
                _t.c.department, _t.c.state, *(sa.type_coerce(each, sa.BigInteger) for each in columns),
                _t.c.promised_for,
            )
            .where(_t.c.at >= since, sa.or_(_CURRENT, _t.c.answered_at.is_not(None)))
            .order_by(_t.c.at.desc())
            .limit(limit)
        )  # fmt: skip
        return [Answered(*row) for row in rows]
