"""Who is on duty hears of what hurts, whatever the hour, and questions climb by their own clock (rituals/alerts.py)."""

from __future__ import annotations

import pytest

from handlers.base import Settings
from storage.business import Block, Weekdays
from storage.records import Role
from storage.service import ServiceSettings, Shift
from storage.staff import CHAT, Grant
from tests.conftest import TAGS
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, PLATFORM, ZHANG, Person, Talk

WANG = Person("602", "小王", "wang")
NIGHTS = Shift(Weekdays(frozenset(range(7))), Block(22 * 60, 30 * 60), ((PLATFORM, WANG.external_id),))
DAYS = Shift(Weekdays(frozenset(range(7))), Block(9 * 60, 18 * 60), ((PLATFORM, LI.external_id),))


@pytest.fixture
def settings() -> Settings:
    """Give a group where 小李 is on duty by day and 小王 by night."""
    return Settings(
        community="车友会", language="zh_CN", timezone="Asia/Shanghai", tags={**TAGS, "求助": "service"},
        checkin_words=frozenset(), service=ServiceSettings(duty=(DAYS, NIGHTS)),
    )  # fmt: skip


@pytest.fixture
async def staffed(talk: Talk) -> Talk:
    """Let everybody have opened their private chats."""
    async with talk.database.begin() as uow:
        await uow.staff.grant(Grant(PLATFORM, WANG.external_id, CHAT, Role.KOS, WANG.name), talk.now)
    for who in (LI, WANG, MIN):
        await open_private(talk, who)
    return talk


def told(talk: Talk) -> list[str]:
    """Return who heard of something that hurts since last asked."""
    return [who.name for who in (LI, WANG, MIN) if any("不顺心" in line for line in talk.heard(who))]


async def test_only_who_is_on_duty_hears_first_then_the_next_and_the_admins(staffed: Talk) -> None:
    await staffed.says(ZHANG, "#反馈 物流太差，等了九天还没有到")
    await staffed.advance(seconds=3)
    assert told(staffed) == ["小李"]
    await staffed.advance(minutes=16)
    assert told(staffed) == ["小王", "阿敏"]


async def test_the_night_shift_hears_at_night(staffed: Talk) -> None:
    await staffed.advance(hours=13)  # 23:00
    await staffed.says(ZHANG, "#反馈 物流太差，等了九天还没有到")
    await staffed.advance(seconds=3)
    assert told(staffed) == ["小王"]


async def test_an_unhappy_question_is_told_once_and_climbs_by_its_own_clock(staffed: Talk) -> None:
    await staffed.says(ZHANG, "#求助 物流太差，怎么查到哪里了")
    await staffed.advance(minutes=1)
    (alert,) = staffed.heard(LI)
    assert "不顺心" in alert
    await staffed.advance(minutes=30)
    assert [line for line in staffed.heard(MIN) if "不顺心" in line] == []
