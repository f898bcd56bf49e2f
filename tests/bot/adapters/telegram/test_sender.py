"""Parcels reach Telegram over real HTTP, and each way of failing means what it should."""

import logging
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.base import (
    PermanentError,
    TemporaryError,
)
from bot.adapters.telegram.client import Client
from bot.adapters.telegram.lanes import TelegramLanes
from bot.adapters.telegram.sender import Sender
from bot.adapters.telegram.settings import LaneSettings, TelegramSettings
from bot.seal import unseal
from storage.messages import Ballot, Button, Document, Mention, Message, Picture, Quote
from storage.promises import DeliveryKind, Receipt
from tests.bot.adapters.telegram.parcels import edit, failing, parcel, png
from tests.bot.adapters.telegram.updates import KEY
from tests.botapi import BotApi, Drop, Garbage, Limits, refusals
from tests.botapi.cast import Cast


async def test_a_message_arrives_with_its_buttons_and_is_known_by_its_receipt(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    said = api.says(cast.zhang, "#反馈 按钮太小了", cast.group)
    message = Message(
        text=(Mention(str(cast.zhang.id), "张哥"), "：", Quote("<按钮>太小")),
        buttons=((Button("我也遇到", action="me:128"), Button("私聊", start="d7")),),
        reply_to=str(said["message_id"]),
    )
    receipt = await sender.send(parcel(cast.group, message=message))
    shown = api.heard(cast.group)[-1]
    assert receipt == Receipt(str(shown.message_id))
    assert (shown.text, shown.reply_to) == ("张哥：「<按钮>太小」", said["message_id"])
    assert shown.buttons == (("我也遇到", "私聊"),)
    data = shown.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert unseal(KEY, f"chat:{cast.group.id}", data) == "me:128"
    assert shown.raw["entities"][0]["type"] == "text_mention"
    assert next(iter(api.log.of("sendMessage"))).params["link_preview_options"] == {"is_disabled": True}
    api.assert_clean()


async def test_a_long_text_arrives_in_parts_with_the_buttons_under_the_last(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    text = "\n\n".join(["一" * 3000, "二" * 3000, "三" * 3000])
    message = Message(text=(text,), buttons=((Button("好", action="ok"),),))
    receipt = await sender.send(parcel(cast.zhang, message=message))
    shown = api.heard(cast.zhang)
    assert [each.text[0] for each in shown] == ["一", "二", "三"]
    assert [each.buttons for each in shown] == [(), (), (("好",),)]
    assert receipt.message_id == str(shown[-1].message_id)
    api.assert_clean()


async def test_a_part_that_was_said_is_not_said_again(api: BotApi, cast: Cast, sender: Sender) -> None:
    api.fails("sendMessage", refusals.BAD_GATEWAY, skip=1)
    long = parcel(cast.zhang, "一" * 4000 + "\n\n" + "二" * 4000)
    with pytest.raises(TemporaryError):
        await sender.send(long)
    await sender.send(long)
    assert [each.text[0] for each in api.heard(cast.zhang)] == ["一", "二"]


async def test_parts_and_remedies_keep_to_the_limits(cast: Cast, settings: TelegramSettings) -> None:
    async with BotApi(limits=Limits()) as strict:
        zhang = strict.person("张哥", started=True)
        there = replace(settings, api_base_url=strict.url, token=strict.token, limits=LaneSettings())
        lanes = TelegramLanes(there.limits, time.monotonic)
        sender = Sender(Client(there), lanes, username="huixiang_bot", seal_key=KEY)
        strict.fails("sendMessage", refusals.CANT_PARSE)
        sent = parcel(zhang, "一" * 4000 + "\n\n" + "二" * 1000)
        taken = lanes.of(sent)
        for lane in taken:
            lane.take()
        await sender.send(sent)
        for lane in taken:
            lane.answered(0.0)
        await sender.close()
        assert len(strict.heard(zhang)) == 2
        assert all(lane.under_way == 0 for lane in taken)
        strict.assert_clean()


async def test_a_picture_is_sent_and_its_caption_edited(api: BotApi, cast: Cast, sender: Sender) -> None:
    picture = Picture("poll", "周末话题", (("露营", 3),))
    receipt = await sender.send(
        replace(
            parcel(cast.group, message=Message(text=("三个人想去露营",), picture=picture)),
            png=png(),
        )
    )
    shown = api.heard(cast.group)[-1]
    assert shown.photo is not None
    assert shown.text == "三个人想去露营"
    await sender.send(edit(receipt, cast.group, "四个人想去露营", picture=picture))
    await sender.send(edit(receipt, cast.group, "五个人想去露营"))
    assert api.heard(cast.group)[-1].text == "五个人想去露营"
    api.assert_clean()


async def test_a_text_is_edited_and_the_same_text_again_is_fine(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    receipt = await sender.send(parcel(cast.group, "早安"))
    assert await sender.send(edit(receipt, cast.group, "早安，3 人打卡")) == receipt
    assert await sender.send(edit(receipt, cast.group, "早安，3 人打卡")) == receipt
    assert api.heard(cast.group)[-1].text == "早安，3 人打卡"
    api.assert_clean()


async def test_a_poll_is_open_to_names_and_closing_it_twice_is_fine(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    ballot = Ballot("周末去哪？", ("露营", "在家"), multiple=True)
    receipt = await sender.send(parcel(cast.group, message=Message(ballot=ballot)))
    poll = api.heard(cast.group)[-1].poll
    assert poll is not None
    assert receipt.poll_id == poll["id"]
    assert (poll["is_anonymous"], poll["allows_multiple_answers"]) == (False, True)
    close = replace(
        parcel(cast.group, message=Message(), key="c"),
        kind=DeliveryKind.CLOSE_POLL,
        target=receipt.message_id,
    )
    assert await sender.send(close) == Receipt(receipt.message_id)
    assert await sender.send(close) == Receipt(receipt.message_id)
    api.assert_clean()


async def test_a_reaction_is_set_and_one_that_telegram_lacks_is_refused(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    said = api.says(cast.zhang, "早上好", cast.group)
    react = replace(
        parcel(cast.group, message=Message()),
        kind=DeliveryKind.REACTION,
        target=str(said["message_id"]),
        emoji="❤️",
    )
    await sender.send(react)
    assert api.sees(cast.group)[-1].reactions == (("回响", "❤"),)
    with pytest.raises(PermanentError):
        await sender.send(replace(react, emoji="🥟"))
    with pytest.raises(PermanentError):
        await sender.send(replace(react, target="999"))
    api.assert_clean()


async def test_a_member_gets_a_tag_cut_to_what_telegram_allows_and_loses_it_again(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    tag = replace(
        parcel(cast.group, message=Message()), kind=DeliveryKind.TAG, target=str(cast.zhang.id),
        tag="品牌荣誉产品顾问，而且还是一个特别长的",
    )  # fmt: skip
    await sender.send(tag)
    assert cast.group.tags == {cast.zhang.id: "品牌荣誉产品顾问，而且还是一个特"}
    await sender.send(replace(tag, tag=""))
    assert cast.group.tags == {cast.zhang.id: ""}
    api.assert_clean()


async def test_a_tag_that_may_not_be_set_is_given_up_at_once(api: BotApi, cast: Cast, sender: Sender) -> None:
    tag = replace(parcel(cast.group, message=Message()), kind=DeliveryKind.TAG, tag="热心用户")
    with pytest.raises(PermanentError):
        await sender.send(replace(tag, target=str(cast.li.id)))  # an admin has a title of their own
    cast.group.may_tag = False
    with pytest.raises(PermanentError):
        await sender.send(replace(tag, target=str(cast.zhang.id)))
    assert len(list(api.log.of("setChatMemberTag"))) == 2


async def test_what_we_answer_may_be_gone(api: BotApi, cast: Cast, sender: Sender) -> None:
    api.fails("sendMessage", refusals.REPLY_NOT_FOUND)
    await sender.send(parcel(cast.group, message=Message(text=("收到",), reply_to="999")))
    api.fails("sendMessage", refusals.THREAD_NOT_FOUND)
    await sender.send(parcel(cast.group, message=Message(text=("收到",), reply_to="999")))
    first, second, *_ = api.log.of("sendMessage")
    assert first.params["reply_parameters"]["allow_sending_without_reply"] is True
    assert "reply_parameters" not in second.params
    assert len(api.heard(cast.group)) == 2


async def test_markup_that_telegram_cannot_parse_is_sent_as_plain_words_once(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    api.fails("sendMessage", refusals.CANT_PARSE)
    await sender.send(parcel(cast.group, message=Message(text=("a < b", Quote("c")))))
    assert api.heard(cast.group)[-1].text == "a < b「c」"
    api.fails("sendMessage", refusals.CANT_PARSE, times=None)
    with pytest.raises(TemporaryError):
        await sender.send(parcel(cast.group, "x"))
    assert len(list(api.log.of("sendMessage"))) == 4


async def test_an_answer_newer_than_python_telegram_bot_is_a_receipt_all_the_same(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    api.fails("sendMessage", Garbage('{"ok":true,"result":{"message_id":77,"poll":{"id":"9"}}}'))
    assert await sender.send(parcel(cast.group, "早")) == Receipt("77", "9")
    api.fails("sendMessage", Garbage('{"ok":true,"result":[]}'))
    assert await sender.send(parcel(cast.group, "早")) == Receipt("0")


async def test_a_further_part_waits_no_longer_than_a_lease_should_be_held(cast: Cast) -> None:
    lanes = TelegramLanes(LaneSettings(group_per_minute=1), time.monotonic)
    sent = parcel(cast.group, "早")
    for lane in lanes.of(sent):
        lane.take()
    with pytest.raises(TemporaryError) as caught:
        await lanes.turn(sent)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > timedelta(seconds=50)
    assert [lane.under_way for lane in lanes.of(sent)] == [1, 1]


async def test_a_message_that_says_nothing_or_cannot_be_sealed_is_given_up(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    assert isinstance(await failing(sender, parcel(cast.group, " \n")), PermanentError)
    message = Message(text=("看",), buttons=((Button("x", action="a" * 60),),))
    assert isinstance(await failing(sender, parcel(cast.group, message=message)), PermanentError)
    assert not api.calls


async def test_a_press_is_answered_and_one_too_old_is_nobodys_trouble(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    await sender.send(
        parcel(cast.group, message=Message(text=("早",), buttons=((Button("打卡", action="c"),),)))
    )
    query = api.presses(cast.zhang, api.heard(cast.group)[-1], "打卡")
    await sender.toast(query, "打卡成功")
    assert api.toasts(cast.zhang) == ["打卡成功"]
    api.fails("answerCallbackQuery", refusals.QUERY_TOO_OLD)
    await sender.toast("1", "")
    api.fails("answerCallbackQuery", Drop())
    await sender.toast("2", "好")


async def test_neither_token_nor_words_reach_a_log(
    api: BotApi, cast: Cast, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    errors = []
    for trouble in (Garbage("{悄悄话"), Drop(), refusals.SERVER_ERROR, refusals.CANT_PARSE):
        api.fails("sendMessage", trouble)
        if trouble is not refusals.CANT_PARSE:
            errors.append(repr(await failing(sender, parcel(cast.group, "悄悄话"))))
        else:
            await sender.send(parcel(cast.group, "悄悄话"))
    assert "悄悄话" not in "".join(errors)
    assert api.token.partition(":")[2] not in "".join(errors)
    assert "悄悄话" not in caplog.text
    assert api.token.partition(":")[2] not in caplog.text


@pytest.mark.parametrize(
    ("document", "made", "content"),
    [
        (Document("mydata.json", "{}"), None, b"{}"),
        (Document("feedback.csv", export="feedback"), b"a,b", b"a,b"),
    ],
)
async def test_a_file_is_sent_under_its_name_with_its_words(
    api: BotApi, cast: Cast, sender: Sender, document: Document, made: bytes | None, content: bytes
) -> None:
    message = Message(text=("这是您要的",), document=document)
    receipt = await sender.send(replace(parcel(cast.zhang, message=message), file=made))
    [call] = api.log.of("sendDocument", cast.zhang.id, ok=True)
    assert receipt.message_id
    assert call.params["caption"] == "这是您要的"
    assert (call.params["document"].filename, call.params["document"].data) == (document.name, content)


async def test_a_file_too_large_to_be_sent_leaves_its_words(api: BotApi, cast: Cast, sender: Sender) -> None:
    message = Message(text=("在数据目录里",), document=Document("all.csv", export="feedback"))
    await sender.send(parcel(cast.zhang, message=message))
    assert list(api.log.of("sendDocument")) == []
    [call] = api.log.of("sendMessage", cast.zhang.id, ok=True)
    assert call.params["text"] == "在数据目录里"
