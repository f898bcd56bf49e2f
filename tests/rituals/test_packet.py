"""The weekly packet: one page, decisions first, wherever a department reads it (rituals/packet.py)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rituals.base import RitualSettings
from storage.announcements import EVENTS, Subscription
from storage.db import Database
from storage.departments import Department, Place, webhook_place
from storage.modes import ALIAS, Mode
from storage.records import ChatKind, ChatState, Feedback, FeedbackClass, Platform, Status
from storage.runs import RunState
from tests.fakes import LITTLE, at
from tests.scene import Scene, Sent

WEEKLY = RitualSettings("packet", "packet", "0 10 * * mon")
OFFICE = Place(Platform.TELEGRAM, "-2001", ChatKind.GROUP)
HOOK = webhook_place("https://tracker.example.com/hook")
PRODUCT = Department("product", "产品部", (OFFICE, Place(Platform.FILE, "packets/product"), HOOK))


class Office(Scene):
    """A scene with the places of a department."""

    @property
    def capabilities(self) -> dict[Any, Any]:
        """Return what each platform can do: files and webhooks take words."""
        nothing = {(p, kind): LITTLE for p in (Platform.FILE, Platform.WEBHOOK) for kind in ChatKind}
        return super().capabilities | nothing

    async def serve(self) -> None:
        """Open the department's places."""
        self.settings = replace(self.settings, departments=(PRODUCT,))
        await self.open()
        async with self.database.begin() as uow:
            await uow.chats.change(self.chat_id, rituals=())
            for place in PRODUCT.places:
                await uow.chats.add(
                    place.platform, place.external_id, place.kind, title="产品部", state=ChatState.SERVED,
                    language="zh_CN", timezone="Asia/Shanghai", rituals=("packet",),
                )  # fmt: skip
            uow.written.add("plans")

    async def say(
        self, text: str, *, who: str = "张哥", mode: Mode = Mode.NAMED, routed: bool = True
    ) -> Feedback:
        """Let somebody say something in the group, and have it handed over."""
        async with self.database.begin() as uow:
            member = await self.member(uow, who)
            feedback = await uow.feedback.add(
                chat_id=self.chat_id, contributor_id=member.id, captured_by_id=member.id, message_id=text, text=text,
                now=self.time.at, feedback_class=FeedbackClass.SUGGESTION, review_due=self.time.at, mode=mode,
            )  # fmt: skip
            assert feedback is not None
            point = await uow.points.find(feedback.id)
            assert point is not None
            if routed:
                due = self.time.at + PRODUCT.answer_within
                await uow.routes.open_(point, "product", by_id=member.id, now=self.time.at, due=due)
        return feedback

    async def pages(self) -> dict[Platform, Sent]:
        """Return the newest page of each place."""
        async with self.database.read() as uow:
            chats = {
                chat_id: await uow.chats.get(chat_id) for chat_id in {s.chat_id for s in await self._all()}
            }
        return {chats[sent.chat_id].platform: sent for sent in await self._all()}

    async def _all(self) -> list[Sent]:
        found = [*await self.sent(), *await self.sent(private=True)]
        return [sent for sent in found if "packet" in sent.key]


@pytest.fixture
async def office(database: Database) -> Office:
    """Give the office on a Monday morning, with a webhook that hears everything."""
    database.subscriptions = (Subscription(HOOK, frozenset(EVENTS), "webhook"),)
    office = Office(database, rituals=[WEEKLY])
    await office.serve()
    return office


async def test_a_page_goes_to_each_place_of_the_department(office: Office) -> None:
    await office.say("#反馈 按钮太小了")
    await office.until("2026-10-12 03:00")
    pages = await office.pages()
    assert pages[Platform.TELEGRAM].text == (
        "产品部 · 本周简报\n\n等你们定的 1 件，最急的在前：\n#1 「按钮太小了」· 1 人 · 10月19日前答复\n\n"
        "近 90 天还没有要算的答复。"
    )
    assert "没有按钮" in pages[Platform.FILE].text
    assert pages[Platform.FILE].buttons == {}
    told = json.loads(pages[Platform.WEBHOOK].text)
    assert told["event"] == "packet"
    assert told["decisions"] == [
        {"name": "#1", "what": "按钮太小了", "people": 1, "state": "asked", "decide_by": "2026-10-19"}
    ]


