"""Who hurts is heard by a person at once, and it climbs until somebody takes it up (rituals/alerts.py)."""

from __future__ import annotations

import pytest

from storage.records import ChatKind, FeedbackClass, Role
from storage.staff import CHAT, Grant
from tests.fakes import LITTLE
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Captured, Person, Talk

WANG = Person("602", "小王", "wang")
HURT = "#反馈 物流太差，等了九天还没有到"


@pytest.fixture
async def staff(talk: Talk) -> None:
    """Let 小李 and 小王 be KOS and 阿敏 admin, all of whom have opened their private chats."""
    async with talk.database.begin() as uow:
        await uow.staff.grant(Grant(PLATFORM, WANG.external_id, CHAT, Role.KOS, WANG.name), talk.now)
    for who in (LI, WANG, MIN):
        await open_private(talk, who)


async def test_kos_hear_of_a_negative_feedback_at_once_with_its_link_and_history(
    talk: Talk, staff: None
) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，开车时按不准")
    await talk.advance(minutes=1)
    assert talk.heard(LI) == []
    await talk.says(ZHANG, HURT)
    await talk.advance(seconds=3)
    (alert,) = talk.posts(LI)
    assert alert.text == (
        "张哥遇到了不顺心的事 #2，在车主群：\n「#反馈 物流太差，等了九天还没有到」\n"
        "以前提过 1 条，最近是 #1「按钮太小了，开车时按不准」，已收到。"
    )
    assert any(getattr(part, "url", "").startswith("https://t.me/c/1/") for part in alert.message.text)
    assert alert.labels == ["我来跟进", "查看"]
    assert len(talk.posts(WANG)) == 1
    assert talk.heard(MIN) == []


async def test_who_only_asks_in_a_hurry_is_not_called_unhappy_and_can_be_answered_at_once(
    talk: Talk, staff: None, captured: Captured
) -> None:
    question = await captured("怎么预约试驾？急", kind=FeedbackClass.SERVICE)
    async with talk.database.begin() as uow:
        await uow.feedback.amend(question.id, talk.now, urgent=True)
        feedback = await uow.feedback.get(question.id)
        await uow.timers.put("heard", "heard", talk.now, subject=f"feedback:{feedback.id}")
    await talk.advance(seconds=3)
    (alert,) = [post for post in talk.posts(LI) if "着急等回话" in post.text]
    assert "不顺心" not in alert.text
    assert alert.labels == ["我来跟进", "答复", "查看"]


async def test_urgent_words_are_told_in_quiet_hours_and_unhappy_ones_wait_for_the_morning(
    talk: Talk, staff: None
) -> None:
    await talk.advance(hours=13)  # 23:00
    await talk.says(ZHANG, HURT)
    await talk.says(YU, "#反馈 刹车异响，等不了了")
    await talk.advance(seconds=3)
    assert ["#2" in alert for alert in talk.heard(LI)] == [True]
    await talk.advance(hours=9, minutes=1)
    assert ["#1" in alert for alert in talk.heard(LI)] == [True]


@pytest.mark.parametrize(("is_guess", "alerts"), [(True, 1), (False, 0)])
async def test_danger_that_was_taken_for_praise_is_told_unless_a_person_called_it_so(
    talk: Talk, staff: None, captured: Captured, is_guess: bool, alerts: int
) -> None:
    feedback = await captured("宝宝喝了两口嘴唇就紫了", kind=FeedbackClass.PRAISE)
    async with talk.database.begin() as uow:
        await uow.feedback.amend(feedback.id, talk.now, urgent=True, is_guess=is_guess)
        await uow.timers.put("heard", "heard", talk.now, subject=f"feedback:{feedback.id}")
    talk.heard(LI)
    await talk.advance(seconds=3)
    assert len([line for line in talk.heard(LI) if "嘴唇就紫" in line]) == alerts


async def test_what_nobody_takes_up_climbs_to_the_admins(talk: Talk, staff: None) -> None:
    await talk.says(ZHANG, HURT)
    await talk.advance(minutes=14)
    assert talk.heard(MIN) == []
    await talk.advance(minutes=2)
    assert [alert.split("：")[0] for alert in talk.heard(MIN)] == ["还没有人跟进，轮到你看一眼"]
    talk.heard(LI)
    await talk.advance(hours=2)
    assert talk.heard(LI) == talk.heard(MIN) == []


