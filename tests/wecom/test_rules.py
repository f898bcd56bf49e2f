"""The fake's own rules of the long connection, asked with a bare WebSocket: as strict as the documents."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.wecom import Limits, Rate, WeCom, refusals
from tests.wecom.callbacks import FAST_SECONDS, REPLY_SECONDS, STREAM_SECONDS
from tests.wecom.conftest import Cast
from tests.wecom.refusals import Refusal

SUBSCRIBE = {"bot_id": "BOT", "secret": "SECRET"}
CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "打卡"},
    "task_id": "t1",
    "button_list": [{"text": "打卡", "style": 1, "key": "a"}],
}


class Bare:
    """A client that knows nothing: it sends a frame and reads the next one without cmd."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.number = 0

    async def ask(self, cmd: str, body: Any = None, req_id: str = "") -> int:
        """Send a frame and return the errcode of its ack."""
        return int((await self.answer(cmd, body, req_id))["errcode"])

    async def answer(self, cmd: str, body: Any = None, req_id: str = "") -> dict[str, Any]:
        """Send a frame and return its ack."""
        self.number += 1
        frame: dict[str, Any] = {"cmd": cmd, "headers": {"req_id": req_id or f"r{self.number}"}}
        if body is not None:
            frame["body"] = body
        await self.socket.send(json.dumps(frame))
        while True:
            found: dict[str, Any] = json.loads(await self.socket.recv())
            if "cmd" not in found:
                assert found["headers"] == frame["headers"]
                return found


@pytest.fixture
async def bare(wecom: WeCom, cast: Cast) -> AsyncIterator[Bare]:
    async with connect(wecom.ws_url, ping_interval=None, proxy=None) as socket:
        yield Bare(socket)


@pytest.fixture
async def bot(bare: Bare) -> Bare:
    assert await bare.ask("aibot_subscribe", SUBSCRIBE) == 0
    return bare


def said(text: str = "好", chat: str = "zhangsan", kind: int = 1, **more: Any) -> dict[str, Any]:
    return {"chatid": chat, "chat_type": kind, "msgtype": "markdown", "markdown": {"content": text}} | more


async def test_a_wrong_secret_is_refused_and_the_socket_stays_open(bare: Bare) -> None:
    assert await bare.ask("aibot_subscribe", SUBSCRIBE | {"secret": "x"}) == refusals.BAD_BOT.code
    assert await bare.ask("aibot_subscribe", SUBSCRIBE) == 0


async def test_nothing_works_before_subscribing(bare: Bare) -> None:
    assert await bare.ask("aibot_send_msg", said()) == refusals.NOT_SUBSCRIBED.code
    assert await bare.ask("ping") == refusals.NOT_SUBSCRIBED.code


async def test_subscribing_too_often_is_refused(cast: Cast) -> None:
    async with (
        WeCom(limits=Limits(subscribe=Rate(2, 60))) as wecom,
        connect(wecom.ws_url, ping_interval=None, proxy=None) as socket,
    ):
        bare = Bare(socket)
        codes = [await bare.ask("aibot_subscribe", SUBSCRIBE) for _ in range(3)]
    assert codes == [0, 0, refusals.TOO_OFTEN.code]


async def test_a_ping_with_a_body_ends_the_connection(bot: Bare, wecom: WeCom) -> None:
    assert await bot.ask("ping") == 0
    with pytest.raises(ConnectionClosed):
        await bot.ask("ping", {})
    assert wecom.socket.violations


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (said(chat="xiaoyu"), refusals.BAD_CHAT),
        (said(chat="wrOTHER", kind=2), refusals.BAD_CHAT),
        (said(chat="WRgroup", kind=2), refusals.BAD_CHAT),
        (said(chat="wrGROUP", kind=1), refusals.BAD_CHAT),
        (said("", kind=1), refusals.EMPTY),
        (said("好" * 6827), refusals.TOO_LONG),
        (said(msgtype="text", text={"content": "x"}), refusals.BAD_MSGTYPE),
        (said(msgtype="image", image={"media_id": "none"}), refusals.BAD_LENGTH),
        (said(chat="wrGROUP", kind=2, msgtype="template_card", template_card=CARD), refusals.BAD_MSGTYPE),
        (said(markdown={"content": "x", "feedback": {"id": "f" * 257}}), refusals.BAD_LENGTH),
    ],
)
async def test_a_push_that_breaks_a_rule_is_refused(
    bot: Bare, body: dict[str, Any], refusal: Refusal
) -> None:
    assert await bot.ask("aibot_send_msg", body) == refusal.code
    assert await bot.ask("aibot_send_msg", said("好" * 6826)) == 0


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"card_type": "x"}, refusals.BAD_MSGTYPE),
        ({"main_title": {"title": "字" * 27}}, refusals.BAD_LENGTH),
        ({"task_id": "中"}, refusals.BAD_LENGTH),
        ({"task_id": "t" * 129}, refusals.BAD_LENGTH),
        ({"task_id": None}, refusals.BAD_LENGTH),
        ({"button_list": [{"text": "a", "key": "k"}, {"text": "b", "key": "k"}]}, refusals.BAD_BUTTON_KEY),
        ({"button_list": [{"text": "a", "key": ""}]}, refusals.BAD_BUTTON_KEY),
        ({"button_list": [{"text": "字" * 11, "key": "k"}]}, refusals.BAD_LENGTH),
        ({"button_list": [{"text": "a", "key": str(n)} for n in range(7)]}, refusals.BAD_LENGTH),
        ({"card_type": "text_notice"}, refusals.BAD_LENGTH),
        ({"card_type": "vote_interaction"}, refusals.BAD_LENGTH),
    ],
)
async def test_a_card_that_breaks_a_rule_is_refused(
    bot: Bare, change: dict[str, Any], refusal: Refusal
) -> None:
    card = said(msgtype="template_card", template_card=CARD | change)
    assert await bot.ask("aibot_send_msg", card) == refusal.code


