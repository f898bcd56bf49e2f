"""Dialogues about duty: a question's clock over weekends and 调休, and its climb."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.base import Settings
from tests.fakes import FakeClock, at
from tests.rituals.service.conftest import WANG, hear_all
from tests.talk import LI, MIN, YU, ZHANG, Talk


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
