"""Dialogues with the person who took it up (handlers/members/talk.py)."""

from __future__ import annotations

import pytest

from storage.records import Status
from tests.handlers.conftest import open_private, status
from tests.talk import LI, YU, ZHANG, Talk


@pytest.fixture
async def claimed(talk: Talk) -> None:
    """Let 小李 have taken up a complaint of 张哥 in the group."""
    await open_private(talk, LI)
    await talk.says(ZHANG, "#反馈 物流太差，等了九天还没有到")
    await talk.advance(seconds=3)
    await talk.presses(LI, "我来跟进")
    talk.heard(LI)


async def test_the_button_opens_a_way_to_the_person_by_name(talk: Talk, claimed: None) -> None:
    await talk.presses(ZHANG, "私聊说")
    assert talk.heard(ZHANG) == ["小李在跟进这件事。直接在这里写，TA 看得到。"]
    await talk.says(ZHANG, "单号是 6021，客服一直不回", dm=True)
    assert talk.heard(ZHANG) == ["已转给小李。"]
    (heard,) = talk.posts(LI)
    assert heard.text == "张哥说（#1「物流太差，等了九天还没有到」）：「单号是 6021，客服一直不回」"
    await talk.presses(LI, "答复")
    await talk.says(LI, "今天补发，我盯着", dm=True)
    assert any("今天补发，我盯着。" in line for line in talk.heard(ZHANG))
    async with talk.database.read() as uow:
        assert "单号是 6021，客服一直不回" in [text for _, text, _ in await uow.notes.list_of(1)]


async def test_somebody_elses_way_is_shut(talk: Talk, claimed: None) -> None:
    await talk.presses(YU, "私聊说")
    assert talk.heard(YU) == ["这件事暂时没有人在跟进，直接写下来，我来记。"]
    await talk.says(YU, "我想问问物流怎么这么慢", dm=True)
    assert not any("小雨" in line for line in talk.heard(LI))


async def test_a_command_is_still_a_command(talk: Talk, claimed: None) -> None:
    await talk.presses(ZHANG, "私聊说")
    talk.heard(LI)
    await talk.says(ZHANG, "我的", dm=True)
    assert talk.heard(LI) == []
    assert talk.heard(ZHANG)[-1].startswith("您的反馈，共 1 条")


async def test_solved_said_to_the_person_reaches_them_while_nobody_asked(talk: Talk, claimed: None) -> None:
    await talk.presses(ZHANG, "私聊说")
    talk.heard(ZHANG)
    await talk.says(ZHANG, "好了", dm=True)
    assert talk.heard(ZHANG) == ["已转给小李。"]
    assert talk.heard(LI) == ["张哥说（#1「物流太差，等了九天还没有到」）：「好了」"]
    assert await talk.timers("talk_waits") == []
    assert await status(talk, 1) is Status.IN_REVIEW


async def test_solved_said_in_the_talk_is_the_yes_to_what_was_asked_about_it(
    talk: Talk, claimed: None
) -> None:
    await talk.advance(minutes=1)
    await talk.says(ZHANG, "#反馈 雨刮一开就响")
    await talk.says(LI, "/resolve 2 换了新的雨刮", dm=True)
    await talk.presses(ZHANG, "私聊说")
    await talk.says(LI, "/reply 1 今天补发，明天到", dm=True)
    await talk.says(LI, "/resolve 1 补发的到了", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "好了", dm=True)
    assert await status(talk, 1) is Status.VERIFIED
    assert await status(talk, 2) is Status.RESOLVED


async def test_solved_with_a_but_is_for_the_person_to_hear(talk: Talk, claimed: None) -> None:
    await talk.presses(ZHANG, "私聊说")
    await talk.says(LI, "/resolve 1 补发的到了", dm=True)
    talk.heard(LI)
    await talk.says(ZHANG, "好了，但是少了一件", dm=True)
    assert "张哥说（#1「物流太差，等了九天还没有到」）：「好了，但是少了一件」" in talk.heard(LI)
    assert await status(talk, 1) is Status.RESOLVED