async def test_a_page_ticked_twice_comes_once(office: Office) -> None:
    await office.say("#反馈 按钮太小了")
    await office.until("2026-10-12 03:00")
    again = office.clock()
    await again.catch_up(office.time.at)
    assert len([key for key in await _keys(office) if key.startswith("run:")]) == 2


async def _keys(office: Office) -> list[str]:
    async with office.database.read() as uow:
        rows = await uow.connection.exec_driver_sql("SELECT key FROM deliveries WHERE key LIKE '%packet%'")
        return [row[0] for row in rows]


async def test_a_week_without_anything_to_decide_is_skipped(office: Office) -> None:
    await office.say("没有转交的", routed=False)
    await office.until("2026-10-12 03:00")
    assert await office.pages() == {}
    async with office.database.read() as uow:
        chat = await uow.chats.find(OFFICE.platform, OFFICE.external_id)
        assert chat is not None
        [run] = await uow.runs.list_last(chat.id, "packet", 5)
    assert (run.state, run.reason) == (RunState.SKIPPED, "nothing_asked")


async def test_a_page_is_one_page_with_what_is_due_first(office: Office) -> None:
    for number in range(9):
        await office.say(f"第{number}件")
        office.time.at = at(f"2026-10-12 0{0}:{number + 1:02d}")
    await office.until("2026-10-19 03:00")
    page = (await office.pages())[Platform.TELEGRAM]
    assert len(page.text) < 900
    assert page.text.index("第0件") < page.text.index("第1件")
    assert "第5件" in page.text
    assert "第6件" not in page.text
    assert "另有 3 件" in page.text
    assert len(page.message.buttons) == 6
    assert "就该答复了" in page.text


async def test_what_was_promised_and_has_not_come_is_named(office: Office) -> None:
    feedback = await office.say("按钮太小了")
    async with office.database.begin() as uow:
        await uow.feedback.change(
            feedback, Status.PLANNED, by_id=None, note="", now=office.time.at, planned_for=date(2026, 10, 15)
        )
    await office.until("2026-10-19 03:00")
    page = (await office.pages())[Platform.TELEGRAM]
    assert "你们答应过的：\n#1 「按钮太小了」· 答应 10月15日，已经过了" in page.text
    assert "说到做到 0/1" in page.text


async def test_hidden_words_are_on_no_page_and_nobody_is_named(office: Office) -> None:
    await office.say("隔壁工位的老板总催我", who=f"{ALIAS}x", mode=Mode.ALIAS)
    await office.say("按钮太小了", who="张哥")
    await office.until("2026-10-12 03:00")
    for page in (await office.pages()).values():
        assert "工位" not in page.text
        assert "张哥" not in page.text
    assert "「私下提出，原话不转」" in (await office.pages())[Platform.TELEGRAM].text


async def test_a_page_without_buttons_says_how_to_answer(office: Office) -> None:
    office.can = LITTLE
    office.clock()
    await office.say("按钮太小了")
    await office.until("2026-10-12 03:00")
    assert "答复 #1 接受 12月1日" in (await office.pages())[Platform.TELEGRAM].text


async def test_what_a_vanished_department_had_is_told_to_the_admins_once(office: Office) -> None:
    await office.say("按钮太小了")
    office.settings = replace(office.settings, departments=())
    clock = office.clock()
    for day in ("12", "13"):
        async with office.database.begin() as uow:
            await uow.timers.put(f"strays::2026-10-{day}", "strays", office.time.at)
        await clock.run_due(office.time.at)
    told = [sent.text for sent in await office.sent(private=True) if "没有部门" in sent.text]
    assert told == ["配置里已经没有部门 product，它们手里的还在：#1。请重新转交，比如：/route #1 产品部"]
