"""Parcels reach Telegram over real HTTP, and each way of failing means what it should."""

import logging
import struct
import time
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.base import (
    ChatGoneError,
    ChatMovedError,
    OutcomeUnknownError,
    Parcel,
    PermanentError,
    SendError,
    TemporaryError,
    UnreachableError,
)
from bot.adapters.telegram.client import Client
from bot.adapters.telegram.lanes import TelegramLanes
from bot.adapters.telegram.sender import Sender
from bot.adapters.telegram.settings import LaneSettings, TelegramSettings
from bot.seal import unseal
from storage.messages import Ballot, Button, Document, Mention, Message, Picture, Quote
from storage.promises import DeliveryKind, Receipt
from storage.records import ChatKind
from tests.bot.adapters.telegram.conftest import Cast
from tests.bot.adapters.telegram.updates import KEY
from tests.botapi import BotApi, Drop, Garbage, Hang, Limits, Person, refusals
from tests.botapi.people import Chat


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + b"\xff" * 6 + b"\0" + b"\xff" * 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def parcel(where: Chat | Person, *text: str, key: str = "k", message: Message | None = None) -> Parcel:
    kind = ChatKind.PRIVATE if isinstance(where, Person) else ChatKind.GROUP
    return Parcel(key, DeliveryKind.POST, str(where.id), kind, message or Message(text=text))


def edit(of: Receipt, where: Chat, *text: str, picture: Picture | None = None) -> Parcel:
    message = Message(text=text, picture=picture)
    return replace(
        parcel(where, message=message, key="e"), kind=DeliveryKind.EDIT, target=of.message_id, png=None
    )


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


async def failing(sender: Sender, what: Parcel) -> SendError:
    with pytest.raises(SendError) as caught:
        await sender.send(what)
    return caught.value


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (refusals.BLOCKED, UnreachableError),
        (refusals.NEVER_STARTED, UnreachableError),
        (refusals.DEACTIVATED, UnreachableError),
        (refusals.BOT_TO_BOT, UnreachableError),
        (refusals.CHAT_NOT_FOUND, UnreachableError),
    ],
)
async def test_who_cannot_be_reached_in_private_is_unreachable(
    api: BotApi, cast: Cast, sender: Sender, refusal: refusals.Refusal, kind: type[SendError]
) -> None:
    api.fails("sendMessage", refusal)
    assert type(await failing(sender, parcel(cast.zhang, "您好"))) is kind


async def test_who_never_pressed_start_is_unreachable(cast: Cast, sender: Sender) -> None:
    assert isinstance(await failing(sender, parcel(cast.yu, "您好")), UnreachableError)


@pytest.mark.parametrize(
    "refusal",
    [refusals.KICKED, refusals.KICKED_FROM_GROUP, refusals.NOT_A_MEMBER, refusals.CHAT_NOT_FOUND],
)
async def test_a_group_we_are_not_in_is_gone(
    api: BotApi, cast: Cast, sender: Sender, refusal: refusals.Refusal
) -> None:
    api.fails("sendMessage", refusal)
    assert type(await failing(sender, parcel(cast.group, "早"))) is ChatGoneError


@pytest.mark.parametrize(
    "refusal",
    [
        refusals.NO_RIGHTS,
        refusals.EDIT_NOT_FOUND,
        refusals.CANT_EDIT,
        refusals.REACT_NOT_FOUND,
        refusals.POLL_NOT_FOUND,
        refusals.NOT_A_POLL,
        refusals.INVALID_FILE,
        refusals.bad_request("message is too long"),
    ],
)
async def test_what_will_never_work_is_given_up(
    api: BotApi, cast: Cast, sender: Sender, refusal: refusals.Refusal
) -> None:
    api.fails("sendMessage", refusal)
    assert type(await failing(sender, parcel(cast.group, "早"))) is PermanentError


