"""Dialogues about duty: a question's clock over weekends and 调休, its climb, and dates that pass in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers.base import Settings
from rituals.calendar import CalendarDays, WorkCalendar
from storage.business import Block, BusinessHours, Weekdays
from storage.records import Role
from storage.service import ServiceSettings, Shift
from storage.staff import CHAT, Grant
from tests.conftest import TAGS
from tests.fakes import FakeClock, at
from tests.rituals.followed import capture
from tests.scene import Scene
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Person, Talk

WANG = Person("602", "小王", "wang")
MORNINGS = Shift(Weekdays(frozenset(range(5))), Block(9 * 60, 18 * 60), ((PLATFORM, LI.external_id),))


@pytest.fixture
def settings() -> Settings:
    """Give a group where 小李 is on duty on weekdays, and questions have a tag."""
    hours = BusinessHours(days=CalendarDays(WorkCalendar(), "workdays"))
    return Settings(
        community="车友会", language="zh_CN", timezone="Asia/Shanghai", tags={**TAGS, "求助": "service"},
        checkin_words=frozenset(), service=ServiceSettings(hours=hours, duty=(MORNINGS,)),
    )  # fmt: skip


@pytest.fixture
async def staffed(talk: Talk) -> Talk:
    """Let 小李, 小王 (both KOS) and 阿敏 (admin) have opened their private chats."""
    async with talk.database.begin() as uow:
        await uow.staff.grant(Grant(PLATFORM, WANG.external_id, CHAT, Role.KOS, WANG.name), talk.now)
    for who in (LI, WANG, MIN, ZHANG, YU):
        await talk.says(who, "/start", dm=True)
        talk.heard(who)
    return talk


def hear_all(talk: Talk) -> dict[str, list[str]]:
    """Return what each of the staff heard since last asked."""
    return {who.name: talk.heard(who) for who in (LI, WANG, MIN)}


async def test_a_question_goes_to_who_is_on_duty_and_climbs_when_nobody_answers(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.advance(seconds=3)
    at_once = "#1 张哥在问：「充电桩怎么预约」\n10月12日周一 10:15 前回一句就好。"
    assert hear_all(talk) == {"小李": [at_once], "小王": [], "阿敏": []}
    assert talk.last(LI).labels == ["答复", "我来跟进", "查看"]

    await talk.advance(minutes=8)
    half = "#1 张哥还在等：「充电桩怎么预约」\n时间过半了，10月12日周一 10:15 前回一句就不晚。"
    assert hear_all(talk) == {"小李": [half], "小王": [], "阿敏": []}

    await talk.advance(minutes=8)
    over = "#1 张哥问的「充电桩怎么预约」到 10月12日周一 10:15 还没人回。\n小李可能正忙，你能接一下吗？"
    assert hear_all(talk) == {"小李": [], "小王": [over], "阿敏": [over]}
    await talk.advance(days=1)
    assert hear_all(talk) == {"小李": [], "小王": [], "阿敏": []}
    assert talk.heard(ZHANG) == []


async def test_an_answer_in_time_ends_it(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.advance(minutes=2)
    await talk.presses(LI, "答复")
    await talk.says(LI, "在 App 首页点地图就行", dm=True)
    hear_all(talk)
    await talk.advance(days=1)
    assert hear_all(talk) == {"小李": [], "小王": [], "阿敏": []}


async def test_who_took_it_on_is_reminded_and_nobody_else(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.advance(seconds=3)
    await talk.says(WANG, "/claim 1", dm=True)
    hear_all(talk)
    await talk.advance(minutes=8)
    heard = hear_all(talk)
    assert [len(heard[name]) for name in ("小李", "小王", "阿敏")] == [0, 1, 0]
    await talk.advance(minutes=8)
    heard = hear_all(talk)
    assert [len(heard[name]) for name in ("小李", "小王", "阿敏")] == [1, 0, 1]


@pytest.mark.parametrize(
    ("asked", "told", "half", "over"),
    [
        # Friday ten to six: the rest of it on Monday.
        ("2026-10-16 09:50", "2026-10-16 09:50", "2026-10-16 09:57", "2026-10-19 01:05"),
        # Friday night: everything on Monday.
        ("2026-10-16 14:00", "2026-10-19 01:00", "2026-10-19 01:07", "2026-10-19 01:15"),
        # 2026-10-10 is a Saturday that is worked; nobody of the roster is there, so every KOS is asked.
        ("2026-10-09 12:00", "2026-10-10 01:00", "2026-10-10 01:07", "2026-10-10 01:15"),
        # Over the eight days of National Day 2026.
        ("2026-09-30 10:00", "2026-10-08 01:00", "2026-10-08 01:07", "2026-10-08 01:15"),
    ],
)
async def test_the_clock_rests_over_nights_weekends_and_holidays_and_runs_on_made_up_days(
    clock: FakeClock, staffed: Talk, asked: str, told: str, half: str, over: str
) -> None:
    talk = staffed
    clock.at = at(asked)
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.settle()
    moments = {}
    for step, moment in (("told", told), ("half", half), ("over", over)):
        await talk.advance(seconds=(at(moment) - talk.now).total_seconds() + 40)
        moments[step] = sum(bool(words) for words in hear_all(talk).values())
    saturday = asked == "2026-10-09 12:00"
    assert moments == ({"told": 2, "half": 2, "over": 1} if saturday else {"told": 1, "half": 1, "over": 2})


async def test_while_we_were_away_only_the_last_step_is_said(clock: FakeClock, staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    clock.at = at("2026-10-12 05:00")
    await talk.settle()
    heard = hear_all(talk)
    assert (heard["小李"], len(heard["小王"]), len(heard["阿敏"])) == ([], 1, 1)


async def test_a_suggestion_that_is_a_question_after_all_starts_the_clock_and_back_stops_it(
    staffed: Talk,
) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 充电桩怎么预约")
    await talk.advance(hours=1)
    await talk.says(WANG, "/class 1 服务", dm=True)
    assert [text for text in talk.heard(LI) if "在问" in text]
    await talk.says(WANG, "/class 1 建议", dm=True)
    hear_all(talk)
    await talk.advance(hours=3)
    assert hear_all(talk) == {"小李": [], "小王": [], "阿敏": []}


async def test_what_did_not_help_wants_its_answer_in_half_the_time(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.advance(minutes=2)
    await talk.says(LI, "/reply 1 在 App 首页点地图就行", dm=True)
    await talk.advance(minutes=10)
    await talk.presses(ZHANG, "还没有")
    assert any("10:19" in text for text in talk.heard(LI))
    talk.heard(MIN)
    await talk.advance(minutes=4)
    assert any("还在等" in text for text in talk.heard(LI))
    await talk.advance(minutes=4)
    assert any("还没人回" in text for text in talk.heard(MIN))


async def test_a_voice_nobody_looked_at_in_two_days_is_told_to_duty_and_not_to_the_member(
    staffed: Talk,
) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.advance(hours=47)
    assert hear_all(talk) == {"小李": [], "小王": [], "阿敏": []}
    await talk.advance(hours=2)
    told = "#1「按钮太小了」本该 10月14日周三 10:00 前有人看，还没有人看过。\n看一眼，或者定个有消息的日子。"
    assert hear_all(talk) == {"小李": [told], "小王": [], "阿敏": []}
    assert talk.heard(ZHANG) == []


async def test_a_promised_day_that_passes_in_silence_triggers_the_owner(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/plan 1 10月15日", dm=True)
    hear_all(talk)
    await talk.advance(days=3, hours=23)
    heard = hear_all(talk)
    assert [text for text in heard["小王"] if "本该 10月16日周五 00:00 前有个消息" in text]
    assert heard["小李"] == []
    hear_all(talk)
    await talk.advance(days=20)
    assert not [text for text in hear_all(talk)["小王"] if "本该" in text]  # once for one date


async def test_only_what_staff_do_gives_a_new_date(staffed: Talk) -> None:
    talk = staffed
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/claim 1", dm=True)
    await talk.advance(days=6)
    await talk.edits(said, "#反馈 按钮真的太小了")  # the member's own words are no answer
    hear_all(talk)
    await talk.advance(days=1, hours=1)
    assert [text for text in hear_all(talk)["小王"] if "前有个消息" in text]

    await talk.says(WANG, "/progress 1 样机已经改好", dm=True)
    hear_all(talk)
    await talk.advance(days=6, hours=12)
    assert not [text for text in hear_all(talk)["小王"] if "前有个消息" in text]


async def test_what_rests_is_left_in_peace_until_its_day(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/hold 1 10月30日 等供应商", dm=True)
    hear_all(talk)
    await talk.advance(days=10)
    assert hear_all(talk) == {"小李": [], "小王": [], "阿敏": []}


async def test_what_rests_until_tomorrow_is_left_in_peace_where_utc_has_that_day_already(
    scene: Scene,
) -> None:
    scene.timezone, scene.rituals = "America/New_York", []
    scene.time.at = at("2026-10-14 01:00")  # nine in the evening of the 13th
    await scene.open()
    async with scene.database.begin() as uow:
        feedback = await capture(scene, uow, "#反馈 按钮太小了")
        await uow.feedback.amend(feedback.id, scene.time.at, held_until=date(2026, 10, 14))
        await uow.service.watch(feedback.id, at("2026-10-14 02:00"), "test")

    await scene.until("2026-10-14 03:00")
    assert await scene.sent(private=True) == []


async def test_an_owner_who_is_staff_no_longer_hears_nothing(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/claim 1", dm=True)
    async with talk.database.begin() as uow:
        await uow.staff.grant(Grant(PLATFORM, WANG.external_id, CHAT, Role.MEMBER, WANG.name), talk.now)
    hear_all(talk)
    await talk.advance(days=8)
    heard = hear_all(talk)
    assert heard["小王"] == []
    assert len(heard["小李"]) == 1


async def test_who_wants_peace_is_passed_over(staffed: Talk) -> None:
    talk = staffed
    await talk.says(LI, "/snooze 3d", dm=True)
    hear_all(talk)
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.advance(seconds=3)
    heard = hear_all(talk)
    assert (len(heard["小李"]), len(heard["小王"])) == (0, 1)


def test_the_settings_of_a_community_can_be_compared(settings: Settings) -> None:
    assert settings.service == replace(settings.service)


async def test_card_and_inbox_say_by_when_the_next_word_is_due(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/claim 1", dm=True)
    await talk.says(WANG, "/show 1", dm=True)
    assert "下次给消息：10月19日前" in talk.last(WANG).text
    await talk.says(WANG, "/inbox", dm=True)
    assert "张哥：按钮太小了 · 10月19日前" in talk.last(WANG).text
    await talk.advance(days=7, hours=1)
    await talk.says(WANG, "/show 1", dm=True)
    assert "本该 10月19日周一 10:00 前给个消息，已经过了" in talk.last(WANG).text
    await talk.says(WANG, "/inbox", dm=True)
    assert "⏰ #1" in talk.last(WANG).text


async def test_the_inbox_says_how_long_questions_waited(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.advance(minutes=6)
    await talk.says(LI, "/reply 1 在 App 首页点地图就行", dm=True)
    await talk.says(LI, "/inbox", dm=True)
    assert "最近一周，问题等到第一句答复的中位数：6 分钟" in talk.last(LI).text


async def test_nobody_is_told_of_their_own_question(staffed: Talk) -> None:
    talk = staffed
    await talk.says(LI, "#求助 谁知道库存怎么查")
    await talk.advance(seconds=3)
    heard = hear_all(talk)
    assert [name for name, words in heard.items() if any("在问" in text for text in words)] == [
        "小王",
        "阿敏",
    ]


async def test_a_question_that_is_declined_or_taken_back_is_nobodys_duty_any_more(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.says(LI, "/decline 1 这个归物业管", dm=True)
    await talk.advance(seconds=6)
    await talk.says(YU, "#求助 洗车券怎么领")
    await talk.says(YU, "撤回 2 确认", dm=True)
    hear_all(talk)
    await talk.advance(hours=2)
    assert hear_all(talk) == {"小李": [], "小王": [], "阿敏": []}


async def test_who_blocked_the_bot_is_passed_over(staffed: Talk) -> None:
    talk = staffed
    async with talk.database.begin() as uow:
        (li,) = [member for member in await uow.members.list_staff() if member.name == LI.name]
        await uow.members.change(li.id, reachable=False)
    await talk.says(ZHANG, "#求助 充电桩怎么预约")
    await talk.advance(seconds=3)
    heard = hear_all(talk)
    assert (len(heard["小李"]), len(heard["小王"])) == (0, 1)


async def test_a_topic_is_asked_about_once_not_voice_by_voice(staffed: Talk) -> None:
    talk = staffed
    for number in range(3):
        await talk.says(ZHANG, f"#建议 第 {number} 次说后视镜太小")
        await talk.advance(minutes=6)
    for number in (2, 3):
        await talk.says(LI, f"/merge {number} 1", dm=True)
    talk.heard(LI)
    await talk.advance(days=3)
    assert len([text for text in talk.heard(LI) if "还没有人看过" in text]) == 1
