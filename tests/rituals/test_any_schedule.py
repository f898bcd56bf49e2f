"""What holds for the slots of any schedule, in any zone, around every change of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rituals.calendar import WorkCalendar
from rituals.schedule import Schedule

WORK = WorkCalendar()
ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Pacific/Apia",
]
CRONS = [
    "0 9 * * *",
    "30 2 * * *",
    "*/20 1-3 * * *",
    "0 0 * * *",
    "15 * * * *",
    "0 16 * * fri",
    "30 1 1 * 0",
    "59 23 * * mon-sat",
]
schedules = st.builds(
    lambda cron, zone, calendar: Schedule(cron, ZoneInfo(zone), calendar, WORK),
    st.sampled_from(CRONS),
    st.sampled_from(ZONES),
    st.sampled_from(
        ["daily", "daily", "workdays", "holidays", frozenset({date(2026, 3, 29), date(2026, 10, 25)})]
    ),
)
# The clocks of these zones change about then; Apia skipped the whole of 2011-12-30.
moments = st.builds(
    lambda near, minutes, seconds: near + timedelta(minutes=minutes, seconds=seconds),
    st.sampled_from(
        [
            datetime(2011, 12, 30, 10, tzinfo=UTC),
            datetime(2026, 2, 15, 2, tzinfo=UTC),
            datetime(2026, 3, 8, 7, tzinfo=UTC),
            datetime(2026, 3, 28, 22, tzinfo=UTC),
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2026, 4, 4, 15, tzinfo=UTC),
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 11, 1, 6, tzinfo=UTC),
        ]
    ),
    st.integers(-3 * 24 * 60, 24 * 60),
    st.sampled_from([0, 0, 29]),
)
spans = st.integers(0, 4 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(schedules, moments, spans)
@settings(deadline=None)
def test_slots_come_in_strict_order_inside_their_span_and_none_twice(
    plan: Schedule, start: datetime, span: timedelta
) -> None:
    found = list(plan.slots(start, start + span))
    assert all(earlier.due < later.due for earlier, later in pairwise(found))
    assert all(start < slot.due <= start + span for slot in found)
    assert len({(slot.day, slot.slot) for slot in found}) == len(found)
    assert all(plan.work.is_on(plan.calendar, slot.day) for slot in found)


@given(schedules, moments, spans, spans)
@settings(deadline=None)
def test_two_halves_bring_the_same_slots_as_the_whole(
    plan: Schedule, start: datetime, half: timedelta, rest: timedelta
) -> None:
    middle, end = start + half, start + half + rest
    assert [*plan.slots(start, middle), *plan.slots(middle, end)] == list(plan.slots(start, end))


@given(schedules, moments)
@settings(deadline=None)
def test_next_and_previous_agree_with_the_slots_between(plan: Schedule, start: datetime) -> None:
    end = start + timedelta(days=4)
    found = list(plan.slots(start, end))
    assert plan.next(start, count=len(found)) == found
    latest = plan.previous(end)
    assert (latest if latest is not None and latest.due > start else None) == (found[-1] if found else None)


def was_ever(day: date, zone: ZoneInfo) -> bool:
    """Tell whether a place had that day: Samoa went from the 29th to the 31st of December 2011."""
    noon = datetime.combine(day, time(12), zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day


@given(st.sampled_from(ZONES), moments, st.integers(0, 23), st.integers(0, 59))
@settings(deadline=None)
def test_a_daily_ritual_has_one_slot_for_every_local_date(
    zone: str, start: datetime, hour: int, minute: int
) -> None:
    plan = Schedule(f"{minute} {hour} * * *", ZoneInfo(zone), "daily", WORK)
    found = plan.next(start, count=6)
    days = [found[0].day + timedelta(days=n) for n in range(6)]
    assume(all(was_ever(day, ZoneInfo(zone)) for day in days))
    assert [slot.day for slot in found] == days