@pytest.mark.parametrize(
    "trouble",
    [
        refusals.SERVER_ERROR,
        refusals.BAD_GATEWAY,
        refusals.bad_request("a brand new reason"),
        Garbage(status=502),
        Garbage(status=503),
    ],
)
async def test_what_may_pass_is_tried_later(
    api: BotApi, cast: Cast, sender: Sender, trouble: refusals.Refusal | Garbage
) -> None:
    api.fails("sendMessage", trouble)
    error = await failing(sender, parcel(cast.group, "早"))
    assert isinstance(error, TemporaryError)
    assert error.scope == "chat"


@pytest.mark.parametrize(
    "trouble",
    [Drop(), Drop(accepted=True), Hang(30, accepted=True), Garbage(), Garbage("{", 200), Garbage(status=504)],
)
async def test_a_request_without_an_answer_may_have_been_carried_out(
    api: BotApi, cast: Cast, sender: Sender, trouble: Drop | Hang | Garbage
) -> None:
    api.fails("sendMessage", trouble)
    assert isinstance(await failing(sender, parcel(cast.group, "早")), OutcomeUnknownError)


async def test_where_nobody_listens_nothing_was_sent(cast: Cast, settings: TelegramSettings) -> None:
    there = replace(settings, api_base_url="http://127.0.0.1:9")
    sender = Sender(
        Client(there),
        TelegramLanes(there.limits, time.monotonic),
        username="huixiang_bot",
        seal_key=KEY,
    )
    error = await failing(sender, parcel(cast.group, "早"))
    await sender.close()
    assert isinstance(error, TemporaryError)
    assert error.scope == "account"
    assert error.retry_after is not None  # a pause that is told: an outage of a day gives nothing up


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Drop(), OutcomeUnknownError),
        (Hang(30, accepted=True), OutcomeUnknownError),
        (refusals.BAD_GATEWAY, TemporaryError),
        (Garbage(), OutcomeUnknownError),
    ],
)
async def test_pictures_go_by_httpx_and_fail_alike(
    api: BotApi, cast: Cast, sender: Sender, trouble: Drop | Hang | Garbage | refusals.Refusal, kind: type[SendError]
) -> None:  # fmt: skip
    api.fails("sendPhoto", trouble)
    message = Message(text=("图",), picture=Picture("poll", "周末话题"))
    assert type(await failing(sender, replace(parcel(cast.group, message=message), png=png()))) is kind


async def test_an_answer_newer_than_python_telegram_bot_is_a_receipt_all_the_same(
    api: BotApi, cast: Cast, sender: Sender
) -> None:
    api.fails("sendMessage", Garbage('{"ok":true,"result":{"message_id":77,"poll":{"id":"9"}}}'))
    assert await sender.send(parcel(cast.group, "早")) == Receipt("77", "9")
    api.fails("sendMessage", Garbage('{"ok":true,"result":[]}'))
    assert await sender.send(parcel(cast.group, "早")) == Receipt("0")


async def test_an_edit_without_words_is_given_up(api: BotApi, cast: Cast, sender: Sender) -> None:
    receipt = await sender.send(parcel(cast.group, "早"))
    assert isinstance(await failing(sender, edit(receipt, cast.group, " ")), PermanentError)
    gone = Receipt("999")
    assert type(await failing(sender, edit(gone, cast.group, "晚"))) is PermanentError


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


async def test_a_429_says_how_long_its_chat_is_shut(api: BotApi, cast: Cast, sender: Sender) -> None:
    api.fails("sendMessage", refusals.too_many(37))
    error = await failing(sender, parcel(cast.group, "早"))
    assert isinstance(error, TemporaryError)
    assert (error.retry_after, error.scope) == (timedelta(seconds=37), "chat")


async def test_a_refused_token_stops_the_account_loudly(
    api: BotApi, cast: Cast, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    api.fails("sendMessage", refusals.UNAUTHORIZED)
    error = await failing(sender, parcel(cast.group, "早"))
    assert isinstance(error, TemporaryError)
    assert error.scope == "account"


async def test_a_group_that_moved_names_its_new_id(api: BotApi, cast: Cast, sender: Sender) -> None:
    basic = api.group("小群", cast.zhang, type="group", admins=(cast.li,))
    new = api.migrates(basic, cast.li)
    error = await failing(sender, parcel(basic, "早"))
    assert isinstance(error, ChatMovedError)
    assert error.new_id == str(new.id)


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
