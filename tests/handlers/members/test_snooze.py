"""Dialogues of the intent `snooze`: some peace for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.members.snooze import read_span
from storage.manners import Manners
from storage.messages import Message
from tests.talk import ZHANG, Talk


async def promise(talk: Talk, words: str) -> None:
    """Promise 张哥 a message in private."""
    async with talk.database.begin() as uow:
        zhang = await uow.members.find(talk.adapter.platform, ZHANG.external_id)
        assert zhang is not None
        await uow.outbox.tell(
            zhang, Message(text=(words,)), key=words, now=talk.now, manners=Manners(), timezone="Asia/Shanghai",
            language="zh_CN",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("3d", timedelta(days=3)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("3天", timedelta(days=3)),
        ("三 天", timedelta(days=3)),
        ("两小时", timedelta(hours=2)),
        ("2个小时", timedelta(hours=2)),
        ("30分钟", timedelta(minutes=30)),
        ("一周", timedelta(weeks=1)),
        ("2个星期", timedelta(weeks=2)),
        ("2 weeks", timedelta(weeks=2)),
        ("1个月", timedelta(days=30)),
        ("3 days", timedelta(days=3)),
        ("半天", timedelta(hours=12)),
        ("很久", None),
        ("3", None),
        ("-3d", None),
    ],
)
def test_spans_are_read_as_people_write_them(said: str, span: timedelta | None) -> None:
    assert read_span(said) == span


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("/snooze 3d", "10月15日周四 10:00"),
        ("勿扰 3天", "10月15日周四 10:00"),
        ("勿扰3天", "10月15日周四 10:00"),
        ("/snooze until 2026-10-20", "10月20日周二 00:00"),
        ("勿扰 到 10月20日", "10月20日周二 00:00"),
        ("/snooze 1-5", "1月5日周二 00:00"),
    ],
)
async def test_snooze_says_until_when(talk: Talk, words: str, moment: str) -> None:
    await talk.says(ZHANG, words, dm=True)
    assert talk.heard(ZHANG) == [
        f"好，{moment} 前不打扰您；攒下的消息到时候一起给您。要提前结束就发 /snooze off"
    ]


async def test_messages_are_held_until_then_and_come_together(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await promise_late(talk, "早已答应的")
    await talk.says(ZHANG, "/snooze 3d", dm=True)
    talk.heard(ZHANG)
    await promise(talk, "新来的")
    await talk.advance(days=2, hours=23)
    assert talk.heard(ZHANG) == []
    await talk.advance(hours=2)
    assert talk.heard(ZHANG) == ["早已答应的\n\n新来的"]


async def promise_late(talk: Talk, words: str) -> None:
    """Promise 张哥 a message that comes tomorrow."""
    await promise(talk, words)
    async with talk.database.begin() as uow:
        zhang = await uow.members.find(talk.adapter.platform, ZHANG.external_id)
        assert zhang is not None
        later = talk.now + timedelta(days=1)
        await uow.outbox.move_held(zhang.id, since=talk.now, before=later, due=later)


async def test_off_brings_what_was_held(talk: Talk) -> None:
    await talk.says(ZHANG, "/snooze 3d", dm=True)
    await promise(talk, "新来的")
    await talk.advance(hours=1)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "勿扰 结束", dm=True)
    assert sorted(talk.heard(ZHANG)) == sorted(["欢迎回来！攒下的消息这就给您。", "新来的"])


async def test_snooze_alone_says_how_things_stand(talk: Talk) -> None:
    await talk.says(ZHANG, "/snooze", dm=True)
    await talk.says(ZHANG, "/snooze off", dm=True)
    await talk.says(ZHANG, "/snooze 1h", dm=True)
    await talk.says(ZHANG, "/snooze", dm=True)
    lines = talk.heard(ZHANG)
    assert lines[0] == lines[1] == "现在没有勿扰。想清静一阵，比如：/snooze 3d"
    assert lines[3] == "勿扰到 10月12日周一 11:00。要提前结束就发 /snooze off"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("/snooze 很久很久", "没看懂要多久"),
        ("/snooze 2026-02-30", "没看懂要多久"),
        ("/snooze 0d", "这个时间要在以后"),
        ("/snooze 999d", "这个时间要在以后"),
        ("/snooze 2020-01-01", "这个时间要在以后"),
    ],
)
async def test_what_cannot_be_is_answered_with_an_example(talk: Talk, words: str, line: str) -> None:
    await talk.says(ZHANG, words, dm=True)
    (heard,) = talk.heard(ZHANG)
    assert heard.startswith(line)
    assert "/snooze 3d" in heard


async def test_a_day_as_people_call_it_is_understood(talk: Talk) -> None:
    await talk.says(ZHANG, "勿扰 明天", dm=True)
    assert "10月13日" in talk.heard(ZHANG)[-1]
