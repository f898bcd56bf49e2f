"""Who can act on what members say: the departments of the config, and the decisions that are asked of them.

A Route is one voice or topic in the hands of one department. Handing it on closes the Route and opens another, so
each department answers for its own time. Called by handlers, by the ritual `packet` and by exports.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storage import tables
from storage.errors import ConflictError
from storage.records import ChatKind, Member, Platform, Status
from storage.repository import Repository, ids_as_json

if TYPE_CHECKING:
    from storage.points import Point

_t = tables.routes
_CURRENT = sa.text("state <> 'moved'")  # written out: only so the partial indexes are used


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is sent, or who somebody is: a platform and its own id for them."""

    platform: Platform
    external_id: str
    kind: ChatKind = ChatKind.PRIVATE


@dataclass(frozen=True, slots=True)
class Department:
    """One of `[[departments]]`: who can change something, where their packet goes, who may answer it."""

    key: str
    name: str
    places: tuple[Place, ...] = ()
    members: frozenset[Place] = frozenset()
    answer_within: timedelta = timedelta(days=7)

    def has(self, member: Member) -> bool:
        """Tell whether somebody may answer for it, besides staff."""
        return Place(member.platform, member.external_id) in self.members


def webhook_place(url: str) -> Place:
    """Return the place of an outgoing webhook; an address may hold a secret, so a digest stands for it."""
    return Place(Platform.WEBHOOK, f"hook-{hashlib.sha256(url.encode()).hexdigest()[:16]}")


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


