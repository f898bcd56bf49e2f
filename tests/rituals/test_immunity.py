"""The immunity report: once a month to staff, at any time to who asks (rituals/immunity.py)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rituals.base import RitualSettings
from storage.records import Status
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, YU, ZHANG, Captured, Person, Talk

FIVE = (ZHANG, YU, *(Person(str(number), f"友{number}") for number in (503, 504, 505)))


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give a group whose staff hear on the first of each month."""
    return (RitualSettings("immunity", "immunity", "0 10 1 * *"),)


@pytest.fixture
async def hurt(talk: Talk, captured: Captured) -> Talk:
    """Let five members have been hurt by logistics and two by design; all of it is fixed, one came back."""
    for who in (LI, MIN, ZHANG):
        await open_private(talk, who)
    for who in FIVE:
        feedback = await captured("#反馈 物流太差", who, negative=True)
        await _fixed(talk, feedback.id, "logistics")
    for who in (ZHANG, YU):
        feedback = await captured("#反馈 按钮太小", who, negative=True)
        await _fixed(talk, feedback.id, "design")
    await talk.says(LI, "/for 老周 售后太差了", dm=True)
    await _fixed(talk, 8, "")
    for who in (LI, MIN):
        talk.heard(who)
    return talk


async def _fixed(talk: Talk, number: int, cause: str) -> None:
    async with talk.database.begin() as uow:
        feedback = await uow.feedback.get(number)
        await uow.feedback.change(feedback, Status.RESOLVED, by_id=None, note="", now=talk.now)
        if cause:
            await uow.causes.put([number], cause, feedback.contributor_id, talk.now)


async def test_a_fix_has_the_day_of_who_made_it(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    await talk.advance(hours=15)  # one in the morning in Shanghai, and still yesterday in UTC
    feedback = await captured("#反馈 物流太差", negative=True)
    await _fixed(talk, feedback.id, "logistics")
    await talk.advance(hours=9)
    await talk.says(LI, "/immunity", dm=True)
    assert "10月13日修好" in talk.last(LI).text


async def test_it_shows_causes_fixes_and_who_brought_the_bad_news(hurt: Talk) -> None:
    await hurt.advance(minutes=1)
    await hurt.says(LI, "/immunity", dm=True)
    (report,) = hurt.heard(LI)
    assert report.split("\n\n")[0] == "免疫报告 · 最近 30 天"
    assert "· 物流：5 条，5 人（上一期 0 条）" in report
    assert "· 设计：<5 人，人少不细说" in report
    assert "还有 1 条解决了，没记原因。" in report
    assert "#1（物流）：<5 → 0，10月12日修好" in report
    assert "伤过又好了的：0 人，已回访 0 人，后来夸过我们的 0 人。" in report
    assert report.endswith("带来坏消息、换来改进的：小李（1 条）")
    assert not any(who.name in report for who in FIVE)
    assert hurt.heard(MIN) == []


async def test_on_the_first_all_staff_hear_it_once_and_no_group_does(hurt: Talk) -> None:
    await hurt.advance(days=20, hours=1)
    reports = [line for line in hurt.heard(LI) if "免疫报告" in line]
    assert len(reports) == 1
    assert [line for line in hurt.heard(MIN) if "免疫报告" in line] == reports
    assert not any("免疫报告" in line for line in hurt.heard())


async def test_a_paused_group_keeps_no_report_from_its_staff(hurt: Talk) -> None:
    group = await hurt.group()
    async with hurt.database.begin() as uow:
        await uow.chats.change(group.id, paused_until=hurt.now + timedelta(days=60))
    await hurt.advance(days=20, hours=1)
    assert any("免疫报告" in line for line in hurt.heard(LI))


@pytest.mark.parametrize("order", ["免疫", "/immunity", "/report immunity", "简报 免疫"])
async def test_where_nothing_hurt_it_says_so_to_who_asks_and_is_not_held(talk: Talk, order: str) -> None:
    await open_private(talk, LI)
    await talk.says(LI, order, dm=True)
    assert talk.heard(LI) == ["最近 30 天没有不满被解决，也没有记下原因。"]
    await talk.advance(days=20, hours=1)
    assert talk.heard(LI) == []
