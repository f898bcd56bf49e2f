"""What waits for staff: late first, then the longest waiting; the same on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from storage.db import Database
from storage.inbox import Counts, Sift
from storage.records import ChatKind, ChatState, Feedback, FeedbackClass, Platform, Status
from storage.uow import UnitOfWork
from tests.fakes import at

NOW = at("2026-10-12 04:00")
TODAY = date(2026, 10, 12)


async def say(
    uow: UnitOfWork, text: str, *, due: datetime = NOW + timedelta(hours=1), **values: Any
) -> Feedback:
    """Capture something and bring it where it shall stand."""
    met = await uow.members.meet(Platform.TELEGRAM, [("5", "张哥", "")], NOW)
    chat = await uow.chats.add(
        Platform.TELEGRAM, "-1", ChatKind.GROUP, title="群", state=ChatState.SERVED, language="zh_CN",
        timezone="Asia/Shanghai",
    )  # fmt: skip
    feedback = await uow.feedback.add(
        chat_id=chat.id, contributor_id=met["5"].id, captured_by_id=met["5"].id, message_id=text, text=text, now=NOW,
        feedback_class=FeedbackClass.SUGGESTION, review_due=due,
    )  # fmt: skip
    assert feedback is not None
    if values:
        await uow.feedback.amend(feedback.id, NOW, **values)
    return feedback


async def listed(uow: UnitOfWork, sift: Sift, **page: int) -> list[str]:
    """Return the texts of a page."""
    assert await uow.inbox.count_(sift, today=TODAY) >= 0
    return [feedback.text for feedback in await uow.inbox.list_(sift, now=NOW, today=TODAY, **page)]


async def test_late_comes_first_and_what_rests_or_is_done_is_left_out(database: Database) -> None:
    async with database.begin() as uow:
        await say(uow, "新的")
        await say(uow, "没人看", due=NOW)
        await say(uow, "答应过", status=str(Status.PLANNED), planned_for=date(2026, 10, 11))
        await say(uow, "今天到期", status=str(Status.PLANNED), planned_for=TODAY)
        await say(uow, "该说一声", status=str(Status.IN_REVIEW), update_due=NOW)
        await say(uow, "搁着", held_until=date(2026, 10, 13))
        await say(uow, "搁到今天", held_until=TODAY)
        await say(uow, "等验证", status=str(Status.RESOLVED))
        await say(uow, "不做", status=str(Status.DECLINED))
        everything = ["没人看", "答应过", "该说一声", "搁到今天", "新的", "今天到期"]
        assert await listed(uow, Sift()) == everything
        assert await listed(uow, Sift(), limit=2, offset=2) == everything[2:4]
        assert await listed(uow, Sift(), limit=2, offset=3) == everything[3:5]
        assert set(await listed(uow, Sift(is_all=True))) == {*everything, "搁着", "等验证"}
        counts = await uow.inbox.sum_up(now=NOW, today=TODAY)
    assert counts == Counts(waiting=6, late=4, unclaimed=6, held=1, awaited=1)


async def test_words_and_owners_sift_and_signs_are_only_signs(database: Database) -> None:
    async with database.begin() as uow:
        first = await say(uow, "按钮 100% 太小")
        await say(uow, "Button too small")
        await uow.feedback.amend(first.id, NOW, owner_id=first.contributor_id)
        assert await listed(uow, Sift(words="100%")) == ["按钮 100% 太小"]
        assert await listed(uow, Sift(words="button SMALL")) == ["Button too small"]
        assert await listed(uow, Sift(words="_")) == []
        assert await listed(uow, Sift(owner_id=first.contributor_id)) == ["按钮 100% 太小"]
        assert await uow.inbox.count_(Sift(words="太大"), today=TODAY) == 0


async def test_an_empty_inbox_counts_to_nothing(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.inbox.sum_up(now=NOW, today=TODAY) == Counts(0, 0, 0, 0, 0)


async def test_of_two_who_take_what_nobody_has_one_has_it(database: Database) -> None:
    async with database.begin() as uow:
        feedback = await say(uow, "新的")
        assert await uow.feedback.take(feedback.id, feedback.contributor_id, NOW)
        assert not await uow.feedback.take(feedback.id, feedback.contributor_id, NOW)


async def test_of_a_topic_what_is_late_stands_for_it_else_what_was_said_first(database: Database) -> None:
    async with database.begin() as uow:
        first = await say(uow, "第一声")
        late = await say(uow, "晚了", due=NOW)
        others = [await say(uow, f"又一声 {number}") for number in range(3)]
        rest = [await say(uow, f"另一件 {number}") for number in range(3)]
        topic = await uow.topics.add("", None, NOW)
        await uow.topics.link([first, late, *others, rest[0]], topic, by_id=None, now=NOW)
        assert await listed(uow, Sift()) == ["晚了", "另一件 1", "另一件 2"]
        assert await listed(uow, Sift(), limit=1, offset=1) == ["另一件 1"]
        assert await listed(uow, Sift(), limit=2, offset=2) == ["另一件 2"]
        await uow.feedback.amend(late.id, NOW, held_until=date(2026, 10, 20))
        assert await listed(uow, Sift()) == ["第一声", "另一件 1", "另一件 2"]
        assert await uow.topics.count_open([topic.id]) == {topic.id: 6}
