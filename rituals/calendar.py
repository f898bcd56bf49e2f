"""Which days a ritual runs on: `daily`, `workdays`, `holidays` or a list of dates. For schedules and streaks.

The only door to the `holidays` package, loaded at the first question about a working day: it costs 20 MB.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias

Calendar: TypeAlias = str | frozenset[date]

NAMES = ("daily", "workdays", "holidays")

_DAY = timedelta(days=1)
_DECEMBER = 12
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class YearOverride:
    """The days an admin states for one year, as in the State Council's notice: they win over the package."""

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class _Year:
    """What the package says of one year: legal days off, and weekend days that are worked instead (调休)."""

    off: frozenset[date]
    work: frozenset[date]


@lru_cache(maxsize=64)
def _year(year: int) -> _Year:
    """Read one year of mainland China from the package.

    **Source**: the package repeats the State Council's yearly notice. The make-up days of *all* years come with
    every year, so they are filtered; a year whose notice it does not know has the statutory days alone.
    """
    import holidays

    china = holidays.country_holidays("CN", years=year)
    return _Year(frozenset(china), frozenset(day for day in china.weekend_workdays if day.year == year))


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of mainland China, make-up days included, with the admins' overrides by year on top.

    An override wins day by day: what it does not name stays as the package has it.
    **Errors**: ValueError when an override names a day both off and worked, or a day outside its year (the
    December before it is allowed, since a notice may start there).
    """

    overrides: Mapping[int, YearOverride] = field(default_factory=dict)
    _off: frozenset[date] = field(init=False, repr=False)
    _work: frozenset[date] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the overrides and fold them into one set of days off and one of days worked."""
        for year, override in self.overrides.items():
            for day in sorted(override.off | override.work):
                if day.year != year and (day.year, day.month) != (year - 1, _DECEMBER):
                    raise ValueError(f"{day} does not belong to the override of {year}")
        off = frozenset[date]().union(*(override.off for override in self.overrides.values()))
        work = frozenset[date]().union(*(override.work for override in self.overrides.values()))
        if both := sorted(off & work):
            raise ValueError(f"{both[0]} is listed both as a day off and as a make-up working day")
        object.__setattr__(self, "_off", off)
        object.__setattr__(self, "_work", work)

    def is_workday(self, day: date) -> bool:
        """Tell whether people work on this day: a weekday that is not a legal day off, or a make-up day."""
        if day in self._work:
            return True
        if day in self._off:
            return False
        year = _year(day.year)
        return day in year.work or (day.weekday() < _SATURDAY and day not in year.off)

    def is_holiday(self, day: date) -> bool:
        """Tell whether the day lies in a public holiday's break: 7 days for National Day, say.

        A break is the legal days off and the free weekend joined to them: an ordinary weekend is no holiday,
        and a make-up day never is.
        """
        if self.is_workday(day):
            return False
        return any(self._is_legal_day_off(free) for free in self._free_days_around(day))

    def is_known(self, year: int) -> bool:
        """Tell whether the year's make-up days are published, by the package or by an override."""
        return year in self.overrides or bool(_year(year).work)

    def unknown_years(self, today: date) -> tuple[int, ...]:
        """Return which years to warn the staff about: this one, and from 1 December the next, if not known.

        **Source**: the State Council publishes a year's days off around November of the year before.
        """
        years = (today.year, today.year + 1) if today.month == _DECEMBER else (today.year,)
        return tuple(year for year in years if not self.is_known(year))

    def is_on(self, calendar: Calendar, day: date) -> bool:
        """Tell whether a calendar has this day.

        **Errors**: ValueError for a calendar with an unknown name.
        """
        if not isinstance(calendar, str):
            return day in calendar
        check_calendar(calendar)
        if calendar == "daily":
            return True
        return self.is_workday(day) if calendar == "workdays" else self.is_holiday(day)

    def _is_legal_day_off(self, day: date) -> bool:
        return day in self._off or (day not in self._work and day in _year(day.year).off)

    def _free_days_around(self, day: date) -> Iterator[date]:
        """Yield the day and the days without work joined to it, each way up to the next working day."""
        yield day
        for step in (_DAY, -_DAY):
            near = day
            while date.min < near < date.max:
                near += step
                if self.is_workday(near):
                    break
                yield near


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """The days of one calendar, as business hours and the duty roster ask for them."""

    work: WorkCalendar
    calendar: Calendar

    def __call__(self, day: date) -> bool:
        """Tell whether the calendar has a day."""
        return self.work.is_on(self.calendar, day)


def check_calendar(calendar: Calendar) -> None:
    """Refuse a calendar that is neither a known name nor a list of dates.

    **Errors**: ValueError that lists the four kinds.
    """
    if isinstance(calendar, str) and calendar not in NAMES:
        raise ValueError(
            f'unknown calendar {calendar!r}: use "daily", "workdays", "holidays" or a list of dates'
        )
