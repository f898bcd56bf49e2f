"""What somebody might try who wants to know who spoke in hiding: staff, members, a department, a webhook, a thief."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.adapters.base import UnreachableError
from handlers.base import Settings
from storage import tables
from storage.announcements import EVENTS, Subscription
from storage.departments import Department, Place, webhook_place
from storage.manners import Manners
from storage.modes import ALIAS
from storage.records import ChatKind, ChatState, Feedback
from tests.privacy.cast import BO, JIANG, QUAN, WORKSHOP
from tests.talk import GROUP, LI, MIN, PLATFORM, YU, Person, Talk

WANG = Person("801", "王工")
OFFICE = Place(PLATFORM, WORKSHOP, ChatKind.GROUP)
PRODUCT = Department("product", "产品部", (OFFICE,), frozenset({Place(PLATFORM, WANG.external_id)}))
WORDS = "椅子晃得太差，坐着心慌"
QUARTER = 15


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings with a department."""
    return replace(settings, departments=(PRODUCT,), manners=Manners(dms_per_day=40))


@pytest.fixture
async def thread(talk: Talk) -> Feedback:
    """Let 权大鹏 have said something under an alias, in a community with a department and a webhook."""
    hook = webhook_place("https://tracker.example/hook")
    talk.database.subscriptions = (Subscription(hook, frozenset(EVENTS), "tracker"),)
    async with talk.database.begin() as uow:
        await uow.chats.add(
            PLATFORM, WORKSHOP, ChatKind.GROUP, title="产品部", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai", rituals=(),
        )  # fmt: skip
    for who in (LI, MIN, QUAN, JIANG):
        await talk.says(who, "/start", dm=True)
        await talk.says(who, "大家好呀")
    await talk.says(QUAN, "/private 化名", dm=True)
    await talk.says(QUAN, WORDS, dm=True)
    await talk.advance(minutes=20)
    async with talk.database.read() as uow:
        return (await uow.feedback.list_after(0, 10))[-1]


async def card(talk: Talk, thread: Feedback) -> str:
    """Return what staff see of a thread."""
    await talk.says(LI, f"/show {thread.id}", dm=True)
    return talk.last(LI).text


async def test_staff_cannot_tell_by_a_letter_who_just_came_back(talk: Talk, thread: Feedback) -> None:
    talk.adapter.unreachable[QUAN.external_id] = UnreachableError("blocked")
    await talk.says(LI, f"/reply {thread.id} 店长想当面道歉", dm=True)
    await talk.advance(hours=20)
    while_away = await card(talk, thread)
    await talk.says(LI, "/inbox", dm=True)
    assert "没送到" not in talk.last(LI).text
    talk.adapter.unreachable.clear()
    await talk.says(QUAN, "/start", dm=True)
    await talk.advance(hours=1)
    assert any("当面道歉" in text for text in talk.heard(QUAN))
    assert await card(talk, thread) == while_away
    assert "寄出" in while_away


async def test_a_thief_of_the_database_finds_no_alias_that_is_out_of_reach_with_somebody(
    talk: Talk, thread: Feedback
) -> None:
    talk.adapter.unreachable[QUAN.external_id] = UnreachableError("blocked")
    await talk.says(LI, f"/reply {thread.id} 店长想当面道歉", dm=True)
    await talk.advance(hours=20)
    async with talk.database.read() as uow:
        m = tables.members
        found = await uow.connection.execute(
            sa.select(m.c.reachable).where(m.c.external_id.startswith(ALIAS))
        )
        assert set(found.scalars()) == {True}


@asynccontextmanager
async def watched(talk: Talk) -> AsyncIterator[None]:
    """Watch, minute by minute, when others see something of what is done meanwhile."""
    await talk.advance(minutes=7, seconds=23)
    while talk.now.minute % QUARTER in (0, 1, 13, 14):
        await talk.advance(minutes=1)
    before = len(talk.adapter.parcels)
    yield
    seen = []
    for _ in range(QUARTER + 2):
        seen += [
            (talk.now.minute, parcel.chat, parcel.message)
            for parcel in talk.adapter.parcels[before:]
            if parcel.chat != QUAN.external_id
        ]
        before = len(talk.adapter.parcels)
        await talk.advance(minutes=1)
    assert [each for each in seen if each[0] % QUARTER] == []


