"""小李 on duty on weekdays, 小王 beside them, 阿敏 the admin."""

from __future__ import annotations

import pytest

from handlers.base import Settings
from rituals.calendar import CalendarDays, WorkCalendar
from storage.business import Block, BusinessHours, Weekdays
from storage.records import Role
from storage.service import ServiceSettings, Shift
from storage.staff import CHAT, Grant
from tests.conftest import TAGS
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Person, Talk

WANG = Person("602", "小王", "wang")
MORNINGS = Shift(Weekdays(frozenset(range(5))), Block(9 * 60, 18 * 60), ((PLATFORM, LI.external_id),))


@pytest.fixture
def settings() -> Settings:
    """Give a group where 小李 is on duty on weekdays, and questions have a tag."""
    hours = BusinessHours(days=CalendarDays(WorkCalendar(), "workdays"))
    return Settings(
        community="车友会", language="zh_CN", timezone="Asia/Shanghai", tags={**TAGS, "求助": "service"},
        checkin_words=frozenset(), service=ServiceSettings(hours=hours, duty=(MORNINGS,)),
    )  # fmt: skip


@pytest.fixture
async def staffed(talk: Talk) -> Talk:
    """Let 小李, 小王 (both KOS) and 阿敏 (admin) have opened their private chats."""
    async with talk.database.begin() as uow:
        await uow.staff.grant(Grant(PLATFORM, WANG.external_id, CHAT, Role.KOS, WANG.name), talk.now)
    for who in (LI, WANG, MIN, ZHANG, YU):
        await talk.says(who, "/start", dm=True)
        talk.heard(who)
    return talk


def hear_all(talk: Talk) -> dict[str, list[str]]:
    """Return what each of the staff heard since last asked."""
    return {who.name: talk.heard(who) for who in (LI, WANG, MIN)}
