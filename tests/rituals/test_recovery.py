"""A week after something negative was verified, whoever looked after it is reminded (rituals/recovery.py)."""

from __future__ import annotations

import pytest

from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, ZHANG, Talk

REMINDER = "张哥提的 #1「物流太差，等了九天还没有到」7 天前说好了。回访一句，问问现在都好吗？"


@pytest.fixture
async def verified(talk: Talk) -> Talk:
    """Let a complaint of 张哥 have been resolved by 小李, and be better."""
    for who in (LI, MIN, ZHANG):
        await open_private(talk, who)
    await talk.says(ZHANG, "#反馈 物流太差，等了九天还没有到")
    await talk.says(LI, "/resolve 1 换了仓库", dm=True)
    await talk.presses(ZHANG, "解决了")
    await talk.advance(minutes=1)
    talk.heard(LI)
    return talk


async def test_who_looked_after_it_is_reminded_after_a_week_and_notes_the_call(verified: Talk) -> None:
    await verified.advance(days=6, hours=23)
    assert not any("回访" in line for line in verified.heard(LI))
    await verified.advance(hours=2)
    assert verified.heard(LI) == [REMINDER]
    reminder = verified.last(LI)
    assert reminder.labels == ["已回访", "查看"]
    assert await verified.presses(LI, "已回访") == "#1 的回访记下了。"
    assert await verified.presses_action(MIN, "recovery:1", on=reminder) == "小李已经回访过 #1。"
    assert await verified.presses_action(LI, "recovery:99", on=reminder) != ""


async def test_what_came_back_is_not_called_back(verified: Talk) -> None:
    await verified.says(LI, "/reopen 1 又慢了", dm=True)
    verified.heard(LI)
    await verified.advance(days=8)
    assert not any("回访" in line for line in verified.heard(LI))


async def test_what_was_never_negative_is_not_called_back(talk: Talk) -> None:
    for who in (LI, ZHANG):
        await open_private(talk, who)
    await talk.says(ZHANG, "#反馈 按钮太小了，开车时按不准")
    await talk.says(LI, "/resolve 1 新版放大了", dm=True)
    await talk.presses(ZHANG, "顺手多了")
    await talk.advance(days=8)
    assert not any("回访" in line for line in talk.heard(LI))


async def test_told_in_person_that_it_is_better_is_called_back_too(talk: Talk) -> None:
    await open_private(talk, LI)
    await talk.says(ZHANG, "#反馈 物流太差，等了九天还没有到")
    await talk.says(LI, "/resolve 1 换了仓库", dm=True)
    await talk.says(LI, "/told 1 better", dm=True)
    talk.heard(LI)
    await talk.advance(days=7, hours=1)
    assert REMINDER in talk.heard(LI)