async def test_nobody_sees_in_which_minute_somebody_in_hiding_acts(talk: Talk, thread: Feedback) -> None:
    async with watched(talk):
        await talk.says(QUAN, f"/private {thread.id} 今天又晃了", dm=True)
    await talk.says(LI, f"/route {thread.id} product", dm=True)
    await talk.says(WANG, f"/decide {thread.id} 缺信息 哪一排", dm=True)
    await talk.advance(minutes=16)
    async with watched(talk):
        await talk.presses(QUAN, "补")
        await talk.says(QUAN, "第三排靠窗", dm=True)
    await talk.says(LI, f"/resolve {thread.id} 换了椅子", dm=True)
    await talk.advance(minutes=16)
    async with watched(talk):
        await talk.presses(QUAN, "还不行")
        await talk.says(QUAN, "还是晃", dm=True)
    async with watched(talk):
        await talk.says(QUAN, f"/withdraw {thread.id} 确认", dm=True)
    async with watched(talk):
        await talk.says(QUAN, "/private 密封", dm=True)
        await talk.says(QUAN, "桌子的腿也太差了", dm=True)
    heard = "\n".join(talk.heard(LI))
    assert "今天又晃了" in heard
    assert "还是晃" in heard
    assert "桌子的腿也太差了" in heard


async def test_what_staff_try_in_the_group_tells_the_group_nothing_of_a_thread(
    talk: Talk, thread: Feedback
) -> None:
    talk.heard()
    number = thread.id
    for order in (
        f"/case {number}", f"/story {number}", f"/show {number}", f"/told {number}", f"/split {number} 一 | 二",
        f"/resolve {number} 换了", f"/resolve {number} 又换了", f"/plan {number} 11月20日 换", f"/merge {number} 99",
        f"/unmerge {number}", f"/decline {number} 不换", f"/claim {number}", f"/cause {number} 质量",
        f"/credit {number}", f"/award {number} 顾问", f"/beta {number}", f"/unmask {number} 好奇",
    ):  # fmt: skip
        await talk.says(LI, order)
    await talk.advance(minutes=1)
    said = "\n".join(talk.heard())
    assert f"#{number}" not in said
    assert WORDS[:4] not in said
    assert not re.search("化名|密封|待验证|已收到|评估中", said), said


async def test_a_department_learns_nothing_of_what_it_was_not_asked(talk: Talk, thread: Feedback) -> None:
    answers = []
    for number in (str(thread.id), "8642", "T8642"):
        await talk.says(WANG, f"/insight {number}", dm=True)
        await talk.says(WANG, f"/decide {number} 接受 12月1日", dm=True)
        answers.append([text.replace(number, "…") for text in talk.heard(WANG)])
    assert answers[0] == answers[1]
    assert len(answers[2]) == 2


async def test_an_admin_alone_sees_nobody_however_often_they_ask(talk: Talk, thread: Feedback) -> None:
    for _ in range(3):
        await talk.says(MIN, f"/unmask {thread.id} 要联系本人", dm=True)
        await talk.says(LI, f"/unmask {thread.id} 同意", dm=True)
        await talk.says(BO, f"/unmask {thread.id} 同意", dm=True)  # no admin here
        await talk.advance(hours=1)
    for who in (MIN, LI, BO):
        assert not [text for text in talk.heard(who) if QUAN.name in text]


async def test_what_the_webhook_is_told_has_neither_words_nor_minute(talk: Talk, thread: Feedback) -> None:
    await talk.says(LI, f"/resolve {thread.id} 换了椅子", dm=True)
    async with talk.database.read() as uow:
        d = tables.deliveries
        rows = (
            await uow.connection.execute(
                sa.select(d.c.content, d.c.due_at).where(d.c.key.startswith("hook:"))
            )
        ).all()
    assert len(rows) == 2
    for content, due in rows:
        assert WORDS[:4] not in content
        assert "换了椅子" not in content
        assert QUAN.name not in content
        assert due.minute % QUARTER == 0


async def test_who_met_the_same_hears_of_it_without_the_words_or_the_number(
    talk: Talk, thread: Feedback
) -> None:
    await talk.says(JIANG, "#反馈 我这排椅子也响", chat=GROUP)
    own = thread.id + 1
    await talk.says(LI, f"/merge {own} {thread.id}", dm=True)
    await talk.says(YU, f"+1 {own}", dm=True)
    await talk.says(LI, "/resolve T1 都换了", dm=True)
    await talk.advance(hours=1)
    for who in (YU, JIANG):
        heard = "\n".join(talk.heard(who))
        assert "都换了" in heard
        assert f"#{thread.id}" not in heard
        assert "心慌" not in heard
