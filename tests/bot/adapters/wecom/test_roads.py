"""The roads in their order: on to the next only after a definite refusal, and what each does with its own limits."""

import itertools
from dataclasses import replace

import pytest

from bot.adapters.base import (
    OutcomeUnknownError,
    Parcel,
    PermanentError,
    TemporaryError,
    UnreachableError,
)
from bot.adapters.wecom.parse import button_scope
from bot.seal import unseal
from storage.messages import Ballot, Button, Mention, Message
from storage.promises import DeliveryKind
from storage.records import ChatKind
from tests.bot.adapters.wecom.conftest import GROUP, KEY, Begin, Community
from tests.wecom import Cut, Garbage, LateAck, NoAck, refusals
from tests.wecom.refusals import Refusal

SEND, ANSWER = "aibot_send_msg", "aibot_respond_msg"
APP, HOOK, TOKEN = "/cgi-bin/message/send", "/cgi-bin/webhook/send", "/cgi-bin/gettoken"
_numbers = itertools.count()


def to_group(text: str, *, chat: str = GROUP, **more: object) -> Parcel:
    message = Message(text=(text,), **more)  # type: ignore[arg-type]
    return Parcel(f"k{next(_numbers)}", DeliveryKind.POST, chat, ChatKind.GROUP, message)


def to(userid: str, text: str, *, key: str = "", png: bytes | None = None, **more: object) -> Parcel:
    message = Message(text=(text,), **more)  # type: ignore[arg-type]
    return Parcel(key or f"k{next(_numbers)}", DeliveryKind.POST, userid, ChatKind.PRIVATE, message, png=png)


async def called(c: Community) -> None:
    """Let somebody call the bot in the group, so that it may be answered."""
    await c.wecom.says(c.yu, "@小助手 在吗", c.group)
    await c.wecom.sees(c.group)


async def test_a_group_post_is_pushed(begin: Begin) -> None:
    c = await begin(webhook=True)
    await c.adapter.send(to_group("早安"))
    assert [(s.route, s.text) for s in c.wecom.seen(c.group)] == [("push", "早安")]


@pytest.mark.parametrize(
    "refusal", [refusals.BAD_CHAT, refusals.BAD_DEVICE, refusals.BAD_MSGTYPE, refusals.TOO_LONG]
)
async def test_a_refused_push_goes_by_the_last_callback_then_by_webhook(
    begin: Begin, refusal: Refusal
) -> None:
    c = await begin(webhook=True)
    await called(c)
    c.wecom.fails(SEND, refusal, times=None)
    await c.adapter.send(to_group("早安"))
    assert (await c.wecom.sees(c.group, "早安")).route == "reply"
    c.wecom.fails(ANSWER, refusals.BAD_REQ_ID, times=None)
    await c.adapter.send(to_group("晚安"))
    assert (await c.wecom.sees(c.group, "晚安")).route == "webhook"


async def test_a_group_nobody_called_and_without_webhook_is_given_up_with_the_reason(begin: Begin) -> None:
    c = await begin()
    c.wecom.stage.spoken.clear()
    with pytest.raises(PermanentError, match="nobody has spoken"):
        await c.adapter.send(to_group("早安"))


async def test_an_unknown_outcome_is_no_reason_for_another_road(begin: Begin) -> None:
    c = await begin(webhook=True, app=True, ack_seconds=0.3)
    await called(c)
    await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    seen = len(c.wecom.stage.shown)
    for trouble in (NoAck(), LateAck(1), NoAck(accepted=False), Cut(1011)):
        await c.wecom.connected()
        c.wecom.fails(SEND, trouble, times=2)
        for parcel in (to_group("早安"), to("zhangsan", "您好")):
            with pytest.raises(OutcomeUnknownError):
                await c.adapter.send(parcel)
            await c.wecom.stage.until(lambda: c.wecom.socket.current, "not connected")
        c.wecom.faults.clear()
    assert {s.route for s in c.wecom.stage.shown[seen:]} == {"push"}


@pytest.mark.parametrize("code", [refusals.BUSY, refusals.TOO_OFTEN, Refusal(45033, "crowded")])
async def test_a_passing_refusal_is_waited_out_on_the_same_road(begin: Begin, code: Refusal) -> None:
    c = await begin(webhook=True)
    c.wecom.fails(SEND, code)
    with pytest.raises(TemporaryError) as caught:
        await c.adapter.send(to_group("早安"))
    assert (caught.value.retry_after is not None) is (code is refusals.TOO_OFTEN)
    assert not c.wecom.seen(c.group)


