"""The days a ritual runs on."""

from datetime import date, timedelta

import pytest

from rituals.calendar import Calendar, WorkCalendar, YearOverride

CHINA = WorkCalendar()

# Source: State Council General Office, notice on the public holidays of 2026.
BREAKS_2026 = [
    (date(2026, 1, 1), date(2026, 1, 3)),
    (date(2026, 2, 15), date(2026, 2, 23)),
    (date(2026, 4, 4), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 6, 19), date(2026, 6, 21)),
    (date(2026, 9, 25), date(2026, 9, 27)),
    (date(2026, 10, 1), date(2026, 10, 7)),
]
MAKE_UP_2026 = {
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
}


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_day_of_2026_is_as_the_state_council_says() -> None:
    off = {day for first, last in BREAKS_2026 for day in days(first, last)}
    for day in days(date(2026, 1, 1), date(2026, 12, 31)):
        works = day in MAKE_UP_2026 or (day.weekday() < 5 and day not in off)
        assert (day, CHINA.is_workday(day), CHINA.is_holiday(day)) == (day, works, day in off)


def test_an_ordinary_weekend_is_neither_a_workday_nor_a_holiday() -> None:
    saturday = date(2026, 11, 21)
    assert not CHINA.is_workday(saturday)
    assert not CHINA.is_holiday(saturday)


def test_a_make_up_day_leaking_from_another_year_does_not_make_a_year_known() -> None:
    assert CHINA.is_known(2026)
    assert not CHINA.is_known(2027)
    assert not CHINA.is_known(2000)


def test_an_unknown_year_is_announced_from_the_first_of_december() -> None:
    assert CHINA.unknown_years(date(2026, 11, 30)) == ()
    assert CHINA.unknown_years(date(2026, 12, 1)) == (2027,)
    assert CHINA.unknown_years(date(2027, 1, 1)) == (2027,)
    assert CHINA.unknown_years(date(2027, 12, 1)) == (2027, 2028)


def test_an_unknown_year_still_keeps_the_days_that_law_gives() -> None:
    assert not CHINA.is_workday(date(2027, 10, 1))
    assert CHINA.is_workday(date(2027, 10, 8))


def test_an_override_makes_its_year_known_and_wins_over_the_package() -> None:
    work = frozenset({date(2026, 12, 27), date(2027, 2, 20)})
    off = frozenset(days(date(2027, 2, 5), date(2027, 2, 12)))
    calendar = WorkCalendar({2027: YearOverride(off=off, work=work)})
    assert calendar.is_known(2027)
    assert calendar.unknown_years(date(2026, 12, 1)) == ()
    assert calendar.is_workday(date(2027, 2, 20))
    assert calendar.is_workday(date(2026, 12, 27)), "a notice may start in the December before"
    assert not calendar.is_workday(date(2027, 2, 12))
    assert calendar.is_holiday(date(2027, 2, 12))
    assert not calendar.is_workday(date(2027, 10, 1)), (
        "what the override does not name stays as the package has it"
    )


def test_an_override_can_take_back_what_the_package_says() -> None:
    calendar = WorkCalendar(
        {2026: YearOverride(off=frozenset({date(2026, 2, 14)}), work=frozenset({date(2026, 10, 7)}))}
    )
    assert not calendar.is_workday(date(2026, 2, 14))
    assert calendar.is_workday(date(2026, 10, 7))
    assert not calendar.is_holiday(date(2026, 10, 7))


def test_a_day_both_off_and_worked_is_refused() -> None:
    day = frozenset({date(2027, 2, 5)})
    with pytest.raises(ValueError, match="2027-02-05 is listed both"):
        WorkCalendar({2027: YearOverride(off=day, work=day)})


@pytest.mark.parametrize("day", [date(2072, 2, 5), date(2026, 11, 30), date(2028, 1, 1)])
def test_a_day_outside_the_year_of_its_override_is_refused(day: date) -> None:
    with pytest.raises(ValueError, match=f"{day} does not belong to the override of 2027"):
        WorkCalendar({2027: YearOverride(off=frozenset({day}))})


def test_each_kind_of_calendar_knows_its_days() -> None:
    make_up, spring_festival, saturday = date(2026, 2, 14), date(2026, 2, 17), date(2026, 11, 21)
    calendars: dict[str, Calendar] = {name: name for name in ("daily", "workdays", "holidays")}
    calendars["custom"] = frozenset({saturday})
    on = {
        name: [CHINA.is_on(calendar, day) for day in (make_up, spring_festival, saturday)]
        for name, calendar in calendars.items()
    }
    assert on == {
        "daily": [True, True, True],
        "workdays": [True, False, False],
        "holidays": [False, True, False],
        "custom": [False, False, True],
    }


def test_an_unknown_calendar_is_refused_with_the_four_kinds() -> None:
    with pytest.raises(ValueError, match='"daily", "workdays", "holidays" or a list of dates'):
        CHINA.is_on("weekdays", date(2026, 1, 1))


@pytest.mark.parametrize("year", [1, 1949, 1990, 2000, 2099, 2100, 2101, 9999])
def test_years_far_away_are_answered_as_plain_weeks_at_worst(year: int) -> None:
    for day in (date(year, 1, 1), date(year, 6, 15), date(year, 12, 31)):
        assert CHINA.is_on("workdays", day) in (True, False)
        assert CHINA.is_on("holidays", day) in (True, False)
    assert not CHINA.is_known(year)
