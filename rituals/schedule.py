"""When a ritual is due: a cron line in the group's own time zone, on the days of a calendar. For the clock.

The only door to `cronsim`. Cron runs over bare wall-clock times here and each is then placed on the time line
once: a wall time that comes twice in autumn is due the first time only, and one that is left out in spring is
due right after the gap.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from rituals.calendar import Calendar, WorkCalendar, check_calendar
from storage.business import placed

_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day-of-month", 1, 31),
    ("month", 1, 12),
    ("day-of-week", 0, 7),
)
_MAX_CRON_CHARACTERS = 200
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_SEARCH = timedelta(days=8 * 366)
"""How far `next` and `previous` look for a slot. **Source**: from 2096 to 2104 there is no 29 February."""


class ScheduleError(ValueError):
    """A cron line that cannot be understood; the text names the field and what would be right."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned occurrence.

    **Shape**: `day` and `slot` ("HH:MM") are the local date and wall time as planned, and together the key; `due`
    is the instant, in UTC, which differs from the plan only where the clock is put forward over it.
    """

    day: date
    slot: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron line of five fields, read in one time zone, on the days of one calendar.

    **Shape**: weekdays are 0–7 with both ends Sunday, or sun … sat.
    **Errors**: ScheduleError for the cron line, ValueError for a calendar with an unknown name.
    """

    cron: str
    timezone: ZoneInfo
    calendar: Calendar
    work: WorkCalendar

    def __post_init__(self) -> None:
        """Refuse at once what could never be due."""
        check_cron(self.cron)
        check_calendar(self.calendar)

    def slots(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """Yield the slots due later than `after` and not later than `until`, in order.

        Neighbouring spans therefore share no slot and miss none.
        """
        for slot in self._later(after, until):
            if slot.due > until:
                return
            yield slot

    def next(self, after: datetime, count: int = 1) -> list[Slot]:
        """Return the first `count` slots due later than `after`.

        **Shape**: fewer, where the calendar has no more days or the next lies more than eight years ahead.
        """
        found: list[Slot] = []
        while len(found) < count:
            more = list(islice(self._later(after, after + _SEARCH), count - len(found)))
            if not more:
                break
            found += more
            after = more[-1].due
        return found

    def after(self, at: datetime) -> datetime | None:
        """Return when the first slot later than `at` is due, None if there is none."""
        found = self.next(at)
        return found[0].due if found else None

    def previous(self, at: datetime) -> Slot | None:
        """Return the latest slot due at `at` or earlier, looking back at most eight years."""
        local = at.astimezone(self.timezone)
        wall = local.replace(tzinfo=None, fold=0) + _repeated(local)
        for planned in self._walls(wall + timedelta(minutes=1), wall - _SEARCH, reverse=True):
            slot = self._place(planned)
            if slot is not None and slot.due <= at:
                return slot
        return None

    def _later(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """Yield slots due later than `after`, planned up to the wall time of `until` at least."""
        start = after.astimezone(self.timezone).replace(tzinfo=None, fold=0)
        local = until.astimezone(self.timezone)
        end = local.replace(tzinfo=None, fold=0) + _repeated(local)
        for planned in self._walls(start, end):
            slot = self._place(planned)
            if slot is not None and slot.due > after:
                yield slot

    def _walls(self, start: datetime, end: datetime, *, reverse: bool = False) -> Iterator[datetime]:
        """Yield the wall times of the cron line on the calendar's days, from `start` (left out) to `end`."""
        if not isinstance(self.calendar, str):
            listed = [day for day in self.calendar if min(start, end).date() <= day <= max(start, end).date()]
            if not listed:
                return
            last = min(listed) if reverse else max(listed)
            end = (
                max(end, datetime.combine(last, time.min))
                if reverse
                else min(end, datetime.combine(last, time.max))
            )
        walls = CronSim(self.cron, start, reverse)
        while (wall := next(walls, None)) is not None and (wall >= end if reverse else wall <= end):
            if self.work.is_on(self.calendar, wall.date()):
                yield wall
            else:
                edge = time.min if reverse else time.max
                walls = CronSim(self.cron, datetime.combine(wall.date(), edge), reverse)

    def _place(self, planned: datetime) -> Slot | None:
        """Put a planned wall time on the time line; None if a gap throws it together with a later one."""
        due = placed(planned, self.timezone)
        shown = due.astimezone(self.timezone).replace(tzinfo=None, fold=0)
        if shown != planned and next(self._walls(planned, shown), None) is not None:
            return None
        return Slot(planned.date(), f"{planned:%H:%M}", due)


def closing(slot_due: datetime, close: str | timedelta, timezone: ZoneInfo) -> datetime:
    """Return when the window of a slot ends: after a span, or at the first time its `close` cron line names.

    **Errors**: ScheduleError for a span that is not positive, a wrong cron line or one with no time ahead.
    """
    if isinstance(close, timedelta):
        if close <= timedelta(0):
            raise ScheduleError("a window must be longer than nothing")
        return slot_due + close
    found = Schedule(close, timezone, "daily", WorkCalendar()).next(slot_due)
    if not found:
        raise ScheduleError(f"cron {close!r} names no time within eight years")
    return found[0].due


def check_cron(cron: str) -> None:
    """Refuse a cron line that is not five good fields.

    **Errors**: ScheduleError that names the first wrong field, what stands there and what may stand there.
    """
    fields = cron.split()
    if len(fields) != len(_FIELDS) or len(cron) > _MAX_CRON_CHARACTERS:
        raise ScheduleError(
            f"cron {cron[:_MAX_CRON_CHARACTERS]!r} must have five fields, minute hour day-of-month month "
            f'day-of-week, such as "0 9 * * mon-fri"; it has {len(fields)}'
        )
    for position, field in enumerate(fields):
        if not _reads(position, field):
            raise ScheduleError(_why(position, field))
    try:
        CronSim(cron, _ANY_TIME)
    except CronSimError as error:
        raise ScheduleError(
            f"cron {cron!r}: day-of-month {fields[2]} never comes in month {fields[3]}"
        ) from error


def _reads(position: int, field: str) -> bool:
    """Tell whether cron can read this text at this place of the line."""
    alone = ["*"] * len(_FIELDS)
    alone[position] = field
    try:
        CronSim(" ".join(alone), _ANY_TIME)
    except CronSimError:
        return False
    return True


def _why(position: int, written: str) -> str:
    """Say in one line what is wrong with one field of a cron line."""
    name, low, high = _FIELDS[position]
    for number in re.findall(r"(?<![/#\d])\d+", written, re.ASCII):
        if not low <= int(number) <= high:
            return f"{name} {number} is out of range {low}–{high}, in {written!r}"
    for start, end in re.findall(r"(?<![\w-])(\w+)-(\w+)", written):
        if _reads(position, start) and _reads(position, end) and not _reads(position, f"{start}-{end}"):
            return f"{name} {start}-{end} runs backwards; write it as a list, in {written!r}"
    return (
        f"{name} {written!r} cannot be read; write *, */5, a number {low}–{high}, a list 1,3 or a range 1-5"
    )


def _repeated(local: datetime) -> timedelta:
    """Return how far the clock was put back, while it shows an hour for the second time."""
    if not local.fold:
        return timedelta(0)
    first, second = local.replace(fold=0).utcoffset(), local.utcoffset()
    return (first or timedelta(0)) - (second or timedelta(0))
