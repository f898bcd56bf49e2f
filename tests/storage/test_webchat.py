"""The web chat's store keeps what was said once, and tells what changed in order."""

from __future__ import annotations

from storage.db import Database
from storage.messages import Message
from storage.promises import Receipt
from storage.records import ChatKind, ChatState, FeedbackClass, Platform, Status, Verdict
from storage.uow import UnitOfWork
from tests.fakes import at

NOW = at("2026-10-12 02:00")


async def add(uow: UnitOfWork, key: str, chat: str = "owners") -> int:
    """Keep a message of 张哥."""
    message = await uow.webchat.add(chat, "zhang", "张哥", {"text": key}, key=f"zhang:{key}", now=NOW)
    return message.id


async def test_a_message_sent_twice_is_kept_once(database: Database) -> None:
    async with database.begin() as uow:
        first, again = await add(uow, "a"), await add(uow, "a")
    async with database.read() as uow:
        kept = await uow.webchat.list_recent("owners", 10)

    assert first == again
    assert [message.body for message in kept] == [{"text": "a"}]


async def test_every_change_is_listed_once_in_the_order_it_happened(database: Database) -> None:
    async with database.begin() as uow:
        one = await add(uow, "one")
        two = await add(uow, "two")
        seen = await uow.webchat.last_revision()
        three = await add(uow, "three")
        await uow.webchat.change(one, {"text": "edited"}, NOW)
        await uow.webchat.change(one, {"text": "edited twice"}, NOW)
    async with database.read() as uow:
        changed = await uow.webchat.list_since(seen, 10)

    assert two < three
    assert [(message.id, message.body["text"]) for message in changed] == [
        (three, "three"),
        (one, "edited twice"),
    ]


async def test_the_newest_messages_of_a_chat_are_listed_oldest_first(database: Database) -> None:
    async with database.begin() as uow:
        for number in range(5):
            await add(uow, f"{number}")
        await add(uow, "elsewhere", chat="zhang")
    async with database.read() as uow:
        recent = await uow.webchat.list_recent("owners", 3)

    assert [message.body["text"] for message in recent] == ["2", "3", "4"]


async def test_an_update_is_kept_once_and_open_until_it_is_confirmed(database: Database) -> None:
    async with database.begin() as uow:
        first = await uow.webchat.add_update({"kind": "press"}, key="zhang:x", now=NOW)
        again = await uow.webchat.add_update({"kind": "other"}, key="zhang:x", now=NOW)
        await uow.webchat.add_update({"kind": "vote"}, key="zhang:y", now=NOW)
        await uow.webchat.confirm(first.id)
        known = await uow.webchat.find_update("zhang:x")
        unconfirmed = await uow.webchat.list_unconfirmed(10)

    assert again == first
    assert known is not None
    assert known.is_confirmed
    assert [update.raw for update in unconfirmed] == [{"kind": "vote"}]


async def test_the_way_of_a_voice_is_told_step_by_step(database: Database) -> None:
    async with database.begin() as uow:
        group = await uow.chats.add(
            Platform.WEBCHAT, "owners", ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
        private = await uow.chats.add(
            Platform.WEBCHAT, "zhang", ChatKind.PRIVATE, title="张哥", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
        zhang = (await uow.members.meet(Platform.WEBCHAT, [("zhang", "张哥", "")], NOW))["zhang"]
        feedback = await uow.feedback.add(
            chat_id=group.id, contributor_id=zhang.id, captured_by_id=zhang.id, message_id="1", link="", text="太小",
            tag="反馈", feedback_class=FeedbackClass.SUGGESTION, is_guess=False, negative=False, urgent=False,
            review_due=NOW, now=NOW,
        )  # fmt: skip
        assert feedback is not None
        raised = (await uow.loops.list_newest(Platform.WEBCHAT, 5))[0]
        change = await uow.feedback.change(feedback, Status.RESOLVED, by_id=zhang.id, note="放大了", now=NOW)
        subject = f"feedback:{feedback.id}"
        key = f"{subject}:change:{change.id}:member:{zhang.id}"
        await uow.outbox.put(private.id, Message(), key=key, now=NOW, subject=subject)
        await uow.outbox.put(group.id, Message(), key="before", now=at("2026-10-11 02:00"), subject=subject)
        resolved = (await uow.loops.list_newest(Platform.WEBCHAT, 5))[0]
        leased = await uow.deliveries.lease(
            [Platform.WEBCHAT], NOW, owner="test", lease_for=at("2026-10-12 02:01") - NOW, limit=9
        )
        await uow.deliveries.mark_sent([item.delivery.id for item in leased], Receipt("9"), NOW)
        await uow.verdicts.put(change.id, feedback.id, zhang.id, Verdict.BETTER, NOW)
        verified = (await uow.loops.list_newest(Platform.WEBCHAT, 5))[0]
        await uow.outbox.put(group.id, Message(), key="thanks", now=NOW, subject=subject)
        thanks = await uow.deliveries.lease(
            [Platform.WEBCHAT], NOW, owner="test", lease_for=at("2026-10-12 02:01") - NOW, limit=9
        )
        await uow.deliveries.mark_sent([item.delivery.id for item in thanks], Receipt("10"), NOW)
        thanked = (await uow.loops.list_newest(Platform.WEBCHAT, 5))[0]
        elsewhere = await uow.loops.list_newest(Platform.TELEGRAM, 5)

    assert (raised.contributor, raised.resolved_at) == ("zhang", None)
    assert (resolved.resolved_at, resolved.echoed_at) == (NOW, None)
    assert (verified.echoed_at, verified.verified_at, verified.thanked_at) == (NOW, NOW, None)
    assert thanked.thanked_at == NOW
    assert elsewhere == []