async def test_somebody_who_never_wrote_is_reached_by_the_app(begin: Begin) -> None:
    c = await begin(app=True)
    await c.adapter.send(to("xiaoyu", "您的建议已解决"))
    shown = await c.wecom.sees(c.yu, "已解决")
    assert (shown.route, shown.body["enable_duplicate_check"]) == ("app", 1)


async def test_somebody_nobody_can_reach_is_unreachable(begin: Begin) -> None:
    c = await begin(app=True)
    with pytest.raises(UnreachableError):
        await c.adapter.send(to("stranger", "您好"))
    c = await begin()
    with pytest.raises(UnreachableError):
        await c.adapter.send(to("xiaoyu", "您好"))


@pytest.mark.parametrize("is_secret", [True, False])
async def test_who_cannot_be_reached_in_hiding_is_not_in_the_log(
    begin: Begin, caplog: pytest.LogCaptureFixture, is_secret: bool
) -> None:
    c = await begin(app=True)
    caplog.set_level("INFO")
    with pytest.raises(UnreachableError):
        await c.adapter.send(replace(to("nobody", "您好", key="feedback:1:told"), is_secret=is_secret))
    assert ("wecom_refused" in caplog.text) is not is_secret


async def test_an_invalid_user_inside_errcode_0_is_a_refusal(begin: Begin) -> None:
    c = await begin(app=True)
    body = {"touser": "xiaoyu|nobody", "agentid": 1000002, "msgtype": "text", "text": {"content": "x"}}
    app = c.adapter.app
    assert app is not None
    assert (await app.call("message/send", body=body))["invaliduser"] == "nobody"
    c.wecom.stage.people["other"] = c.wecom.stage.people.pop("xiaoyu")
    with pytest.raises(UnreachableError):
        await c.adapter.send(to("xiaoyu", "您好"))


async def test_more_than_30_a_minute_wait_instead_of_being_dropped_silently(begin: Begin) -> None:
    c = await begin(app=True)
    for number in range(30):
        await c.adapter.send(to("xiaoyu", f"第 {number} 条"))
    with pytest.raises(TemporaryError, match="lane") as caught:
        await c.adapter.send(to("xiaoyu", "第 31 条"))
    assert caught.value.retry_after is not None
    assert c.wecom.api.dropped_silently == []


async def test_20_a_minute_go_by_a_webhook_and_the_next_waits(begin: Begin) -> None:
    c = await begin(webhook=True)
    c.wecom.stage.spoken.clear()
    for number in range(20):
        await c.adapter.send(to_group(f"第 {number} 条"))
    with pytest.raises(TemporaryError, match="lane"):
        await c.adapter.send(to_group("第 21 条"))
    c.wecom.assert_clean()


@pytest.mark.parametrize("trouble", [NoAck(), NoAck(accepted=False), Garbage(), Garbage('{"a":1}')])
async def test_http_without_an_answer_is_unknown(begin: Begin, trouble: NoAck | Garbage) -> None:
    c = await begin(webhook=True)
    c.wecom.stage.spoken.clear()
    c.wecom.fails(HOOK, trouble)
    with pytest.raises(OutcomeUnknownError) as caught:
        await c.adapter.send(to_group("早安"))
    assert "KEY" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_a_wrong_webhook_key_is_given_up_without_naming_it(begin: Begin) -> None:
    c = await begin(webhook=True)
    c.wecom.stage.spoken.clear()
    c.wecom.webhooks.clear()
    with pytest.raises(PermanentError, match="webhook key is wrong") as caught:
        await c.adapter.send(to_group("早安"))
    assert "KEY" not in str(caught.value)


async def test_everybody_is_called_by_the_webhook(begin: Begin) -> None:
    c = await begin(webhook=True)
    message = Message(text=(Mention("@all", "所有人"), " 早安"))
    await c.adapter.send(Parcel("all", DeliveryKind.POST, GROUP, ChatKind.GROUP, message))
    shown = await c.wecom.sees(c.group, "早安")
    assert (shown.route, shown.body["text"]["mentioned_list"]) == ("webhook", ["@all"])


async def test_a_picture_goes_in_pieces_and_by_the_webhook_whole(begin: Begin) -> None:
    c = await begin(webhook=True)
    picture = bytes(range(256)) * 4000
    parcel = Parcel("p1", DeliveryKind.POST, GROUP, ChatKind.GROUP, Message(text=("结果",)), png=picture)
    await c.adapter.send(parcel)
    words, image = c.wecom.seen(c.group)
    assert (words.text, c.wecom.stage.media[image.body["image"]["media_id"]]) == ("结果", picture)
    c.wecom.fails(SEND, refusals.BAD_CHAT, times=None)
    parcel = Parcel("p2", DeliveryKind.POST, GROUP, ChatKind.GROUP, Message(text=("又",)), png=picture[:1000])
    await c.adapter.send(parcel)
    assert [(s.route, s.kind) for s in c.wecom.seen(c.group)][2:] == [
        ("webhook", "markdown"),
        ("webhook", "image"),
    ]