async def test_a_card_is_sent_once(bot: Bare) -> None:
    card = said(msgtype="template_card", template_card=CARD)
    assert await bot.ask("aibot_send_msg", card) == 0
    assert await bot.ask("aibot_send_msg", card) == refusals.BAD_LENGTH.code


async def test_31_messages_a_minute_are_one_too_many_replies_and_pushes_together(
    bot: Bare, wecom: WeCom, cast: Cast
) -> None:
    told = await wecom.says(cast.zhang, "在吗")
    assert told is not None
    codes = [await bot.ask("aibot_send_msg", said(str(n))) for n in range(15)]
    answer = {"msgtype": "markdown", "markdown": {"content": "x"}}
    codes += [await bot.ask("aibot_respond_msg", answer, told.req_id) for _ in range(16)]
    assert codes == [0] * 30 + [refusals.TOO_OFTEN.code]
    assert await bot.ask("aibot_send_msg", said(chat="wrGROUP", kind=2)) == 0


async def test_an_answer_needs_a_callback_that_is_not_too_old(bot: Bare, wecom: WeCom, cast: Cast) -> None:
    answer = {"msgtype": "markdown", "markdown": {"content": "x"}}
    assert await bot.ask("aibot_respond_msg", answer, "unknown") == refusals.BAD_REQ_ID.code
    entered = await wecom.opens(cast.zhang)
    told = await wecom.says(cast.zhang, "在吗")
    assert entered is not None
    assert told is not None
    assert await bot.ask("aibot_respond_msg", answer, entered.req_id) == refusals.BAD_REQ_ID.code
    assert await bot.ask("aibot_respond_msg", answer, told.req_id) == 0
    told.at -= REPLY_SECONDS + 1
    assert await bot.ask("aibot_respond_msg", answer, told.req_id) == refusals.BAD_REQ_ID.code


async def test_a_welcome_and_an_update_come_within_five_seconds(bot: Bare, wecom: WeCom, cast: Cast) -> None:
    hello = {"msgtype": "text", "text": {"content": "欢迎"}}
    entered = await wecom.opens(cast.zhang)
    assert entered is not None
    assert await bot.ask("aibot_respond_welcome_msg", hello, entered.req_id) == 0
    entered.at -= FAST_SECONDS + 1
    assert await bot.ask("aibot_respond_welcome_msg", hello, entered.req_id) == refusals.BAD_REQ_ID.code
    await bot.ask("aibot_send_msg", said(msgtype="template_card", template_card=CARD))
    tapped = await wecom.clicks(cast.zhang, await wecom.sees(cast.zhang, "打卡"), "打卡")
    assert tapped is not None
    other = {"response_type": "update_template_card", "template_card": CARD | {"task_id": "t2"}}
    assert await bot.ask("aibot_respond_update_msg", other, tapped.req_id) == refusals.BAD_LENGTH.code
    same = {"response_type": "update_template_card", "template_card": CARD}
    assert await bot.ask("aibot_respond_update_msg", same, tapped.req_id) == 0
    tapped.at -= FAST_SECONDS + 1
    assert await bot.ask("aibot_respond_update_msg", same, tapped.req_id) == refusals.BAD_REQ_ID.code


async def test_a_stream_ends_when_it_is_finished_or_too_old(bot: Bare, wecom: WeCom, cast: Cast) -> None:
    told = await wecom.says(cast.zhang, "在吗")
    assert told is not None

    def stream(name: str, *, finish: bool) -> dict[str, Any]:
        return {"msgtype": "stream", "stream": {"id": name, "finish": finish, "content": "好"}}

    assert await bot.ask("aibot_respond_msg", stream("a", finish=True), told.req_id) == 0
    assert (
        await bot.ask("aibot_respond_msg", stream("a", finish=True), told.req_id)
        == refusals.STREAM_EXPIRED.code
    )
    assert await bot.ask("aibot_respond_msg", stream("b", finish=False), told.req_id) == 0
    told.streams["b"] -= STREAM_SECONDS + 1
    assert (
        await bot.ask("aibot_respond_msg", stream("b", finish=True), told.req_id)
        == refusals.STREAM_EXPIRED.code
    )


async def test_an_upload_is_checked_whole(bot: Bare) -> None:
    data = b"x" * 1000
    begun = {"type": "image", "filename": "a.png", "total_size": 1000, "total_chunks": 1}
    begun |= {"md5": hashlib.md5(data).hexdigest()}
    assert await bot.ask("aibot_upload_media_init", begun | {"total_chunks": 101}) == refusals.BAD_LENGTH.code
    upload = (await bot.answer("aibot_upload_media_init", begun))["body"]["upload_id"]
    assert await bot.ask("aibot_upload_media_finish", {"upload_id": "none"}) == refusals.BAD_LENGTH.code
    piece = {"upload_id": upload, "chunk_index": 0, "base64_data": base64.b64encode(data[:-1]).decode()}
    assert await bot.ask("aibot_upload_media_chunk", piece) == 0
    assert await bot.ask("aibot_upload_media_finish", {"upload_id": upload}) == refusals.BAD_LENGTH.code


async def test_a_group_of_the_corporation_hears_only_what_calls_the_bot(
    bot: Bare, wecom: WeCom, cast: Cast
) -> None:
    assert await wecom.says(cast.zhang, "#反馈 没有人喊机器人", cast.group) is None
    assert await wecom.says(cast.zhang, "@小助手 在", cast.group) is not None
