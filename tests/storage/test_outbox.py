"""Promises: kept once, in order, with manners; the same on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.db import Database
from storage.manners import Manners
from storage.messages import Message
from storage.promises import DeliveryState, Receipt
from storage.records import Chat, ChatKind, ChatState, Member, Platform
from storage.uow import UnitOfWork
from tests.fakes import at

NOON = at("2026-10-12 04:00")  # in Shanghai
TELEGRAM = [Platform.TELEGRAM]


async def group(uow: UnitOfWork, external_id: str = "-1") -> Chat:
    """Store a served group."""
    return await uow.chats.add(
        Platform.TELEGRAM, external_id, ChatKind.GROUP, title="群", state=ChatState.SERVED, language="zh_CN",
        timezone="Asia/Shanghai",
    )  # fmt: skip


async def member(uow: UnitOfWork) -> Member:
    """Store 张哥."""
    return (await uow.members.meet(Platform.TELEGRAM, [("5", "张哥", "zhang")], NOON))["5"]


async def tell(uow: UnitOfWork, who: Member, key: str, now: datetime) -> datetime:
    """Promise a private message; return when it is due."""
    await uow.outbox.tell(
        who,
        Message(text=(key,)),
        key=key,
        now=now,
        manners=Manners(),
        timezone="Asia/Shanghai",
        language="zh_CN",
    )
    delivery = await uow.promises.find(key)
    assert delivery is not None
    return delivery.due_at


async def lease(uow: UnitOfWork, now: datetime = NOON) -> list[str]:
    """Lease what is due; return the keys."""
    leased = await uow.deliveries.lease(TELEGRAM, now, owner="me", lease_for=timedelta(minutes=1), limit=100)
    return [item.delivery.key for item in leased]


async def test_only_the_head_of_each_chat_is_leased_and_only_once(database: Database) -> None:
    async with database.begin() as uow:
        one, two = await group(uow), await group(uow, "-2")
        for key, chat in (("a1", one), ("a2", one), ("b1", two)):
            await uow.outbox.put(chat.id, Message(text=(key,)), key=key, now=NOON)
        assert await lease(uow) == ["a1", "b1"]
        assert await lease(uow) == []
        assert await lease(uow, NOON + timedelta(minutes=2)) == ["a1", "b1"]


async def test_the_next_of_a_chat_follows_when_the_head_is_settled(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        for key in ("a1", "a2"):
            await uow.outbox.put(chat.id, Message(text=(key,)), key=key, now=NOON)
        [head] = await uow.deliveries.lease(
            TELEGRAM, NOON, owner="me", lease_for=timedelta(minutes=1), limit=9
        )
        await uow.deliveries.mark_sending([head.delivery.id])
        assert await lease(uow) == []
        await uow.deliveries.mark_sent([head.delivery.id], Receipt("77"), NOON)
        assert await lease(uow) == ["a2"]
        found = await uow.promises.find_by_receipt(chat.id, "77")
        assert found is not None
        assert (found.key, found.state) == ("a1", DeliveryState.SENT)


async def test_two_relays_at_once_never_lease_the_same_delivery(database: Database) -> None:
    async with database.begin() as uow:
        for n in range(20):
            chat = await group(uow, f"-{n}")
            await uow.outbox.put(chat.id, Message(text=(str(n),)), key=str(n), now=NOON)
    async with database.begin() as first:
        one = await lease(first)
    async with database.begin() as second:
        two = await lease(second)
    assert len(one) == 20
    assert two == []


@pytest.mark.parametrize(
    ("local", "due"),
    [("2026-10-12 12:00", "2026-10-12 12:00"), ("2026-10-12 22:00", "2026-10-13 08:00"),
     ("2026-10-13 03:00", "2026-10-13 08:00"), ("2026-10-13 08:00", "2026-10-13 08:00")],
)  # fmt: skip
async def test_a_private_message_waits_for_the_end_of_quiet_hours(
    database: Database, local: str, due: str
) -> None:
    shanghai = timedelta(hours=8)
    async with database.begin() as uow:
        assert await tell(uow, await member(uow), "k", at(local) - shanghai) == at(due) - shanghai


async def test_a_third_private_message_of_a_day_moves_to_the_next_morning(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        dues = [await tell(uow, zhang, f"k{n}", NOON + timedelta(minutes=n)) for n in range(5)]
    morning = at("2026-10-13 00:00")
    assert dues == [NOON, NOON + timedelta(minutes=1), morning, morning, morning]


async def test_snoozing_delays_and_does_not_drop(database: Database) -> None:
    until = NOON + timedelta(days=3)
    async with database.begin() as uow:
        zhang = replace(await member(uow), snoozed_until=until)
        assert await tell(uow, zhang, "k", NOON) == until


async def test_the_same_promise_put_twice_is_kept_once(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        assert await uow.outbox.put(chat.id, Message(text=("一",)), key="k", now=NOON) is True
        assert await uow.outbox.put(chat.id, Message(text=("二",)), key="k", now=NOON) is False


async def test_a_pending_edit_takes_the_last_state_and_waits_ten_seconds_after_the_former(
    database: Database,
) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        await uow.outbox.put(chat.id, Message(text=("0",)), key="post", now=NOON)
        [post] = await uow.deliveries.lease(
            TELEGRAM, NOON, owner="me", lease_for=timedelta(minutes=1), limit=9
        )
        await uow.deliveries.mark_sent([post.delivery.id], Receipt("77"), NOON)
        await uow.outbox.edit("post", Message(text=("1",)), now=NOON)
        [edit] = await uow.deliveries.lease(
            TELEGRAM, NOON, owner="me", lease_for=timedelta(minutes=1), limit=9
        )
        assert edit.target == "77"
        await uow.deliveries.mark_sent([edit.delivery.id], Receipt("77"), NOON)
        for text in ("2", "3"):
            await uow.outbox.edit("post", Message(text=(text,)), now=NOON + timedelta(seconds=2))
        assert await lease(uow, NOON + timedelta(seconds=9)) == []
        [later] = await uow.deliveries.lease(
            TELEGRAM, NOON + timedelta(seconds=10), owner="me", lease_for=timedelta(minutes=1), limit=9
        )
    assert '"3"' in later.delivery.content


@pytest.mark.parametrize("is_doubtful", [False, True])
async def test_an_edit_that_failed_gives_way_to_a_newer_one(database: Database, *, is_doubtful: bool) -> None:
    minute = timedelta(minutes=1)
    async with database.begin() as uow:
        chat = await group(uow)
        await uow.outbox.put(chat.id, Message(text=("0",)), key="post", now=NOON)
        [post] = await uow.deliveries.lease(TELEGRAM, NOON, owner="me", lease_for=minute, limit=9)
        await uow.deliveries.mark_sent([post.delivery.id], Receipt("77"), NOON)
        await uow.outbox.edit("post", Message(text=("1",)), now=NOON)
        [edit] = await uow.deliveries.lease(TELEGRAM, NOON, owner="me", lease_for=minute, limit=9)
        await uow.deliveries.mark_sending([edit.delivery.id])
        await uow.outbox.edit("post", Message(text=("2",)), now=NOON)  # said while the first is under way
        if is_doubtful:
            await uow.deliveries.reclaim("me", under_way=[])
        else:
            await uow.deliveries.retry([edit.delivery.id], NOON, "busy")
        left = await uow.deliveries.lease(TELEGRAM, NOON + minute, owner="me", lease_for=minute, limit=9)
    assert ['"2"' in each.delivery.content for each in left] == [True]


async def test_the_fatigue_budget_counts_only_unprompted_posts(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        await uow.outbox.put(chat.id, Message(), key="ritual", now=NOON, is_unprompted=True)
        await uow.outbox.put(chat.id, Message(), key="reply", now=NOON)
        assert await uow.promises.count_unprompted(chat.id, NOON - timedelta(hours=1)) == 1
        assert await uow.promises.count_unprompted(chat.id, NOON + timedelta(hours=1)) == 0


async def test_what_waits_is_released_once(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        await tell(uow, zhang, "k", NOON)
        [leased] = await uow.deliveries.lease(
            TELEGRAM, NOON, owner="me", lease_for=timedelta(minutes=1), limit=9
        )
        await uow.deliveries.settle([leased.delivery.id], DeliveryState.WAITING, "never started")
        [waiting] = await uow.promises.list_waiting(zhang.id)
        assert await uow.outbox.release(waiting.id, NOON) is True
        assert await uow.outbox.release(waiting.id, NOON) is False
        assert await lease(uow) == ["k"]


async def test_the_next_due_moment_counts_retries(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        await uow.outbox.put(chat.id, Message(), key="k", now=NOON)
        [leased] = await uow.deliveries.lease(
            TELEGRAM, NOON, owner="me", lease_for=timedelta(minutes=1), limit=9
        )
        later = NOON + timedelta(seconds=30)
        await uow.deliveries.retry([leased.delivery.id], later, "502")
        assert await uow.deliveries.next_due(TELEGRAM, NOON) == later
        assert await lease(uow, NOON + timedelta(seconds=29)) == []
        assert await lease(uow, later) == ["k"]