async def test_what_was_half_sent_goes_on_where_it_stopped(begin: Begin) -> None:
    c = await begin(ack_seconds=0.3)
    await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    seen = len(c.wecom.seen(c.zhang))
    buttons = ((Button("好", action="verify:1:2:better"),),)
    parcel = to("zhangsan", "字" * 200, key="half", buttons=buttons)
    c.wecom.fails(SEND, refusals.BUSY, skip=1)
    with pytest.raises(TemporaryError):
        await c.adapter.send(parcel)
    c.wecom.fails(SEND, NoAck())
    with pytest.raises(OutcomeUnknownError):
        await c.adapter.send(parcel)
    receipt = await c.adapter.send(parcel)  # the card had arrived: that it is refused as repeated says so
    shown = c.wecom.seen(c.zhang)[seen:]
    assert [s.kind for s in shown] == ["markdown", "template_card"]
    assert shown[1].card["task_id"] == receipt.message_id


async def test_a_vote_card_shows_what_was_chosen(begin: Begin) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    receipt = await c.adapter.send(to("zhangsan", "", ballot=Ballot("周末去哪？", ("爬山", "桌游"))))
    card = await c.wecom.sees(c.zhang, "周末")
    assert receipt.poll_id == card.card["task_id"]
    await c.wecom.votes(c.zhang, card, "桌游")
    await c.wecom.stage.until(lambda: c.wecom.stage.updates, "never updated")
    _, updated = c.wecom.stage.updates[0]
    assert [option["is_checked"] for option in updated["checkbox"]["option_list"]] == [False, True]
    assert updated["checkbox"]["disable"] is True


async def test_a_card_of_the_app_has_buttons_only_with_its_callback(begin: Begin) -> None:
    buttons = ((Button("好", action="verify:1:2:better"),),)
    c = await begin(app=True)
    await c.adapter.send(to("xiaoyu", "好了吗？", buttons=buttons))
    assert (await c.wecom.sees(c.yu, "好了吗")).kind == "markdown"
    c.wecom.app_callback_url = "http://127.0.0.1/x"
    c = await begin(app=True, app_callback=True)
    await c.adapter.send(to("xiaoyu", "好点了吗？", buttons=buttons))
    card = await c.wecom.sees(c.yu, "好点了吗")
    (button,) = card.card["button_list"]
    assert unseal(KEY, button_scope("xiaoyu"), button["key"]) == "verify:1:2:better"


async def test_buttons_of_a_group_become_a_card_only_where_the_config_allows_it(begin: Begin) -> None:
    c = await begin(groups_may_show_cards=True)
    c.wecom.groups_take_cards = True
    told = await c.wecom.says(c.yu, "@小助手 在吗", c.group)
    await c.wecom.sees(c.group, "我在")
    assert told is not None
    card = to_group("二", buttons=((Button("好", action="checkin:1"),),), reply_to=told.body["msgid"])
    await c.adapter.send(card)
    assert (await c.wecom.sees(c.group, "二")).labels == ["好"]


async def test_a_changed_message_cannot_be(begin: Begin) -> None:
    c = await begin()
    parcel = to_group("早安")
    with pytest.raises(PermanentError):
        await c.adapter.send(Parcel(parcel.key, DeliveryKind.EDIT, GROUP, ChatKind.GROUP, parcel.message))


async def test_a_connection_that_is_gone_for_good_leaves_the_other_roads(begin: Begin) -> None:
    c = await begin(webhook=True, app=True)
    c.wecom.fails("aibot_subscribe", refusals.BAD_BOT, times=None)
    await c.wecom.socket.drop(1000)
    connection = c.adapter.connection
    assert connection is not None
    await c.wecom.stage.until(connection.is_over, "not refused")
    await c.adapter.send(to_group("早安"))
    await c.adapter.send(to("xiaoyu", "您好"))
    assert [s.route for s in c.wecom.stage.shown] == ["webhook", "app"]
    with pytest.raises(TemporaryError, match="gone for good") as caught:
        await c.adapter.send(to("stranger", "您好"))
    assert caught.value.retry_after is not None
