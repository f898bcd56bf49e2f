"""Whether departments keep their word: figures over what they were asked and what they said. Pure.

Called by the ritual `packet` and by `/report`; the rows come from `uow.routes.list_answered`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from storage.tables import micros

ACCEPTED, DECLINED = "accepted", "declined"  # the states of a Route that are decisions


@dataclass(frozen=True, slots=True)
class Answered:
    """What one Route says about a department's word: for `figures_of`. **Units**: microseconds since the epoch."""

    department: str
    state: str
    at: int
    due: int
    answered_at: int | None
    done_at: int | None
    promised_for: date | None


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
    moment, today = micros(now), now.astimezone(zone).date()
    judged = [route for route in routes if route.answered_at is not None or route.due <= moment]
    took = [route.answered_at - route.at for route in routes if route.answered_at is not None]
    came_due = [
        (route.promised_for, route.done_at)
        for route in routes
        if route.promised_for is not None and (route.promised_for < today or route.done_at is not None)
    ]
    return Figures(
        asked=len(routes),
        judged=len(judged),
        in_time=sum(route.answered_at is not None and route.answered_at <= route.due for route in judged),
        came_due=len(came_due),
        kept=sum(done is not None and _day(done, zone) <= day for day, done in came_due),
        accepted=sum(route.state == ACCEPTED for route in routes),
        declined=sum(route.state == DECLINED for route in routes),
        median=timedelta(microseconds=median(took)) if took else None,
    )


def _day(moment: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(moment / 1_000_000, zone).date()
