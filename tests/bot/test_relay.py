"""The relay: order, retries, the unknown, and what cannot be reached."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.adapters.base import (
    ChatMovedError,
    TemporaryError,
)
from bot.limits import Lane
from storage import tables
from storage.manners import Manners
from storage.messages import Button, Message
from storage.promises import DeliveryState
from storage.records import Member
from tests.talk import GROUP, PLATFORM, ZHANG, Talk


async def put(talk: Talk, *texts: str) -> None:
    """Promise posts in the group."""
    chat = await talk.group()
    async with talk.database.begin() as uow:
        for text in texts:
            await uow.outbox.put(chat.id, Message(text=(text,)), key=text, now=talk.now)


async def tell(talk: Talk, text: str, about: str = "") -> Member:
    """Promise a private message to 张哥."""
    async with talk.database.begin() as uow:
        member = (await uow.members.meet(PLATFORM, [(ZHANG.external_id, ZHANG.name, "")], talk.now))[
            ZHANG.external_id
        ]
        message = Message(text=(text,), buttons=((Button("好", action="x"),),), about=about)
        await uow.outbox.tell(
            member,
            message,
            key=text,
            now=talk.now,
            manners=Manners(),
            timezone="Asia/Shanghai",
            language="zh_CN",
        )
    return member


async def state(talk: Talk, key: str) -> DeliveryState:
    """Return where a Delivery stands."""
    async with talk.database.read() as uow:
        delivery = await uow.promises.find(key)
    assert delivery is not None
    return delivery.state


async def test_a_chat_keeps_its_order_even_when_its_head_fails_for_a_while(talk: Talk) -> None:
    talk.adapter.failures[GROUP] = [TemporaryError("502"), TemporaryError("502")]
    await put(talk, "一", "二", "三")
    await talk.settle()
    assert talk.heard() == []
    await talk.advance(minutes=1)
    assert talk.heard() == ["一", "二", "三"]


async def test_a_failing_chat_delays_nobody_else(talk: Talk) -> None:
    talk.adapter.failures[GROUP] = [TemporaryError("429", timedelta(seconds=60))]
    await put(talk, "群里的")
    await tell(talk, "私下的")
    await talk.settle()
    assert talk.heard(ZHANG) == ["私下的"]
    assert talk.heard() == []
    await talk.advance(seconds=61)
    assert talk.heard() == ["群里的"]


async def test_a_promise_put_twice_is_kept_once(talk: Talk) -> None:
    await put(talk, "一")
    await put(talk, "一")
    await talk.settle()
    assert talk.heard() == ["一"]


async def test_edits_of_one_message_are_folded_and_the_last_state_wins(talk: Talk) -> None:
    await put(talk, "一")
    await talk.settle()
    for text in ("甲", "乙", "丙", "丁"):
        async with talk.database.begin() as uow:
            await uow.outbox.edit("一", Message(text=(text,)), now=talk.now)
        if text == "甲":
            await talk.settle()
    await talk.settle()
    assert (talk.last().text, talk.last().edits) == ("甲", 1)
    await talk.advance(seconds=10)
    assert (talk.last().text, talk.last().edits) == ("丁", 2)


async def leased(talk: Talk, key: str) -> None:
    """Wait until a Delivery is leased."""
    async with asyncio.timeout(5):
        while True:
            async with talk.database.read() as uow:
                found = await uow.connection.execute(
                    sa.select(tables.deliveries.c.lease_until).where(tables.deliveries.c.key == key)
                )
            if found.scalar() is not None:
                return
            await asyncio.sleep(0.01)


@pytest.fixture
async def shut(talk: Talk) -> AsyncIterator[Lane]:
    """Run the relay over one lane that is shut."""
    lane = Lane(1, 0.0, shut_until=math.inf)
    talk.adapter.lane = lane
    await talk.relay.start()
    yield lane
    await talk.relay.stop()


async def test_a_promise_taken_back_while_it_waits_for_its_lane_is_never_sent(talk: Talk, shut: Lane) -> None:
    await put(talk, "一")
    await leased(talk, "一")
    await put(talk, "二")
    async with talk.database.begin() as uow:
        delivery = await uow.promises.find("一")
        assert delivery is not None
        await uow.deliveries.settle([delivery.id], DeliveryState.DEAD, "cancelled")
    shut.shut_until = 0.0
    talk.relay.wake()
    await talk.relay.settle()
    assert talk.heard() == ["二"]
    assert await state(talk, "一") is DeliveryState.DEAD


async def test_an_edit_that_waits_for_its_lane_arrives_in_its_last_state(talk: Talk, shut: Lane) -> None:
    shut.shut_until = 0.0
    await put(talk, "一")
    await talk.relay.settle()
    shut.shut_until = math.inf
    async with talk.database.begin() as uow:
        await uow.outbox.edit("一", Message(text=("早",)), now=talk.now)
        key = await uow.connection.scalar(
            sa.select(tables.deliveries.c.key).where(tables.deliveries.c.key.startswith("edit:"))
        )
    await leased(talk, str(key))
    async with talk.database.begin() as uow:
        await uow.outbox.edit("一", Message(text=("晚",)), now=talk.now)
    shut.shut_until = 0.0
    talk.relay.wake()
    await talk.relay.settle()
    assert (talk.last().text, talk.last().edits) == ("晚", 1)


async def test_a_process_that_leads_again_sends_again(talk: Talk) -> None:
    await talk.relay.start()
    await talk.relay.stop()
    await talk.relay.start()
    try:
        await put(talk, "一")
        await talk.relay.settle()
        assert talk.heard() == ["一"]
    finally:
        await talk.relay.stop()


async def test_an_outcome_that_cannot_be_written_holds_up_no_other(talk: Talk) -> None:
    talk.adapter.failures[GROUP] = [ChatMovedError("-1002\ud800")]
    await put(talk, "一")
    await tell(talk, "私下的")
    await talk.relay.start()
    try:
        await talk.relay.settle()
    finally:
        await talk.relay.stop()
    assert talk.heard(ZHANG) == ["私下的"]
    assert await state(talk, "一") is DeliveryState.UNKNOWN


async def test_what_was_marked_and_never_left_is_sent_when_the_lead_is_taken_again(talk: Talk) -> None:
    await put(talk, "一")
    async with talk.database.begin() as uow:
        [leased] = await uow.deliveries.lease(
            [PLATFORM], talk.now, owner="test", lease_for=timedelta(minutes=1), limit=9
        )
        await uow.deliveries.mark_sending([leased.delivery.id])
    await talk.relay.start()
    await talk.relay.settle()
    await talk.relay.stop()
    assert talk.heard() == ["一"]


async def test_a_stop_in_the_middle_of_a_round_is_heard_at_once(talk: Talk) -> None:
    async with asyncio.timeout(8):  # unheard, each stop would wait a second for the next look
        for number in range(10):
            await talk.relay.start()
            await put(talk, f"第 {number} 条")
            await talk.relay.settle()
            await talk.relay.stop()
    assert len(talk.heard()) == 10
