"""Business time: several blocks a day, working days with 调休, changes of clocks, nights, and calendars that end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rituals.calendar import WorkCalendar
from storage.business import Block, BusinessHours, is_within, weekdays
from tests.fakes import at

WORK = BusinessHours(days=WorkCalendar().is_workday)
QUARTER = timedelta(minutes=15)
BERLIN = "Europe/Berlin"


def every_day(_: date) -> bool:
    return True


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def between(hours: BusinessHours, start: datetime, end: datetime) -> timedelta:
    [length] = hours.measure([(start, end)])
    return length


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-10-12 10:00", "2026-10-12 10:15"),
        ("2026-10-12 11:50", "2026-10-12 13:35"),  # over lunch
        ("2026-10-12 12:30", "2026-10-12 13:45"),  # in the break
        ("2026-10-12 17:55", "2026-10-13 09:10"),  # over the night
        ("2026-10-16 17:55", "2026-10-19 09:10"),  # over the weekend
        ("2026-09-30 17:50", "2026-10-08 09:05"),  # over the National Day break
        ("2026-10-09 17:50", "2026-10-10 09:05"),  # into a Saturday that is worked (调休)
    ],
)
def test_a_quarter_of_an_hour_passes_only_while_people_work(start: str, due: str) -> None:
    assert WORK.add(shanghai(start), QUARTER) == shanghai(due)


def test_a_gap_of_the_clocks_is_no_business_time() -> None:
    nights = BusinessHours((Block(60, 240),), BERLIN, every_day)
    # Source: Berlin puts the clock from 02:00 to 03:00 on 2026-03-29, and back on 2026-10-25.
    assert between(nights, at("2026-03-28 12:00"), at("2026-03-29 12:00")) == timedelta(hours=2)
    assert between(nights, at("2026-10-24 12:00"), at("2026-10-25 12:00")) == timedelta(hours=4)
    assert nights.add(at("2026-03-29 00:00"), timedelta(minutes=90)) == at("2026-03-29 01:30")


def test_a_block_within_the_gap_has_no_time_and_breaks_nothing() -> None:
    hours = BusinessHours((Block(125, 150), Block(155, 180)), BERLIN, every_day)
    assert between(hours, at("2026-03-28 12:00"), at("2026-03-29 12:00")) == timedelta(0)
    assert hours.add(at("2026-03-28 12:00"), QUARTER) == at("2026-03-30 00:20")


def test_a_block_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    late = BusinessHours((Block(22 * 60, 26 * 60),), "Asia/Shanghai", weekdays)
    friday = shanghai("2026-10-16 23:00")
    assert late.add(friday, timedelta(hours=2)) == shanghai("2026-10-17 01:00")
    assert late.add(friday, timedelta(hours=4)) == shanghai("2026-10-19 23:00")
    assert is_within(weekdays, late.blocks[0], shanghai("2026-10-17 01:59"), ZoneInfo("Asia/Shanghai"))
    assert not is_within(weekdays, late.blocks[0], shanghai("2026-10-18 01:00"), ZoneInfo("Asia/Shanghai"))


def test_a_calendar_without_a_working_day_in_range_promises_nothing() -> None:
    never = BusinessHours(days=lambda _: False)
    assert never.add(at("2026-10-12 02:00"), QUARTER) is None
    assert never.opening(at("2026-10-12 02:00")) is None
    assert between(never, at("2026-10-12 02:00"), at("2026-11-12 02:00")) == timedelta(0)


def test_the_next_opening_is_now_or_the_next_block() -> None:
    assert WORK.opening(shanghai("2026-10-12 10:00")) == shanghai("2026-10-12 10:00")
    assert WORK.opening(shanghai("2026-10-12 12:10")) == shanghai("2026-10-12 13:30")
    assert WORK.opening(shanghai("2026-10-16 18:00")) == shanghai("2026-10-19 09:00")


MOMENTS = st.datetimes(*(at(day).replace(tzinfo=None) for day in ("2026-01-01", "2027-12-31"))).map(
    lambda d: d.replace(tzinfo=UTC)
)
SPANS = st.timedeltas(timedelta(0), timedelta(days=3))


@st.composite
def hours(draw: st.DrawFn) -> BusinessHours:
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True)))
    blocks = [Block(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
    if draw(st.booleans()) and blocks[0].since > 0:
        blocks[-1] = Block(blocks[-1].since, 1440 + draw(st.integers(1, blocks[0].since)))
    zone = draw(st.sampled_from(["Asia/Shanghai", BERLIN, "America/New_York", "Australia/Lord_Howe"]))
    return BusinessHours(tuple(blocks), zone, draw(st.sampled_from([weekdays, every_day])))


@given(hours(), MOMENTS, SPANS, SPANS)
def test_more_business_time_is_never_over_earlier(
    hours: BusinessHours, start: datetime, span: timedelta, more: timedelta
) -> None:
    shorter, longer = hours.add(start, span), hours.add(start, span + more)
    assert longer is None or (shorter is not None and start <= shorter <= longer)


@given(hours(), MOMENTS, SPANS, SPANS)
def test_who_starts_later_is_never_done_earlier(
    hours: BusinessHours, start: datetime, span: timedelta, later: timedelta
) -> None:
    first, second = hours.add(start, span), hours.add(start + later, span)
    assert first is None or second is None or first <= second


@given(hours(), MOMENTS, SPANS)
def test_what_was_added_is_what_lies_between(hours: BusinessHours, start: datetime, span: timedelta) -> None:
    due = hours.add(start, span)
    assert due is None or between(hours, start, due) == span


@given(hours(), MOMENTS, SPANS, SPANS)
def test_two_spans_make_their_sum(
    hours: BusinessHours, start: datetime, first: timedelta, second: timedelta
) -> None:
    middle, end = start + first, start + first + second
    assert between(hours, start, middle) + between(hours, middle, end) == between(hours, start, end)


@given(hours(), st.lists(st.tuples(MOMENTS, SPANS), max_size=4))
def test_many_measured_at_once_are_as_long_as_each_alone(
    hours: BusinessHours, spans: list[tuple[datetime, timedelta]]
) -> None:
    pairs = [(start, start + span) for start, span in spans]
    assert hours.measure(pairs) == [between(hours, *pair) for pair in pairs]
