"""Forgetting on a platform of our own, in the middle of sending, and twice at once; the same on both databases."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.messages import Mention, Message, decode
from storage.promises import DeliveryState, Receipt
from storage.records import ChatKind, ChatState, Member, Platform
from storage.rewording import Needles
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, TELEGRAM, group, member, tell


async def forgotten(uow: UnitOfWork, who: Member) -> Needles:
    """Forget somebody, and go over what others were told."""
    needles = await uow.forgetting.forget(who, name="former member", deletes=False, now=NOON)
    for table, last in (await uow.rewording.last_rows()).items():
        after: int | None = 0
        while after is not None:
            after = await uow.rewording.reword(table, after, last, needles)
    return needles


async def test_the_web_chat_forgets_names_votes_reactions_and_private_messages(database: Database) -> None:
    async with database.begin() as uow:
        met = await uow.members.meet(Platform.WEBCHAT, [("zhang", "张哥", "zhang")], NOON)
        body = {"text": "谢谢张哥", "reactions": {"👍": ["zhang", "yu"]}, "poll": {"votes": {"zhang": [1]}}}
        await uow.webchat.add("group", "zhang", "张哥", {"text": "大家好"}, key="zhang:1", now=NOON)
        await uow.webchat.add("group", "", "回响", body, key="bot:1", now=NOON)
        await uow.webchat.add("zhang", "", "回响", {"text": "私下的话"}, key="bot:2", now=NOON)
        await uow.webchat.add("group", "yu", "小雨", {"text": "今天"}, key="yu:1", now=NOON)
        update = await uow.webchat.add_update(
            {"from": {"id": "zhang", "name": "张哥"}}, key="zhang:1", now=NOON
        )
        await uow.webchat.confirm(update.id)
        await forgotten(uow, met["zhang"])
        shown = await uow.webchat.list_recent("group", 10)
        assert [message.author_name for message in shown] == ["former member", "回响", "小雨"]
        assert await uow.webchat.list_recent("zhang", 10) == []
        for table in (tables.webchat_messages, tables.webchat_updates):
            rows = (await uow.connection.execute(sa.select(table))).all()
            assert not any(word in repr(rows) for word in ("张哥", "zhang"))
        votes = next(message.body for message in shown if not message.author)["poll"]["votes"]
        assert list(votes.values()) == [[1]]


async def test_what_is_just_leaving_is_emptied_and_nobody_misses_it(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        await tell(uow, zhang, "echo", NOON)
        await tell(uow, zhang, "lost", NOON)
        echo, lost = await uow.promises.find("echo"), await uow.promises.find("lost")
        assert echo is not None
        assert lost is not None
        await uow.deliveries.mark_sending([echo.id])
        await uow.deliveries.settle([lost.id], DeliveryState.DEAD, "gone")
        await forgotten(uow, zhang)
        await uow.deliveries.mark_sent([echo.id], Receipt("4711"), NOON)
        await uow.forgetting.tidy(zhang.id)
        echo = await uow.promises.find("echo")
        assert echo is not None
        assert (echo.receipt, decode(echo.content)) == ("", Message())
        assert await uow.promises.list_stuck() == []
        assert await uow.deliveries.lease(TELEGRAM, NOON, owner="me", lease_for=NOON - NOON, limit=9) == []


async def test_others_pending_messages_arrive_without_the_mention(database: Database) -> None:
    async with database.begin() as uow:
        zhang, chat = await member(uow), await group(uow)
        words = Message(text=("谢谢 ", Mention("5", "张哥"), "，还有小雨"))
        await uow.outbox.put(chat.id, words, key="thanks", now=NOON)
        await forgotten(uow, zhang)
        thanks = await uow.promises.find("thanks")
        assert thanks is not None
        assert thanks.state is DeliveryState.PENDING
        assert decode(thanks.content).text == ("谢谢 ", "former member", "，还有小雨")


@pytest.mark.parametrize(("name", "kept"), [("li", "I like it"), ("小雨", "今天")])
def test_a_latin_name_is_found_only_where_it_stands_alone(name: str, kept: str) -> None:
    needles = Needles("telegram", "5", (name,), "former member", "former:1")
    assert needles.replaced(f"{name} {kept} @{name}") == f"former member {kept} " + (
        "former member" if name.isascii() else "@former member"
    )


async def test_two_at_once_make_one_former_member(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        await uow.chats.add(
            Platform.TELEGRAM, "5", ChatKind.PRIVATE, title="张哥", state=ChatState.SERVED, language="zh_CN",
            timezone="UTC",
        )  # fmt: skip

    async def leave() -> None:
        async with database.begin() as uow:
            await uow.forgetting.forget(zhang, name="former member", deletes=False, now=NOON)

    await asyncio.gather(leave(), leave())
    async with database.read() as uow:
        former = await uow.members.get(zhang.id)
        names = (await uow.connection.execute(sa.select(tables.members.c.name))).scalars().all()
    assert former.is_former
    assert names == ["former member"]