@pytest.mark.parametrize("order", ["/claim 1", "/resolve 1 已经补发", "/decline 1 这单是别家的"])
async def test_what_somebody_took_up_does_not_climb(talk: Talk, staff: None, order: str) -> None:
    await talk.says(ZHANG, HURT)
    await talk.advance(minutes=5)
    await talk.says(LI, order, dm=True)
    talk.heard(MIN)
    await talk.advance(minutes=30)
    assert talk.heard(MIN) == []


async def test_who_brought_it_is_not_told_of_it(talk: Talk, staff: None) -> None:
    await talk.says(LI, "/for 老周 说你们的售后太差了", dm=True)
    await talk.advance(seconds=3)
    assert not any("不顺心" in line for line in talk.heard(LI))
    assert ["不顺心" in line for line in talk.heard(WANG)] == [True]


async def test_the_member_hears_in_the_group_who_took_it_up_and_the_others_see_it_is_taken(
    talk: Talk, staff: None
) -> None:
    said = await talk.says(ZHANG, HURT)
    await talk.advance(seconds=3)
    mine, theirs = talk.last(LI), talk.last(WANG)
    talk.heard()
    assert await talk.presses(LI, "我来跟进", on=mine) == "#1「物流太差，等了九天还没有到」归你跟进了。"
    (line,) = talk.posts()
    assert (line.text, line.labels) == ("这件事小李来跟进。想细说，点下面私聊。", ["私聊说"])
    assert line.message.reply_to == said.message_id
    assert theirs.text.endswith("小李在跟进。")
    assert theirs.labels == []
    assert "评估中 · 小李" in mine.text
    await talk.presses_action(WANG, "claim:1:0", on=theirs)
    assert talk.toast == "#1 已经由小李在跟进。"
    assert await talk.presses_action(LI, "claim:1:0", on=mine) == "#1 本来就在你手里。"
    assert talk.heard() == []


async def test_where_no_button_leads_to_the_private_chat_what_is_written_there_goes_to_who_took_it_up(
    talk: Talk, staff: None
) -> None:
    await open_private(talk, ZHANG)
    key = (talk.adapter.platform, ChatKind.GROUP)
    talk.dispatcher._capabilities = {**talk.dispatcher._capabilities, key: LITTLE}
    await talk.says(ZHANG, HURT)
    await talk.advance(seconds=3)
    await talk.says(LI, "/claim 1", dm=True)
    line = talk.last()
    assert (line.text, line.labels) == ("这件事小李来跟进。想细说，直接给我发私聊，我转给 TA。", [])
    talk.heard(LI)
    await talk.says(ZHANG, "单号尾号 6021", dm=True)
    assert talk.heard(LI) == ["张哥说（#1「物流太差，等了九天还没有到」）：「单号尾号 6021」"]


async def test_who_said_it_in_private_is_told_in_private(talk: Talk, staff: None) -> None:
    await talk.says(ZHANG, "/feedback 物流太差，等了九天还没有到", dm=True)
    await talk.advance(seconds=3)
    talk.heard(ZHANG)
    await talk.presses(LI, "我来跟进")
    assert talk.heard(ZHANG) == [
        "您提的「物流太差，等了九天还没有到」，小李来跟进。想细说，直接在这里写，TA 看得到。"
    ]
    assert talk.heard() == []


async def test_who_speaks_under_an_alias_is_told_under_it_and_writes_back_by_a_button(
    talk: Talk, staff: None
) -> None:
    await talk.says(ZHANG, "悄悄话", dm=True)
    await talk.presses(ZHANG, "用化名说")
    await talk.says(ZHANG, "门店的态度太差了，我不想再去", dm=True)
    await talk.advance(minutes=20)
    (alert,) = talk.posts(LI)
    assert "张哥" not in alert.text
    assert alert.text.split("\n")[0].endswith("，在私聊：")
    await talk.says(LI, "/claim 1", dm=True)
    await talk.advance(minutes=20)
    (told,) = [shown for shown in talk.posts(ZHANG) if "小李来跟进" in shown.text]
    assert "补一句" in told.labels[0]
    assert talk.heard() == []
    await talk.says(LI, "/case 1", dm=True)
    assert talk.heard(LI)[-1] == "#1 的本人没有露面，不做公开课。"
