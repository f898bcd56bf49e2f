"""What every adapter keeps, whatever its platform."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from bot.adapters.base import Parcel, PermanentError
from bot.limits import Lane
from storage.messages import Ballot, Button, Link, Mention, Message, Picture, Quote, Strong
from storage.promises import DeliveryKind
from storage.records import ChatKind
from tests.bot.adapters.conftest import Place, now

STOPPED_WITHIN_SECONDS = 5
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf000000020001e221bc330000000049454e44ae426082"
)
_keys = itertools.count()


def parcel(chat: str, message: Message, chat_kind: ChatKind = ChatKind.GROUP, **more: Any) -> Parcel:
    more.setdefault("kind", DeliveryKind.POST)
    return Parcel(key=f"k{next(_keys)}", chat=chat, chat_kind=chat_kind, message=message, **more)


MESSAGES = {
    "words": Message(text=("早安，", Strong("大家"), "好 <b>&amp; *_`[")),
    "a quote of markup": Message(text=("您说：", Quote('<script>alert("1")</script> @所有人'))),
    "a link": Message(text=(Link("看这里", "https://example.org/?a=1&b=2"),)),
    "a long text": Message(text=("长" * 3_000,)),
    "line breaks": Message(text=("一\n\n二\n三",)),
    "a button": Message(text=("好些了吗？",), buttons=((Button("好了", action="verify:1:2:better"),),)),
    "a link button": Message(text=("看",), buttons=((Button("打开", url="https://example.org/"),),)),
}


@pytest.mark.parametrize("what", MESSAGES)
@pytest.mark.parametrize("kind", list(ChatKind))
async def test_whatever_is_sent_arrives_and_has_a_number(place: Place, what: str, kind: ChatKind) -> None:
    chat = place.group if kind is ChatKind.GROUP else place.person

    receipt = await place.adapter.send(parcel(chat, MESSAGES[what], kind))

    assert receipt.message_id


async def test_two_messages_have_two_numbers(place: Place) -> None:
    first = await place.adapter.send(parcel(place.group, Message(text=("一",))))
    second = await place.adapter.send(parcel(place.group, Message(text=("二",))))

    assert first.message_id != second.message_id


async def test_a_mention_of_a_member_is_sent(place: Place) -> None:
    message = Message(text=("谢谢 ", Mention(place.person, "张哥")))

    assert (await place.adapter.send(parcel(place.group, message))).message_id


async def test_a_picture_is_sent_drawn_or_in_words(place: Place) -> None:
    message = Message(picture=Picture("poll", "去哪儿？", (("山", 3), ("海", 5)), caption="海边赢了"))

    drawn = await place.adapter.send(parcel(place.group, message, png=PNG))
    in_words = await place.adapter.send(parcel(place.group, message))

    assert drawn.message_id
    assert in_words.message_id


async def test_a_poll_can_be_found_again_by_its_id_and_closed_where_polls_are_native(place: Place) -> None:
    ballot = Message(ballot=Ballot("去哪儿？", ("山里", "海边")))

    receipt = await place.adapter.send(parcel(place.group, ballot))

    can = place.adapter.capabilities[ChatKind.GROUP]
    assert bool(receipt.poll_id) == can.native_polls
    if can.native_polls:
        close = parcel(place.group, Message(), kind=DeliveryKind.CLOSE_POLL, target=receipt.message_id)
        await place.adapter.send(close)


async def test_a_sent_message_can_be_edited_where_edits_exist(place: Place) -> None:
    sent = await place.adapter.send(parcel(place.group, Message(text=("0 人",))))
    edit = parcel(place.group, Message(text=("1 人",)), kind=DeliveryKind.EDIT, target=sent.message_id)

    if place.adapter.capabilities[ChatKind.GROUP].edits:
        assert (await place.adapter.send(edit)).message_id == sent.message_id
    else:
        with pytest.raises(PermanentError):
            await place.adapter.send(edit)


async def test_a_chat_that_does_not_exist_is_refused_for_good(place: Place) -> None:
    nobody = "-100999" if place.group.startswith("-") else "nobody-here"

    with pytest.raises(PermanentError):
        await place.adapter.send(parcel(nobody, Message(text=("有人吗",))))


async def test_lanes_of_one_chat_are_the_same_each_time(place: Place) -> None:
    one = place.adapter.lanes(parcel(place.group, Message(text=("一",))))
    two = place.adapter.lanes(parcel(place.group, Message(text=("二",))))

    assert all(isinstance(lane, Lane) for lane in one)
    assert [id(lane) for lane in one] == [id(lane) for lane in two]


async def test_every_finding_that_is_not_well_says_what_to_do(place: Place) -> None:
    findings = await place.adapter.examine([place.group], now())

    assert [finding.check for finding in findings if finding.ok is False and not finding.advice] == []


async def test_stopping_ends_soon_and_does_no_harm_twice(place: Place) -> None:
    async with asyncio.timeout(STOPPED_WITHIN_SECONDS):
        await place.adapter.stop()
        await place.adapter.stop()


def test_capabilities_are_declared_for_both_kinds_of_chat(place: Place) -> None:
    assert set(place.adapter.capabilities) == set(ChatKind)
    assert all(can.text_limit > 0 for can in place.adapter.capabilities.values())
