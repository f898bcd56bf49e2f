"""Untagged words that hurt: staff are told, and decide (handlers/kos/complaint.py, handlers/overhearing.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from handlers.base import Settings
from storage import tables
from storage.complaints import ComplaintSettings
from tests.handlers.conftest import open_private
from tests.talk import GROUP, LI, MIN, YU, ZHANG, Talk

MUTTERED = "这个物流也太差了，我等了整整九天还没有到"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings of a group whose staff want to know of untagged complaints."""
    return replace(settings, complaints=ComplaintSettings(detect=True))


@pytest.fixture
async def overheard(talk: Talk) -> None:
    """Let 张哥 have muttered, and staff have been told."""
    talk.overhears = True
    for who in (LI, MIN):
        await open_private(talk, who)
    await talk.says(ZHANG, MUTTERED)
    await talk.advance(seconds=3)


async def words_kept(talk: Talk) -> list[str]:
    """Return every text that holds the words."""
    async with talk.database.read() as uow:
        rows = [
            *(await uow.connection.execute(sa.select(tables.complaints.c.text))).scalars(),
            *(await uow.connection.execute(sa.select(tables.deliveries.c.content))).scalars(),
            *(await uow.connection.execute(sa.select(tables.feedback.c.text))).scalars(),
        ]
    return [text for text in rows if "九天" in text]


async def test_staff_are_told_of_untagged_words_that_hurt_and_the_group_hears_nothing(
    talk: Talk, overheard: None
) -> None:
    (alert,) = talk.posts(LI)
    assert alert.text == f"张哥遇到了不顺心的事，在车主群：\n「{MUTTERED}」\n以前没有提过别的。"
    assert alert.labels == ["我来跟进", "记为反馈", "不是投诉"]
    assert talk.heard() == []
    async with talk.database.read() as uow:
        assert await uow.feedback.find(1) is None
    await talk.says(ZHANG, "真的太差了，我明天还要用这个东西呢")
    await talk.says(YU, "今天天气真好，一起出去走走吧朋友们")
    await talk.advance(seconds=3)
    assert talk.heard(LI) == []


async def test_short_words_that_reach_us_anyway_are_heard_too(talk: Talk) -> None:
    await open_private(talk, LI)
    await talk.says(ZHANG, "售后太差")
    await talk.says(YU, "物流太差了吧", mentions_us=True)
    await talk.advance(seconds=3)
    assert [alert.split("\n")[1] for alert in talk.heard(LI)] == ["「售后太差」", "「物流太差了吧」"]
    assert talk.heard() == []


async def test_taking_it_up_says_so_in_the_group_once(talk: Talk, overheard: None) -> None:
    alert = talk.last(LI)
    assert await talk.presses(LI, "我来跟进", on=alert) == "归你跟进了，群里已经说了一声。"
    (line,) = talk.posts()
    assert (line.text, line.labels) == ("这件事小李来跟进。想细说，点下面私聊。", ["私聊说"])
    assert await talk.presses_action(LI, "complaint:claim:1", on=alert) == "本来就在你手里。"
    assert await talk.presses_action(MIN, "complaint:claim:1", on=alert) == "小李已经在跟进。"
    await talk.presses(ZHANG, "私聊说")
    await talk.says(ZHANG, "单号尾号 6021", dm=True)
    assert talk.heard(LI)[-1] == "张哥说（群里说的那件事）：「单号尾号 6021」"
    await talk.advance(hours=1)
    assert not any("轮到您" in line for line in talk.heard(MIN))


async def test_keeping_it_credits_its_author_and_nobody_is_alerted_again(talk: Talk, overheard: None) -> None:
    assert await talk.presses(LI, "记为反馈") == "记为 #1，算在说的人名下。"
    async with talk.database.read() as uow:
        feedback = await uow.feedback.get(1)
        author = await uow.members.get(feedback.contributor_id)
    assert (author.name, feedback.text, feedback.negative) == ("张哥", MUTTERED, True)
    assert (GROUP, "✍") in [(chat, emoji) for chat, _, emoji in talk.adapter.reactions]
    alerts = talk.heard(LI)
    await talk.advance(seconds=5)
    assert not any("不顺心" in line for line in talk.heard(LI))
    assert len(alerts) == 2  # the alert, and the card of what it became
    assert await talk.presses_action(MIN, "complaint:keep:1", on=talk.last(LI)) == "已经记为 #1 了。"
    await talk.advance(minutes=20)
    assert ["#1" in line for line in talk.heard(MIN)] == [True]


async def test_what_is_no_complaint_is_forgotten_at_once(talk: Talk, overheard: None) -> None:
    assert await words_kept(talk)
    assert await talk.presses(LI, "不是投诉") == "好，不算投诉，原话已删。"
    assert await words_kept(talk) == []
    assert await talk.presses_action(MIN, "complaint:claim:1", on=talk.last(LI)) == (
        "这一条已经处理过，原话不再保留。"
    )
    await talk.advance(hours=1)
    assert talk.heard(MIN) == []


async def test_words_that_nobody_looked_at_are_forgotten_in_a_day(talk: Talk, overheard: None) -> None:
    await talk.advance(hours=23)
    assert await words_kept(talk)
    await talk.advance(hours=2)
    assert await words_kept(talk) == []
