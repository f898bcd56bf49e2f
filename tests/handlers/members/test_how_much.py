"""Dialogues of the intent `feedback`: too few words, too many, too often."""

from __future__ import annotations

from tests.handlers.members.test_feedback import kept
from tests.talk import LI, ZHANG, Talk


async def test_too_few_words_are_asked_for_more_once(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 太小")
    await talk.says(ZHANG, "#反馈 太大")
    (line,) = talk.heard()
    assert line.startswith("「太小」有点短")
    assert await kept(talk) == []


async def test_too_few_words_are_not_said_back_at_full_length(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 哈" + "👍" * 1_000)
    (line,) = talk.heard()
    assert line.startswith("「哈👍👍👍")
    assert line.count("👍") < 30


async def test_what_is_too_long_is_returned_every_time(talk: Talk) -> None:
    for _ in range(2):
        said = await talk.says(ZHANG, "#反馈 " + "长" * 4_090)
        assert talk.last().message.reply_to == said.message_id
    first, second = talk.heard()
    assert first == second
    assert "4094 个字" in first
    assert await kept(talk) == []


async def test_the_second_within_five_seconds_is_told_and_then_there_is_silence(talk: Talk) -> None:
    for number in range(4):
        await talk.says(ZHANG, f"#反馈 按钮太小了，第 {number} 次")
    assert len(await kept(talk)) == 1
    (line,) = talk.heard()
    assert line.startswith("这条还没记：太快了")


async def test_three_in_five_minutes_are_enough(talk: Talk) -> None:
    for number in range(5):
        await talk.says(ZHANG, f"#反馈 按钮太小了，第 {number} 次")
        await talk.advance(seconds=6)
    assert len(await kept(talk)) == 3
    assert talk.heard() == ["这条还没记：5 分钟内最多记 3 条，过一会儿再发一次就好。"]


async def test_twenty_four_a_day_are_enough(talk: Talk) -> None:
    for number in range(30):
        await talk.says(ZHANG, f"#反馈 按钮太小了，第 {number} 次")
        await talk.advance(minutes=10)
    assert len(await kept(talk)) == 24
    assert any("24 条" in line for line in talk.heard())


async def test_staff_may_collect_as_much_as_they_like(talk: Talk) -> None:
    for number in range(5):
        await talk.says(LI, f"#反馈 客户说按钮太小了，第 {number} 位")
    assert len(await kept(talk)) == 5
