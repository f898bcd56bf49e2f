"""When a ritual is due."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rituals.calendar import Calendar, WorkCalendar
from rituals.schedule import Schedule, ScheduleError, Slot, closing

WORK = WorkCalendar()
SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def schedule(cron: str, zone: ZoneInfo = SHANGHAI, calendar: Calendar = "daily") -> Schedule:
    return Schedule(cron, zone, calendar, WORK)


def at(zone: ZoneInfo, *when: int) -> datetime:
    return datetime(*when, tzinfo=zone).astimezone(UTC)  # type: ignore[misc,arg-type]


def local(slots: list[Slot], zone: ZoneInfo) -> list[str]:
    return [f"{slot.due.astimezone(zone):%a %m-%d %H:%M}" for slot in slots]


def test_a_slot_is_keyed_by_local_date_and_wall_time_and_due_in_utc() -> None:
    (slot,) = schedule("0 7 * * *").next(at(SHANGHAI, 2026, 11, 21, 23, 0))
    assert slot == Slot(date(2026, 11, 22), "07:00", datetime(2026, 11, 21, 23, 0, tzinfo=UTC))
    assert slot.due.tzinfo is UTC


def test_the_moment_after_another_is_found_or_is_none() -> None:
    morning = schedule("0 9 * * *", calendar=frozenset({date(2026, 11, 21)}))

    assert morning.after(at(SHANGHAI, 2026, 11, 21)) == at(SHANGHAI, 2026, 11, 21, 9)
    assert morning.after(at(SHANGHAI, 2026, 11, 21, 9)) is None


@pytest.mark.parametrize("cron", ["0 16 * * fri", "0 16 * * 5", "0 16 * * FRI"])
def test_friday_is_friday(cron: str) -> None:
    found = schedule(cron).next(at(SHANGHAI, 2026, 11, 21), count=2)
    assert local(found, SHANGHAI) == ["Fri 11-27 16:00", "Fri 12-04 16:00"]


@pytest.mark.parametrize("cron", ["0 20 * * sun", "0 20 * * 0", "0 20 * * 7"])
def test_both_nought_and_seven_are_sunday(cron: str) -> None:
    assert local(schedule(cron).next(at(SHANGHAI, 2026, 11, 21)), SHANGHAI) == ["Sun 11-22 20:00"]


def test_one_to_five_is_monday_to_friday() -> None:
    found = schedule("0 9 * * 1-5").next(at(SHANGHAI, 2026, 11, 21), count=5)
    assert [slot.due.astimezone(SHANGHAI).isoweekday() for slot in found] == [1, 2, 3, 4, 5]


def test_a_workday_ritual_comes_on_the_make_up_saturday_and_rests_over_the_spring_festival() -> None:
    found = schedule("0 9 * * *", calendar="workdays").next(at(SHANGHAI, 2026, 2, 13, 12), count=2)
    assert local(found, SHANGHAI) == ["Sat 02-14 09:00", "Tue 02-24 09:00"]


def test_the_start_of_a_span_is_left_out_and_its_end_is_in() -> None:
    nine = at(SHANGHAI, 2026, 11, 21, 9)
    daily = schedule("0 9 * * *")
    assert [slot.due for slot in daily.slots(nine - timedelta(seconds=1), nine)] == [nine]
    assert list(daily.slots(nine, nine + timedelta(hours=23))) == []
    assert list(daily.slots(nine, nine - timedelta(days=3))) == []


def test_a_time_the_clock_skips_is_due_once_right_after_the_gap() -> None:
    found = schedule("30 2 * * *", BERLIN).slots(at(BERLIN, 2026, 3, 28, 12), at(BERLIN, 2026, 3, 30, 12))
    assert [(slot.slot, slot.due.astimezone(BERLIN).isoformat()) for slot in found] == [
        ("02:30", "2026-03-29T03:00:00+02:00"),
        ("02:30", "2026-03-30T02:30:00+02:00"),
    ]


def test_several_times_the_clock_skips_are_no_burst_after_the_gap() -> None:
    found = list(
        schedule("*/15 * * * *", BERLIN).slots(at(BERLIN, 2026, 3, 29, 1, 44), at(BERLIN, 2026, 3, 29, 3, 15))
    )
    assert [slot.slot for slot in found] == ["01:45", "03:00", "03:15"]


def test_a_time_the_clock_shows_twice_is_due_the_first_time_only() -> None:
    found = list(
        schedule("*/30 * * * *", BERLIN).slots(
            at(BERLIN, 2026, 10, 25, 1, 30), at(BERLIN, 2026, 10, 25, 3, 30)
        )
    )
    assert [(slot.slot, f"{slot.due:%H:%M}") for slot in found] == [
        ("02:00", "00:00"),
        ("02:30", "00:30"),
        ("03:00", "02:00"),
        ("03:30", "02:30"),
    ]


def test_a_bot_started_in_the_second_of_two_equal_hours_does_not_repeat_the_first() -> None:
    second_pass = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert f"{second_pass.astimezone(BERLIN):%H:%M}" == "02:10"
    daily = schedule("30 2 * * *", BERLIN)
    assert daily.next(second_pass)[0].day == date(2026, 10, 26)
    latest = daily.previous(second_pass)
    assert latest is not None
    assert latest.due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_time_skipped_at_midnight_keeps_its_planned_day() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    (slot,) = schedule("30 0 * * *", beirut).slots(at(beirut, 2026, 3, 28, 12), at(beirut, 2026, 3, 29, 12))
    assert (slot.day, slot.slot, f"{slot.due.astimezone(beirut):%H:%M}") == (
        date(2026, 3, 29),
        "00:30",
        "01:00",
    )


def test_the_latest_slot_is_found_even_weeks_back() -> None:
    workdays = schedule("0 9 * * *", calendar="workdays")
    latest = workdays.previous(at(SHANGHAI, 2026, 2, 24, 8, 59, 59))
    assert latest is not None
    assert latest.day == date(2026, 2, 14)
    now = workdays.previous(at(SHANGHAI, 2026, 2, 24, 9))
    assert now is not None
    assert now.day == date(2026, 2, 24)


def test_a_list_of_dates_ends_the_search_when_it_is_used_up() -> None:
    listed = frozenset({date(2026, 12, 24), date(2026, 12, 31)})
    minutely = schedule("* * * * *", calendar=listed)
    (first,) = minutely.next(at(SHANGHAI, 2026, 11, 21))
    assert (first.day, first.slot) == (date(2026, 12, 24), "00:00")
    assert len(minutely.next(at(SHANGHAI, 2026, 12, 31, 23, 50), count=100)) == 9
    assert minutely.next(at(SHANGHAI, 2027, 1, 1)) == []
    assert minutely.previous(at(SHANGHAI, 2026, 12, 1)) is None
    latest = minutely.previous(at(SHANGHAI, 2027, 6, 1))
    assert latest is not None
    assert (latest.day, latest.slot) == (date(2026, 12, 31), "23:59")


def test_a_day_that_never_fits_the_calendar_ends_the_search() -> None:
    never = schedule("* * 2 10 *", calendar="workdays")
    assert never.next(at(SHANGHAI, 2026, 1, 1), count=3) == []
    assert never.previous(at(SHANGHAI, 2026, 1, 1)) is None
    assert schedule("0 9 * * *", calendar=frozenset()).next(at(SHANGHAI, 2026, 1, 1)) == []


def test_the_29th_of_february_is_found_years_ahead() -> None:
    found = schedule("0 9 29 2 *").next(at(SHANGHAI, 2026, 1, 1), count=2)
    assert [slot.day for slot in found] == [date(2028, 2, 29), date(2032, 2, 29)]


@pytest.mark.parametrize(
    ("cron", "complaint"),
    [
        ("61 9 * * *", "minute 61 is out of range 0–59"),
        ("0 24 * * *", "hour 24 is out of range 0–23"),
        ("0 9 0 * *", "day-of-month 0 is out of range 1–31"),
        ("0 9 * 1,13 *", "month 13 is out of range 1–12"),
        ("0 9 * * 8", "day-of-week 8 is out of range 0–7"),
        ("0 17-9 * * *", "hour 17-9 runs backwards"),
        ("0 9 * * fri-sun", "day-of-week fri-sun runs backwards"),
        ("0 9 * * friday", "day-of-week 'friday' cannot be read"),
        ("*/0 9 * * *", "minute '\\*/0' cannot be read"),
        ("0 x * * *", "hour 'x' cannot be read"),
        ("0 9 30 2 *", "day-of-month 30 never comes in month 2"),
        ("0 9 * *", "must have five fields, .* it has 4"),
        ("0 0 9 * * *", "must have five fields, .* it has 6"),
        ("@daily", "must have five fields, .* it has 1"),
        ("", "must have five fields, .* it has 0"),
    ],
)
def test_a_wrong_cron_line_names_its_field_and_what_would_be_right(cron: str, complaint: str) -> None:
    with pytest.raises(ScheduleError, match=complaint):
        schedule(cron)


def test_an_unknown_calendar_is_refused_when_the_schedule_is_made() -> None:
    with pytest.raises(ValueError, match="unknown calendar 'weekdays'"):
        schedule("0 9 * * *", calendar="weekdays")


@given(st.lists(st.text("0123456789*/,-#LWlfrisun６² ", max_size=8), min_size=5, max_size=5).map(" ".join))
def test_any_text_is_a_schedule_or_a_schedule_error(cron: str) -> None:
    with suppress(ScheduleError):
        found = schedule(cron).next(datetime(2026, 11, 21, tzinfo=UTC), count=3)
        assert all(slot.due.second == 0 for slot in found)


def test_a_window_ends_after_its_span_or_at_its_closing_time() -> None:
    friday = at(SHANGHAI, 2026, 11, 27, 16)
    assert closing(friday, timedelta(hours=12), SHANGHAI) == at(SHANGHAI, 2026, 11, 28, 4)
    assert closing(friday, "0 20 * * sun", SHANGHAI) == at(SHANGHAI, 2026, 11, 29, 20)
    assert closing(friday, "0 16 * * fri", SHANGHAI) == at(SHANGHAI, 2026, 12, 4, 16)


@pytest.mark.parametrize("close", [timedelta(0), timedelta(hours=-1), "0 25 * * *"])
def test_a_window_that_cannot_end_is_refused(close: timedelta | str) -> None:
    with pytest.raises(ScheduleError):
        closing(at(SHANGHAI, 2026, 11, 27, 16), close, SHANGHAI)
