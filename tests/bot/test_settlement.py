"""What becomes of a Delivery that was tried: every outcome a platform can have."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.adapters.base import (
    ChatGoneError,
    ChatMovedError,
    OutcomeUnknownError,
    TemporaryError,
    UnreachableError,
)
from storage import tables
from storage.promises import DeliveryState
from tests.bot.test_relay import put, state, tell
from tests.talk import GROUP, PLATFORM, ZHANG, Talk


async def test_a_group_post_without_an_answer_is_held_as_unknown_and_never_doubled(talk: Talk) -> None:
    talk.adapter.failures[GROUP] = [OutcomeUnknownError("read timeout")]
    await put(talk, "一", "二")
    await talk.advance(hours=1)
    assert talk.heard() == ["二"]
    assert await state(talk, "一") is DeliveryState.UNKNOWN


async def test_a_private_echo_without_an_answer_is_sent_again_once(talk: Talk) -> None:
    talk.adapter.failures[ZHANG.external_id] = [OutcomeUnknownError("read timeout")]
    await tell(talk, "回音")
    await talk.advance(minutes=5)
    assert talk.heard(ZHANG) == ["回音"]


async def test_a_private_echo_without_an_answer_twice_is_held(talk: Talk) -> None:
    talk.adapter.failures[ZHANG.external_id] = [OutcomeUnknownError("read timeout")] * 2
    await tell(talk, "回音")
    await talk.advance(minutes=5)
    assert talk.heard(ZHANG) == []
    assert await state(talk, "回音") is DeliveryState.UNKNOWN


async def test_a_chat_that_is_gone_is_given_up_and_the_reason_kept(talk: Talk) -> None:
    talk.adapter.failures[GROUP] = [ChatGoneError("kicked")]
    await put(talk, "一")
    await talk.settle()
    assert await state(talk, "一") is DeliveryState.DEAD


async def test_a_group_that_moved_is_renamed_and_the_message_resent(talk: Talk) -> None:
    talk.adapter.failures[GROUP] = [ChatMovedError("-100777")]
    await put(talk, "一", "二")
    await talk.settle()
    assert [shown.text for shown in talk.posts(chat="-100777")] == ["一", "二"]


async def test_somebody_who_cannot_be_reached_keeps_the_message_waiting_and_a_timer_climbs(
    talk: Talk,
) -> None:
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("never started")
    member = await tell(talk, "回音")
    await talk.relay.drain()
    assert await state(talk, "回音") is DeliveryState.WAITING
    async with talk.database.read() as uow:
        [timer] = await uow.timers.list_due(talk.now)
        assert (await uow.members.get(member.id)).reachable is False
    assert timer.kind == "reach"


async def test_who_came_and_left_again_is_sought_again(talk: Talk) -> None:
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("blocked")
    await tell(talk, "一")
    await talk.settle()
    await talk.advance(hours=1)
    await talk.says(ZHANG, "/start", dm=True)
    assert await state(talk, "一") is DeliveryState.WAITING
    async with talk.database.read() as uow:
        kinds = (await uow.connection.execute(sa.select(tables.timers.c.kind))).scalars().all()
    assert kinds.count("reach") == 2


async def test_an_unknown_refusal_is_tried_a_bounded_number_of_times(talk: Talk) -> None:
    talk.adapter.failures[GROUP] = [TemporaryError("strange")] * 100
    await put(talk, "一")
    await talk.advance(days=1)
    assert await state(talk, "一") is DeliveryState.DEAD
    assert len(talk.adapter.parcels) == 12


async def test_an_outage_lasts_however_long_and_is_no_failed_try(talk: Talk) -> None:
    away = [TemporaryError("no network", timedelta(seconds=5), scope="account")] * 30
    talk.adapter.failures[GROUP] = [*away, *[TemporaryError("strange")] * 11]
    await put(talk, "一")
    await talk.advance(days=1)
    assert talk.heard() == ["一"]


async def test_a_group_post_after_an_outage_and_without_an_answer_is_still_held(talk: Talk) -> None:
    away = [TemporaryError("no network", timedelta(seconds=5), scope="account")] * 3
    talk.adapter.failures[GROUP] = [*away, OutcomeUnknownError("read timeout")]
    await put(talk, "一")
    await talk.advance(hours=1)
    assert await state(talk, "一") is DeliveryState.UNKNOWN


async def test_a_private_echo_after_an_outage_and_without_an_answer_is_still_sent_again(talk: Talk) -> None:
    away = [TemporaryError("no network", timedelta(seconds=5), scope="account")] * 3
    talk.adapter.failures[ZHANG.external_id] = [*away, OutcomeUnknownError("read timeout")]
    await tell(talk, "回音")
    await talk.advance(hours=1)
    assert talk.heard(ZHANG) == ["回音"]


async def test_held_messages_are_folded_into_one_in_the_morning(talk: Talk) -> None:
    talk.clock.at += timedelta(hours=13)  # 23:00 in Shanghai
    await tell(talk, "第一件", about="#1")
    await tell(talk, "第二件", about="#2")
    await talk.settle()
    assert talk.heard(ZHANG) == []
    await talk.advance(hours=9)
    [shown] = talk.posts(ZHANG)
    assert shown.text == "第一件\n\n第二件"
    assert shown.labels == ["#1 好", "#2 好"]
    assert await state(talk, "第二件") is DeliveryState.SENT


async def test_a_third_private_message_of_a_day_waits_for_the_next_and_is_never_dropped(talk: Talk) -> None:
    for text in ("一", "二", "三"):
        await tell(talk, text)
        await talk.advance(minutes=1)
    assert talk.heard(ZHANG) == ["一", "二"]
    await talk.advance(hours=21, minutes=58)
    assert talk.heard(ZHANG) == ["三"]


async def test_what_a_crash_left_sending_is_held_in_a_group_and_sent_again_in_private(talk: Talk) -> None:
    await put(talk, "群里的")
    await tell(talk, "私下的")
    async with talk.database.begin() as uow:
        leased = await uow.deliveries.lease(
            [PLATFORM], talk.now, owner="dead", lease_for=timedelta(seconds=60), limit=9
        )
        await uow.deliveries.mark_sending([item.delivery.id for item in leased])
    await talk.relay.recover()
    await talk.advance(minutes=1)
    assert talk.heard() == []
    assert talk.heard(ZHANG) == ["私下的"]
    assert await state(talk, "群里的") is DeliveryState.UNKNOWN


async def test_what_is_due_has_arrived_once_the_relay_is_settled(talk: Talk) -> None:
    await talk.relay.start()
    try:
        await put(talk, "一", "二", "三")
        await talk.relay.settle()
        assert talk.heard() == ["一", "二", "三"]
    finally:
        await talk.relay.stop()
