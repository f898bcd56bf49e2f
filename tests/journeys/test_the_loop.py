"""The main loop, from a voice to the one who said it, and the ways it can go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.base import UnreachableError
from rituals.base import RitualSettings
from tests.talk import LI, YU, ZHANG, Talk


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the morning check-in."""
    return (RitualSettings("morning", "checkin", "0 9 * * *", window=timedelta(hours=12)),)


async def test_the_guided_tour(talk: Talk) -> None:
    await talk.advance(hours=23)  # 09:00 in Shanghai
    greeting = talk.last()
    assert "打卡" in greeting.labels[0]
    await talk.presses(ZHANG, "打卡")
    await talk.settle()
    assert "1" in talk.last().text

    said = await talk.says(ZHANG, "#反馈 按钮太小了，戴着手套按不准")
    assert (said.chat, said.message_id) in {(chat, message) for chat, message, _ in talk.adapter.reactions}
    await talk.says(LI, "/inbox", dm=True)
    assert "按钮太小了" in talk.last(LI).text
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍，您更新看看", dm=True)
    echo = talk.last(ZHANG)
    assert "按钮太小了" in echo.text
    assert "4.3" in echo.text
    assert "小李" in echo.text
    talk.heard()
    await talk.presses(ZHANG, "顺手多了")
    [thanks] = talk.heard()
    assert "张哥" in thanks


async def test_somebody_who_never_pressed_start_is_named_in_the_group_and_told_when_they_do(
    talk: Talk,
) -> None:
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError(
        "bot can't initiate conversation with a user"
    )
    await talk.says(ZHANG, "#反馈 按钮太小了，戴着手套按不准")
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    assert talk.posts(ZHANG) == []
    mention = talk.last()
    assert "张哥" in mention.text
    assert "4.3" not in mention.text
    del talk.adapter.unreachable[ZHANG.external_id]
    [button] = [b for row in mention.message.buttons for b in row]
    assert button.start
    await talk.presses(ZHANG, button.label)
    assert any("4.3" in text for text in talk.heard(ZHANG))
    await talk.presses(ZHANG, "顺手多了")
    assert any("张哥" in text for text in talk.heard())


async def test_still_broken_reopens_with_the_same_owner_and_a_second_try_is_verified(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴着手套按不准")
    await talk.says(LI, "/claim 1", dm=True)
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    await talk.presses(ZHANG, "还不行")
    await talk.says(ZHANG, "竖屏是好了，横屏还是那么小", dm=True)
    assert any("横屏" in text for text in talk.heard(LI))
    async with talk.database.read() as uow:
        reopened = await uow.feedback.get(1)
        li = await uow.members.find(talk.adapter.platform, LI.external_id)
    assert li is not None
    assert (str(reopened.status), reopened.owner_id) == ("in_review", li.id)
    await talk.says(LI, "/resolve 1 4.3.1 横屏也放大了", dm=True)
    await talk.advance(days=1)
    await talk.presses(ZHANG, "顺手多了")
    async with talk.database.read() as uow:
        assert str((await uow.feedback.get(1)).status) == "verified"


async def test_silence_is_reminded_once_and_then_unconfirmed_never_verified(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴着手套按不准")
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    assert len(talk.posts(ZHANG)) == 1
    await talk.advance(hours=73)
    assert len(talk.posts(ZHANG)) == 1
    await talk.advance(days=5)
    assert talk.posts(ZHANG) == []
    async with talk.database.read() as uow:
        assert str((await uow.feedback.get(1)).status) == "unconfirmed"
    await talk.presses(ZHANG, "顺手多了")
    async with talk.database.read() as uow:
        assert str((await uow.feedback.get(1)).status) == "verified"


async def test_quiet_hours_hold_what_is_said_at_night_and_fold_it_in_the_morning(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴着手套按不准")
    await talk.advance(minutes=10)
    await talk.says(ZHANG, "#反馈 座椅加热太慢了，等半天")
    await talk.advance(hours=13)  # 23:10
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    await talk.says(LI, "/resolve 2 4.3 里加热快了一倍", dm=True)
    assert talk.posts(ZHANG) == []
    await talk.advance(hours=9)
    [folded] = talk.posts(ZHANG)
    assert "按钮" in folded.text
    assert "座椅" in folded.text
    await talk.presses(ZHANG, "#2 顺手多了")
    async with talk.database.read() as uow:
        assert str((await uow.feedback.get(2)).status) == "verified"
        assert str((await uow.feedback.get(1)).status) == "resolved"


async def test_a_follower_hears_too_and_their_answer_does_not_close_it(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴着手套按不准")
    await talk.says(YU, "/follow 1", dm=True)
    talk.heard(YU)
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    assert any("4.3" in text for text in talk.heard(YU))
    assert any("4.3" in text for text in talk.heard(ZHANG))
