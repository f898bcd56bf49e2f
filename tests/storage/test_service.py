"""Duty, the clock of SERVICE questions, first replies and next updates, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rituals.calendar import CalendarDays, WorkCalendar
from storage.business import Block, BusinessHours, Weekdays
from storage.db import Database
from storage.records import ChatKind, ChatState, Feedback, FeedbackClass, Member, Platform, Role, Status
from storage.service import AT_ONCE, HALF, OVER, ServiceSettings, Shift, next_update
from storage.staff import CONFIG, Grant
from storage.times import FeedbackTimes
from storage.uow import UnitOfWork
from tests.fakes import at

MONDAY = at("2026-10-12 02:00")  # ten in Shanghai
WORKDAYS = CalendarDays(WorkCalendar(), "workdays")
WEEK = Weekdays(frozenset(range(5)))
LI, WANG, MIN = "601", "602", "701"
SETTINGS = ServiceSettings(
    hours=BusinessHours(days=WORKDAYS),
    duty=(
        Shift(WEEK, Block(9 * 60, 18 * 60), ((Platform.TELEGRAM, LI),)),
        Shift(WEEK, Block(18 * 60, 26 * 60), ((Platform.TELEGRAM, WANG), (Platform.WECOM, "wang"))),
    ),
)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def staffed(database: Database) -> Database:
    """Give a group, two KOS (one on two platforms), an admin and a member."""
    async with database.begin() as uow:
        await uow.chats.add(
            Platform.TELEGRAM, "-1", ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
        people = ((LI, "小李", Role.KOS), (WANG, "小王", Role.KOS), (MIN, "阿敏", Role.ADMIN))
        grants = [Grant(Platform.TELEGRAM, who, CONFIG, role, name) for who, name, role in people]
        wecom = Grant(Platform.WECOM, "wang", CONFIG, Role.KOS, "小王")
        await uow.staff.declare([*grants, wecom], MONDAY)
        met = [(who, name, "") for who, name, _ in people]
        await uow.members.meet(Platform.TELEGRAM, [*met, ("501", "张哥", "")], MONDAY)
        await uow.members.meet(Platform.WECOM, [("wang", "小王", "")], MONDAY)
    return database


async def person(uow: UnitOfWork, external_id: str) -> Member:
    found = await uow.members.find(Platform.TELEGRAM, external_id)
    assert found is not None
    return found


async def ask(
    uow: UnitOfWork, now: datetime = MONDAY, kind: FeedbackClass = FeedbackClass.SERVICE
) -> Feedback:
    zhang = await person(uow, "501")
    found = await uow.feedback.add(
        chat_id=1, contributor_id=zhang.id, captured_by_id=zhang.id, message_id=f"{now}", text="怎么充电",
        now=now, feedback_class=kind, review_due=now + timedelta(hours=48),
    )  # fmt: skip
    assert found is not None
    return found


async def steps(uow: UnitOfWork) -> list[tuple[int, datetime]]:
    timers = await uow.timers.list_due(at("2030-01-01 00:00"))
    return [(timer.data["step"], timer.due) for timer in timers if timer.kind == "service"]


async def names(uow: UnitOfWork, now: datetime, platform: Platform | None = None) -> list[str]:
    return [member.external_id for member in await uow.service.list_on_duty(SETTINGS, now, platform=platform)]


async def test_the_roster_says_who_is_on_duty_and_without_anybody_it_is_every_kos(staffed: Database) -> None:
    async with staffed.begin() as uow:
        assert await names(uow, MONDAY) == [LI]
        assert await names(uow, at("2026-10-12 16:00"), Platform.TELEGRAM) == [WANG]  # midnight
        assert await names(uow, at("2026-10-12 16:00"), Platform.WECOM) == ["wang"]
        assert await names(uow, at("2026-10-17 02:00")) == [LI, WANG, "wang"]  # a Saturday


async def test_who_was_told_is_followed_by_the_next_kos_and_the_admins(staffed: Database) -> None:
    async with staffed.begin() as uow:
        li, wang = await person(uow, LI), await person(uow, WANG)
        assert [m.external_id for m in await uow.service.list_next({li.id})] == [WANG, MIN]
        assert [m.external_id for m in await uow.service.list_next({wang.id})] == ["wang", MIN]


async def test_the_clock_of_a_question_runs_in_business_time(staffed: Database) -> None:
    friday = at("2026-10-16 09:50")  # ten to six in Shanghai
    async with staffed.begin() as uow:
        question = await ask(uow, friday)
        due = await uow.service.start(question, friday, SETTINGS)
        assert due == at("2026-10-19 01:05")  # Monday, five past nine
        assert await steps(uow) == [
            (AT_ONCE, friday), (HALF, friday + timedelta(minutes=7, seconds=30)), (OVER, due),
        ]  # fmt: skip
        assert (await uow.feedback.get(question.id)).review_due == due


async def test_asked_at_night_whoever_is_on_duty_hears_when_business_begins(staffed: Database) -> None:
    async with staffed.begin() as uow:
        night = at("2026-10-12 15:00")
        await uow.service.start(await ask(uow, night), night, SETTINGS)
        assert next(due for _, due in await steps(uow)) == at("2026-10-13 01:00")


async def test_a_calendar_without_working_days_sets_no_end(staffed: Database) -> None:
    async with staffed.begin() as uow:
        never = ServiceSettings(hours=BusinessHours(days=lambda _: False))
        assert await uow.service.start(await ask(uow), MONDAY, never) is None
        assert await steps(uow) == [(AT_ONCE, MONDAY)]


async def test_an_answer_stops_the_clock_and_is_the_first_reply_once(staffed: Database) -> None:
    async with staffed.begin() as uow:
        question = await ask(uow)
        await uow.service.start(question, MONDAY, SETTINGS)
        li = await person(uow, LI)
        for minutes in (10, 50):
            question = await uow.feedback.get(question.id)
            now = MONDAY + timedelta(minutes=minutes)
            await uow.feedback.change(question, Status.ANSWERED, by_id=li.id, note="", now=now)
        assert await steps(uow) == []
        assert await uow.service.median_first_reply(SETTINGS, MONDAY) == timedelta(minutes=10)


async def test_the_median_counts_business_time_by_week_and_by_chat(staffed: Database) -> None:
    async with staffed.begin() as uow:
        li = await person(uow, LI)
        for asked, answered in (
            ("2026-10-12 02:00", "2026-10-12 02:04"),
            ("2026-10-12 03:50", "2026-10-12 05:40"),  # ten minutes before lunch, ten after it
            ("2026-10-16 09:59", "2026-10-19 01:01"),  # a weekend between
        ):
            question = await ask(uow, at(asked))
            await uow.feedback.change(question, Status.ANSWERED, by_id=li.id, note="", now=at(answered))
        service = uow.service
        assert await service.median_first_reply(SETTINGS, MONDAY) == timedelta(minutes=4)
        first_week = await service.median_first_reply(
            SETTINGS, MONDAY, until=at("2026-10-18 00:00"), chat_id=1
        )
        assert first_week == timedelta(minutes=12)
        assert await service.median_first_reply(SETTINGS, MONDAY, chat_id=2) is None


async def test_what_somebody_does_to_their_own_feedback_is_no_reply(staffed: Database) -> None:
    async with staffed.begin() as uow:
        question = await ask(uow)
        me = question.contributor_id
        await uow.feedback.change(question, Status.ANSWERED, by_id=me, note="", now=MONDAY)
        assert await uow.service.median_first_reply(SETTINGS, MONDAY) is None


@pytest.mark.parametrize(
    ("after", "planned", "due"),
    [
        (Status.PLANNED, date(2026, 10, 20), at("2026-10-20 16:00")),  # the end of the day, in Shanghai
        (Status.IN_PROGRESS, date(2026, 10, 20), at("2026-10-20 16:00")),
        (Status.IN_PROGRESS, date(2026, 10, 1), MONDAY + timedelta(days=7)),
        (Status.IN_REVIEW, None, MONDAY + timedelta(days=7)),
    ],
)
async def test_the_next_word_is_due_on_the_promised_day_or_within_a_week(
    staffed: Database, after: Status, planned: date | None, due: datetime
) -> None:
    async with staffed.begin() as uow:
        feedback = await ask(uow, kind=FeedbackClass.SUGGESTION)
    found = next_update(feedback, after, MONDAY, times=FeedbackTimes(), zone=SHANGHAI, planned_for=planned)
    assert found == due


async def test_every_move_to_an_open_status_is_watched(staffed: Database) -> None:
    async with staffed.begin() as uow:
        feedback = await ask(uow, kind=FeedbackClass.SUGGESTION)
        li = await person(uow, LI)
        await uow.feedback.change(feedback, Status.IN_REVIEW, by_id=li.id, note="", now=MONDAY)
        (timer,) = await uow.timers.list_due(at("2030-01-01 00:00"))
        assert (timer.kind, timer.due) == ("silent", MONDAY + timedelta(days=7))
        assert (await uow.feedback.get(feedback.id)).update_due == timer.due


async def test_what_was_open_before_there_were_dates_gets_one_and_is_watched(staffed: Database) -> None:
    async with staffed.begin() as uow:
        old = await ask(uow, kind=FeedbackClass.SUGGESTION)
        await uow.feedback.amend(old.id, MONDAY, status=str(Status.IN_REVIEW))
        fresh = await ask(uow, MONDAY + timedelta(hours=1), kind=FeedbackClass.SUGGESTION)
        assert await uow.service.adopt(MONDAY, FeedbackTimes()) == 2
        assert (await uow.feedback.get(old.id)).update_due == MONDAY + timedelta(days=7)
        watched = {timer.subject: timer.due for timer in await uow.timers.list_due(at("2030-01-01 00:00"))}
        assert watched == {
            f"feedback:{old.id}": MONDAY + timedelta(days=7), f"feedback:{fresh.id}": fresh.review_due,
        }  # fmt: skip