@dataclass(frozen=True, slots=True)
class Answered:
    """What one Route says about a department's word: for `figures_of`."""

    department: str
    at: datetime
    due: datetime
    answered_at: datetime | None
    state: RouteState
    promised_for: date | None
    done_at: datetime | None


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
        """Hand something to a department, taking it from whoever had it; None if it has it already."""
        before = await self._list_about(point)
        if any(route.department == department and route.topic_id == point.topic_id for route in before):
            return None
        for route in before:
            await self.answer(route, RouteState.MOVED, by_id=by_id, now=now)
        row = await self._one(
            sa.insert(_t)
            .values(
                feedback_id=point.feedback_id, topic_id=point.topic_id, department=department,
                state=str(RouteState.ASKED), by_id=by_id, at=now, due=due,
            )
            .returning(_t)
        )  # fmt: skip
        assert row is not None  # noqa: S101 - an insert always returns its row
        return _route(row)

    async def find(self, point: Point) -> Route | None:
        """Return whose hands something is in, None if nobody's; of several that were merged, the last word."""
        routes = await self._list_about(point)
        return routes[-1] if routes else None

    async def _list_about(self, point: Point) -> list[Route]:
        """List the open routes of a voice, or of a topic and its voices; the topic's own comes last."""
        rows = await self._all(
            sa.select(_t)
            .where(sa.or_(self._among(_t.c.feedback_id), _t.c.topic_id == (point.topic_id or 0)), _CURRENT)
            .order_by(sa.case((_t.c.topic_id.is_(None), 0), else_=1), _t.c.id),
            {"rows": ids_as_json(voice.id for voice in point.voices)},
        )
        return [_route(row) for row in rows]

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
        is_answer = state in (RouteState.NEED_INFO, RouteState.ACCEPTED, RouteState.DECLINED)
        answered_at = route.answered_at or (now if is_answer else None)
        row = await self._one(
            sa.update(_t)
            .where(_t.c.id == route.id, _t.c.version == route.version)
            .values(
                state=str(state), version=route.version + 1, note=note, promised_for=promised_for,
                answered_by_id=by_id, answered_at=answered_at,
            )
            .returning(_t)
        )  # fmt: skip
        if row is None:
            raise ConflictError(f"route {route.id}")
        return _route(row)

    async def list_of(self, feedback_ids: Iterable[int], topic_ids: Iterable[int]) -> list[Route]:
        """List the open routes of many voices and topics."""
        rows = await self._all(
            sa.select(_t).where(self._among(_t.c.feedback_id), _CURRENT), {"rows": ids_as_json(feedback_ids)}
        )
        rows += await self._all(
            sa.select(_t).where(self._among(_t.c.topic_id), _CURRENT), {"rows": ids_as_json(topic_ids)}
        )
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
        rows = {"rows": ids_as_json(feedback_ids)}
        about = self._among(_t.c.feedback_id)
        if after is not Status.WITHDRAWN:  # one voice that is taken back takes no topic with it
            f = tables.feedback
            topics = sa.select(f.c.topic_id).where(self._among(f.c.id), f.c.topic_id.is_not(None))
            about = sa.or_(about, _t.c.topic_id.in_(topics))
        values: dict[str, Any] = {
            "state": str(state), "version": _t.c.version + 1, "answered_by_id": by_id, "promised_for": planned_for,
            "answered_at": None if state is RouteState.MOVED else sa.func.coalesce(
                _t.c.answered_at, sa.literal(now, tables.Moment())
            ),
        }  # fmt: skip
        await self._run(sa.update(_t).where(about, _CURRENT, _t.c.state.in_(WAITING)).values(values), rows)
        if after is Status.RESOLVED:
            await self._run(
                sa.update(_t).where(about, _CURRENT, _t.c.done_at.is_(None)).values(done_at=now), rows
            )

    async def list_answered(self, since: datetime, limit: int = 5_000) -> list[Answered]:
        """List what was asked of departments since a moment, the newest first, for their figures."""
        rows = await self._all(
            sa.select(
                _t.c.department,
                _t.c.at,
                _t.c.due,
                _t.c.answered_at,
                _t.c.state,
                _t.c.promised_for,
                _t.c.done_at,
            )
            .where(_t.c.at >= since, _CURRENT)
            .order_by(_t.c.at.desc())
            .limit(limit)
        )
        return [
            Answered(
                row["department"], row["at"], row["due"], row["answered_at"], RouteState(row["state"]),
                row["promised_for"], row["done_at"],
            )
            for row in rows
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """How a department keeps its word.

    **Shape**: `judged` is what was answered or should have been by now, `in_time` those answered within its days;
    `came_due` is what was promised for a day that has passed or that has come, `kept` those that came by that day.
    """

    asked: int = 0
    judged: int = 0
    in_time: int = 0
    came_due: int = 0
    kept: int = 0
    accepted: int = 0
    declined: int = 0
    median: timedelta | None = None  # from asking to the first word


def figures_of(answered: Iterable[Answered], now: datetime, zone: ZoneInfo) -> dict[str, Figures]:
    """Sum up each department's word; a promised day ends at midnight in `zone`. Pure."""
    by_department: dict[str, list[Answered]] = {}
    for each in answered:
        by_department.setdefault(each.department, []).append(each)
    return {key: _sum_up(routes, now, zone) for key, routes in by_department.items()}


def _sum_up(routes: Sequence[Answered], now: datetime, zone: ZoneInfo) -> Figures:
    judged = [route for route in routes if route.answered_at is not None or route.due <= now]
    took = [route.answered_at - route.at for route in routes if route.answered_at is not None]
    today = now.astimezone(zone).date()
    promised = [(route.promised_for, route.done_at) for route in routes if route.promised_for is not None]
    came_due = [(day, done) for day, done in promised if day < today or done is not None]
    return Figures(
        asked=len(routes),
        judged=len(judged),
        in_time=sum(route.answered_at is not None and route.answered_at <= route.due for route in judged),
        came_due=len(came_due),
        kept=sum(done is not None and done.astimezone(zone).date() <= day for day, done in came_due),
        accepted=sum(route.state is RouteState.ACCEPTED for route in routes),
        declined=sum(route.state is RouteState.DECLINED for route in routes),
        median=timedelta(seconds=median(each.total_seconds() for each in took)) if took else None,
    )
