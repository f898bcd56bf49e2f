"""What other programs are told, and what never (storage/announcements.py). On both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from storage.announcements import EVENTS, Subscription
from storage.departments import webhook_place
from storage.messages import decode, plain
from storage.modes import ALIAS, SEALED, mode_of
from storage.records import ChatKind, ChatState, Feedback, FeedbackClass, Platform, Status
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, group

PLACE = webhook_place("https://tracker.example.com/hook")
ODD = NOON + timedelta(minutes=3, seconds=7)


@pytest.fixture
def hooked(uow: UnitOfWork) -> UnitOfWork:
    """Give a transaction whose events one webhook wants."""
    uow.subscriptions = (Subscription(PLACE, frozenset(EVENTS), "webhook tracker.example.com"),)
    return uow


async def say(uow: UnitOfWork, external_id: str, *, is_private: bool = False) -> Feedback:
    people = await uow.members.meet(Platform.TELEGRAM, [(external_id, "张哥的名字", "zhang")], ODD)
    member = people[external_id]
    chat = await group(uow)
    if is_private:
        chat = await uow.chats.add(
            Platform.TELEGRAM, external_id, ChatKind.PRIVATE, title="", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
    feedback = await uow.feedback.add(
        chat_id=chat.id, contributor_id=member.id, captured_by_id=member.id, message_id=external_id, text="按钮太小了",
        now=ODD, feedback_class=FeedbackClass.SUGGESTION, review_due=ODD, link="https://t.me/c/1/2",
        mode=mode_of(external_id),
    )  # fmt: skip
    assert feedback is not None
    return feedback


async def announced(uow: UnitOfWork) -> list[dict[str, Any]]:
    rows = await uow.connection.exec_driver_sql("SELECT id FROM deliveries ORDER BY id")
    found = [await uow.promises.find_by_id(row[0]) for row in rows]
    return [json.loads(plain(decode(each.content).text)) for each in found if each is not None]


async def test_an_open_voice_is_told_with_its_words_and_without_its_author(hooked: UnitOfWork) -> None:
    feedback = await say(hooked, "501")
    await hooked.feedback.change(feedback, Status.PLANNED, by_id=None, note="跟 4.3 一起上", now=ODD)
    received, changed = await announced(hooked)
    assert received["event"] == "feedback.received"
    assert received["feedback"]["text"] == "按钮太小了"
    assert (changed["feedback"]["before"], changed["feedback"]["status"]) == ("received", "planned")
    assert changed["feedback"]["note"] == "跟 4.3 一起上"
    assert "张哥" not in str([received, changed])
    assert "501" not in str([received, changed])


@pytest.mark.parametrize("external_id", [f"{ALIAS}ab12", f"{SEALED}cd34"])
async def test_of_a_hidden_voice_neither_words_nor_link_nor_moment_are_told(
    hooked: UnitOfWork, external_id: str
) -> None:
    feedback = await say(hooked, external_id)
    await hooked.feedback.change(feedback, Status.DECLINED, by_id=None, note="不做", now=ODD)
    told = await announced(hooked)
    assert len(told) == 2
    for secret in ("按钮", "t.me", external_id, "张哥", "不做", ODD.strftime("%H:%M")):
        assert secret not in str(told)
    due = await hooked.connection.exec_driver_sql("SELECT due_at FROM deliveries")
    assert all(row[0] % (15 * 60 * 1_000_000) == 0 for row in due)


async def test_what_was_said_in_private_is_told_without_its_words(hooked: UnitOfWork) -> None:
    await say(hooked, "502", is_private=True)
    [told] = await announced(hooked)
    assert "text" not in told["feedback"]
    assert "link" not in told["feedback"]


async def test_without_subscribers_nothing_is_written(uow: UnitOfWork) -> None:
    await say(uow, "501")
    assert await announced(uow) == []


async def test_words_that_were_taken_back_are_not_told_again(hooked: UnitOfWork) -> None:
    feedback = await say(hooked, "501")
    await hooked.feedback.change(feedback, Status.WITHDRAWN, by_id=None, note="说错了", now=ODD)
    _, withdrawn = await announced(hooked)
    assert withdrawn["feedback"]["status"] == "withdrawn"
    assert "text" not in withdrawn["feedback"]
    assert "note" not in withdrawn["feedback"]
