"""A message of several pieces, and a process that is gone between two of them: the next one says the rest, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.base import Parcel
from bot.adapters.wecom.settings import LaneSettings
from storage.half_sent import HalfSent
from storage.messages import Button, Message
from storage.promises import DeliveryKind, DeliveryState
from storage.records import ChatKind, Platform
from tests.bot.adapters.wecom.conftest import GROUP, Begin, Community
from tests.wecom import LateAck, NoAck, refusals

SEND, ANSWER = "aibot_send_msg", "aibot_respond_msg"
BUTTONS = ((Button("好", action="verify:1:2:better"),),)
LONG = "\n\n".join(f"第 {number} 段：" + "字" * 3000 for number in (1, 2, 3))  # two pieces of a push


def echo(**more: object) -> Parcel:
    message = Message(text=("字" * 200,), buttons=BUTTONS, **more)  # type: ignore[arg-type]
    return Parcel("echo", DeliveryKind.POST, "zhangsan", ChatKind.PRIVATE, message)


def post(text: str = LONG) -> Parcel:
    return Parcel("post", DeliveryKind.POST, GROUP, ChatKind.GROUP, Message(text=(text,)))


async def killed(c: Community, parcel: Parcel, shown: int) -> None:
    """Begin to send and be gone once so much of it is shown, or the piece after it has left."""
    seen, frames = len(c.wecom.stage.shown), len(c.wecom.socket.frames)
    task = asyncio.create_task(c.adapter.send(parcel))

    def is_there() -> bool:
        left = [f for f in c.wecom.socket.frames[frames:] if f.cmd in (SEND, ANSWER)]
        return len(c.wecom.stage.shown) - seen >= shown and len(left) >= shown

    await c.wecom.stage.until(is_there, "never shown")
    await c.wecom.stage.until(lambda: c.wecom.socket.frames[-1].cmd == "ping", "no ping")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await c.adapter.stop()


async def written(c: Community) -> Community:
    """Let 张哥 write to the bot, so that it may push."""
    await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    return c


@pytest.mark.parametrize("trouble", [LateAck(30), NoAck(accepted=False)])
async def test_the_card_after_the_words_comes_once_whether_it_had_arrived_or_not(
    begin: Begin, trouble: LateAck | NoAck
) -> None:
    c = await written(await begin(ack_seconds=20.0))
    seen = len(c.wecom.seen(c.zhang))
    c.wecom.fails(SEND, trouble, skip=1)
    await killed(c, echo(), shown=2 if isinstance(trouble, LateAck) else 1)
    again = await begin()
    receipt = await again.adapter.send(echo())
    shown = c.wecom.seen(c.zhang)[seen:]
    assert [s.kind for s in shown] == ["markdown", "template_card"]
    assert shown[1].card["task_id"] == receipt.message_id


async def test_an_answer_that_nobody_can_give_any_more_goes_on_as_a_push(begin: Begin) -> None:
    c = await begin(ack_seconds=20.0)
    told = await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    assert told is not None
    parcel = echo(reply_to=told.body["msgid"])
    seen = len(c.wecom.seen(c.zhang))
    c.wecom.fails(ANSWER, NoAck(accepted=False), skip=1)
    await killed(c, parcel, shown=1)
    again = await begin()
    await again.adapter.send(parcel)
    assert [(s.route, s.kind) for s in c.wecom.seen(c.zhang)[seen:]] == [
        ("reply", "markdown"), ("push", "template_card"),
    ]  # fmt: skip


async def test_a_post_that_waited_for_room_between_two_pieces_goes_on(begin: Begin) -> None:
    c = await begin(limits=LaneSettings(chat_per_minute=1))
    await killed_in_the_lane(c)
    async with c.database.read() as uow:
        half = await uow.half_sent.find("post")
    assert half is not None
    assert (half.road, half.sent, half.is_next_gone) == ("push", 1, False)
    again = await begin()
    await again.adapter.send(post())
    whole = "".join(shown.text for shown in c.wecom.seen(c.group))
    assert [whole.count(f"第 {number} 段") for number in (1, 2, 3)] == [1, 1, 1]


async def killed_in_the_lane(c: Community) -> None:
    for lane in c.adapter.lanes(post()):
        lane.take()
        lane.answered(asyncio.get_running_loop().time())
    await killed(c, post(), shown=1)


async def test_a_message_that_changed_meanwhile_is_said_whole(begin: Begin) -> None:
    c = await begin(limits=LaneSettings(chat_per_minute=1))
    await killed_in_the_lane(c)
    again = await begin()
    await again.adapter.send(post("改过了：\n\n" + LONG))
    assert len(c.wecom.seen(c.group)) == 3
    assert c.wecom.seen(c.group)[1].text.startswith("改过了")


async def test_the_rest_takes_another_road_only_if_its_own_refuses_for_certain(begin: Begin) -> None:
    c = await begin(webhook=True)
    parcel = replace(post("结果"), png=b"x" * 1000)
    c.wecom.fails(SEND, refusals.BAD_CHAT, skip=1)
    await c.adapter.send(parcel)
    assert [(s.route, s.kind) for s in c.wecom.seen(c.group)] == [("push", "markdown"), ("webhook", "image")]


async def test_nothing_is_written_down_of_what_must_stay_secret(begin: Begin) -> None:
    c = await written(await begin())
    await c.adapter.send(replace(echo(), is_secret=True))
    async with c.database.read() as uow:
        assert await uow.half_sent.find("echo") is None


@pytest.mark.parametrize(
    ("is_next_gone", "state"), [(False, DeliveryState.PENDING), (True, DeliveryState.UNKNOWN)]
)
async def test_a_post_interrupted_between_two_pieces_is_held_only_if_the_next_had_left(
    begin: Begin, is_next_gone: bool, state: DeliveryState
) -> None:
    c = await begin()
    await c.core.relay.stop()
    now = datetime.now(UTC)
    async with c.database.begin() as uow:
        chat = await uow.chats.find(Platform.WECOM, GROUP)
        assert chat is not None
        await uow.outbox.put(chat.id, post().message, key="post", now=now)
        leased = await uow.deliveries.lease(
            [Platform.WECOM], now, owner="gone", lease_for=timedelta(minutes=1), limit=9
        )
        await uow.deliveries.mark_sending([item.delivery.id for item in leased])
        await uow.half_sent.keep(HalfSent("post", "push", 1, "x", is_next_gone=is_next_gone), now)
    await c.core.relay.recover()
    async with c.database.read() as uow:
        delivery = await uow.promises.find("post")
    assert delivery is not None
    assert delivery.state is state
