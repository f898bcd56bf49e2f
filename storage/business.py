"""Business time: blocks of hours on the days of a calendar, counted exactly through changes of clocks. Pure.

A block belongs to the local day it begins on and may end on the next. What lies in a gap of the clocks begins
right after it; what comes twice begins the first time.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
SEARCH = timedelta(days=366)
"""How far ahead an hour of business is looked for: a calendar may have no working day left at all."""

_DAY = timedelta(days=1)
_MOST_KEPT = 2_000  # blocks of days: to work out the year that a question may have waited takes 4 ms
_SATURDAY = 5


def weekdays(day: date) -> bool:
    """Tell whether a day is one from Monday to Friday, whatever holidays there are."""
    return day.weekday() < _SATURDAY


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Some days of every week. **Units**: Monday is 0."""

    days: frozenset[int]

    def __call__(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        return day.weekday() in self.days


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the local day. **Units**: minutes after midnight; `until` past 1440 is on the next day."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When somebody is there to answer: blocks in order of the day, which may not overlap."""

    blocks: tuple[Block, ...] = (Block(9 * 60, 12 * 60), Block(13 * 60 + 30, 18 * 60))
    timezone: str = "Asia/Shanghai"
    days: Callable[[date], bool] = weekdays

    def add(self, start: datetime, span: timedelta) -> datetime | None:
        """Return when so much business time has passed since a moment, None if it never does within a year."""
        if span <= timedelta(0):
            return start
        for begin, end in self._spans(start, start + SEARCH):
            length = end - begin
            if span <= length:
                return begin + span
            span -= length
        return None

    def measure(self, pairs: Sequence[tuple[datetime, datetime]]) -> list[timedelta]:
        """Return the business time of many pairs of moments, going through the calendar once."""
        if not pairs:
            return []
        spans = list(self._spans(min(a for a, _ in pairs), max(b for _, b in pairs)))
        begins = [begin for begin, _ in spans]
        before = list(accumulate((end - begin for begin, end in spans), initial=timedelta(0)))

        def passed(moment: datetime) -> timedelta:
            n = bisect.bisect_right(begins, moment)
            return before[n - 1] + min(moment, spans[n - 1][1]) - begins[n - 1] if n else before[0]

        return [max(passed(end) - passed(start), timedelta(0)) for start, end in pairs]

    def opening(self, now: datetime) -> datetime | None:
        """Return `now` if it is business time, else when that begins next; None if not within a year."""
        return next((begin for begin, _ in self._spans(now, now + SEARCH)), None)

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans of business time from `start` on, in order, those that begin up to `end`."""
        zone = ZoneInfo(self.timezone)
        day = start.astimezone(zone).date() - _DAY  # a block of yesterday may reach into today
        last = end.astimezone(zone).date()
        while day <= last:
            if self.days(day):
                for block in self.blocks:
                    begin, until = _span(day, block.since, block.until, self.timezone)
                    if until > start and until > begin:
                        yield max(begin, start), until
            day += _DAY


@lru_cache(maxsize=_MOST_KEPT)
def _span(day: date, since: int, until: int, timezone: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(timezone)
    return instant(day, since, zone), instant(day, until, zone)


def is_within(day_of: Callable[[date], bool], block: Block, now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a moment lies in a block of a day that counts."""
    today = now.astimezone(zone).date()
    return any(
        day_of(day) and instant(day, block.since, zone) <= now < instant(day, block.until, zone)
        for day in (today - _DAY, today)
    )


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return when the local clock first shows so many minutes after midnight of a day, or has just skipped it."""
    days, minute = divmod(minute, DAY_MINUTES)
    wall = datetime.combine(day + days * _DAY, time(*divmod(minute, 60)))
    return placed(wall, zone)


def placed(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the local clock shows this wall time, or has just skipped it."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return first
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = first.astimezone(zone).utcoffset()

    def is_past_the_gap(seconds: int) -> bool:
        return (before + timedelta(seconds=seconds)).astimezone(zone).utcoffset() == offset

    gap_seconds = range(int((first - before).total_seconds()))
    return before + timedelta(seconds=bisect.bisect_left(gap_seconds, x=True, key=is_past_the_gap))
