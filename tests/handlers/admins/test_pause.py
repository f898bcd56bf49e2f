"""Dialogues about /pause, /resume, /doctor and /audit (handlers/admins/)."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.admins.pause import FOREVER, read_until
from tests.fakes import at
from tests.handlers.admins.conftest import second_group
from tests.talk import LI, MIN, ZHANG, Talk

MONDAY = at("2026-10-12 02:00")  # ten in the morning in Shanghai


async def paused_until(talk: Talk) -> datetime | None:
    return (await talk.group()).paused_until


async def test_the_rituals_of_a_group_rest_for_a_while(talk: Talk) -> None:
    await talk.says(MIN, "/pause 2h")
    assert talk.heard() == ["「车主群」的固定活动停到10月12日周一 12:00，想早点恢复发 /resume。"]
    assert await paused_until(talk) == at("2026-10-12 04:00")
    await talk.says(MIN, "/resume")
    assert talk.heard() == ["「车主群」的固定活动接着办了，/ritual next 看下次的时间。"]
    assert await paused_until(talk) is None
    await talk.says(MIN, "/resume")
    assert talk.heard() == ["「车主群」的固定活动没有停。"]


async def test_without_an_end_they_rest_until_resumed(talk: Talk) -> None:
    await talk.says(MIN, "/暂停")
    assert talk.heard() == ["「车主群」的固定活动先停了，发 /resume 接着办。大家说的话我照样听着。"]
    assert await paused_until(talk) == FOREVER
    await talk.says(MIN, "/ritual next")
    assert "暂停中" in talk.heard()[0]
    await talk.advance(days=1)
    assert talk.heard() == []


async def test_in_private_the_group_is_named(talk: Talk) -> None:
    await second_group(talk)
    await talk.says(MIN, "/pause 1d 车主二群", dm=True)
    assert talk.heard(MIN) == ["「车主二群」的固定活动停到10月13日周二 10:00，想早点恢复发 /resume。"]
    await talk.says(MIN, "/pause 全部", dm=True)
    assert talk.heard(MIN)[0].startswith("「车主群、车主二群」的固定活动先停了")
    assert await paused_until(talk) == FOREVER


@pytest.mark.parametrize(
    ("words", "moment", "rest"),
    [
        ("2h", "2026-10-12 04:00", ""),
        ("1h30m 车主群", "2026-10-12 03:30", "车主群"),
        ("两小时", "2026-10-12 04:00", ""),
        ("半天", "2026-10-12 14:00", ""),
        ("until 18:00", "2026-10-12 10:00", ""),
        ("到 9:30", "2026-10-13 01:30", ""),
        ("直到下周五 8点半 车主群", "2026-10-23 00:30", "车主群"),
        ("明天", "2026-10-12 16:00", ""),
        ("until 2026-11-01", "2026-10-31 16:00", ""),
    ],
)
def test_an_end_is_read_as_people_write_it(words: str, moment: str, rest: str) -> None:
    from zoneinfo import ZoneInfo

    assert read_until(words, MONDAY, ZoneInfo("Asia/Shanghai")) == (at(moment), rest)


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        ("/pause 一会儿", "停多久？"),
        ("/pause 5", "停多久？"),
        ("/pause 25:99", "停多久？"),
        ("/pause 0h", "10月12日周一 10:00 已经过了"),
        ("/pause until 2020-01-01", "1月1日周三 00:00 已经过了"),
        ("/pause 9999d", "最多停一年"),
        ("/pause 999999d", "最多停一年"),
        ("/pause 9999999d", "停多久？"),
    ],
)
async def test_a_careless_end_gets_one_line(talk: Talk, order: str, answer: str) -> None:
    await talk.says(MIN, order)
    (line,) = talk.heard()
    assert line.startswith(answer)
    assert await paused_until(talk) is None


async def test_others_pause_nothing(talk: Talk) -> None:
    for who in (ZHANG, LI):
        await talk.says(who, "/pause 2h")
    assert await paused_until(talk) is None


async def test_the_doctor_answers_in_private(talk: Talk) -> None:
    await talk.says(MIN, "/doctor", dm=True)
    (text,) = talk.heard(MIN)
    assert text.startswith("我现在的情况：")
    assert "✓ 最近收到的消息（Telegram）：10月12日周一 10:00" in text
    assert "✓ 读不懂的消息：0" in text
    assert "✓ 在办的固定活动：2" in text


async def test_the_doctor_names_what_is_wrong(talk: Talk) -> None:
    async with talk.database.begin() as uow:
        await uow.updates.add_quarantined(talk.adapter.platform, "{", "garbage", talk.now)
    await talk.says(MIN, "/体检", dm=True)
    assert "✗ 读不懂的消息：1" in talk.heard(MIN)[0]


async def test_the_audit_says_moments_and_statuses_as_people_do(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，开车时按不准")
    await talk.says(LI, "/plan 1 12月1日 跟 4.3 一起上", dm=True)
    await talk.says(MIN, "/pause 2h")
    talk.heard(MIN)
    await talk.says(MIN, "/audit", dm=True)
    assert talk.heard(MIN)[0].splitlines()[1:3] == [
        "10月12日周一 10:00 · 阿敏 · 暂停活动 · 车主群 · 10月12日周一 12:00",
        "10月12日周一 10:00 · 小李 · 排期 · #1 · 已收到 → 已排期",
    ]


async def test_the_audit_lists_who_changed_what_newest_first(talk: Talk) -> None:
    await talk.says(MIN, "/pause 2h")
    await talk.says(MIN, "/ritual off weekend")
    await talk.says(MIN, "/audit 1", dm=True)
    (text,) = talk.heard(MIN)
    assert text.splitlines() == [
        "最近 1 条改动：",
        "10月12日周一 10:00 · 阿敏 · 关掉活动 · 车主群 · weekend",
    ]
    await talk.says(MIN, "/staff add 501 kos 老张", dm=True)
    talk.heard(MIN)
    await talk.says(MIN, "/audit 1", dm=True)
    assert talk.heard(MIN)[0].endswith("阿敏 · 设为同事 · 501 · KOS 老张")
    await talk.says(MIN, "/audit 很多", dm=True)
    assert talk.heard(MIN) == ["看几条？写一个数，比如：/audit 20"]
    await talk.says(LI, "/audit", dm=True)
    assert "weekend" not in talk.heard(LI)[0]


async def test_a_pause_without_an_end_is_called_to_mind_once(talk: Talk) -> None:
    await talk.says(MIN, "/pause")
    talk.heard(MIN)
    await talk.advance(days=8)
    assert talk.heard(MIN) == ["「车主群」的固定活动停了一周了。还要停就不用管，想接着办发 /resume 车主群"]
    await talk.advance(days=20)
    assert talk.heard(MIN) == []


async def test_what_was_resumed_or_ends_by_itself_is_not_called_to_mind(talk: Talk) -> None:
    await talk.says(MIN, "/pause")
    await talk.says(MIN, "/pause 10d")
    talk.heard(MIN)
    await talk.advance(days=9)
    assert talk.heard(MIN) == []
