"""The long connection against everything that can happen to it."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.adapters.base import OutcomeUnknownError, Taken, TemporaryError
from bot.adapters.wecom.adapter import WecomAdapter
from bot.adapters.wecom.errors import RefusedError
from bot.adapters.wecom.routes.long_connection import LongConnection, State
from storage.records import Platform
from tests.bot.adapters.wecom.conftest import Begin, Community
from tests.wecom import Cut, LateAck, NoAck, WeCom, refusals

SEND = "aibot_send_msg"
HELLO = {"chatid": "ZhangSan", "chat_type": 1, "msgtype": "markdown", "markdown": {"content": "您好"}}


def connection_of(adapter: WecomAdapter) -> LongConnection:
    assert adapter.connection is not None
    return adapter.connection


async def greeted(c: Community) -> LongConnection:
    """Let Zhang write once, so that he may be pushed to."""
    await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    return connection_of(c.adapter)


async def test_it_pings_without_a_body(begin: Begin) -> None:
    c = await begin()
    await c.wecom.stage.until(lambda: sum(f.cmd == "ping" for f in c.wecom.socket.frames) >= 3, "three pings")
    assert c.wecom.socket.violations == []
    assert c.wecom.socket.subscribed == 1


@pytest.mark.parametrize("code", [1000, 1001, 1011, 0])
async def test_it_comes_back_after_every_close(begin: Begin, code: int) -> None:
    c = await begin()
    await c.wecom.socket.drop(code)
    await c.wecom.connected(times=2)
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group)
    await c.wecom.sees(c.group, "#1")


async def test_it_comes_back_when_the_server_does(begin: Begin) -> None:
    c = await begin()
    await c.wecom.goes_down()
    await c.wecom.comes_back()
    await c.wecom.connected(times=2)


async def test_a_connection_that_no_longer_answers_is_left(begin: Begin) -> None:
    c = await begin()
    c.wecom.fails("ping", NoAck(), times=2)
    await c.wecom.connected(times=2)


async def test_kicked_it_stays_away_and_says_so_to_who_sends(begin: Begin) -> None:
    c = await begin()
    other = LongConnection(c.adapter.settings, c.adapter.settings.bot, lambda *_: None)  # type: ignore[arg-type]
    await other.start()
    await c.wecom.connected(times=2)
    connection = connection_of(c.adapter)
    await c.wecom.stage.until(lambda: connection.state is State.KICKED, "never kicked")
    with pytest.raises(TemporaryError, match="kicked") as raised:
        await connection.request(SEND, HELLO)
    assert raised.value.retry_after is not None  # else it would be given up after twelve tries
    await c.wecom.stage.until(
        lambda: sum(f.cmd == "ping" for f in c.wecom.socket.frames) >= 2, "the other one's pings"
    )
    assert c.wecom.socket.subscribed == 2
    assert other.state is State.OPEN
    await other.stop()


async def test_who_was_kicked_and_leads_again_hears_again(begin: Begin) -> None:
    c = await begin()
    other = LongConnection(c.adapter.settings, c.adapter.settings.bot, lambda *_: None)  # type: ignore[arg-type]
    await other.start()
    connection = connection_of(c.adapter)
    await c.wecom.stage.until(lambda: connection.state is State.KICKED, "never kicked")
    await c.adapter.stop()
    await other.stop()
    await c.adapter.start(c.core.dispatcher)
    await c.wecom.connected(times=3)
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group)
    await c.wecom.sees(c.group, "#1")


async def test_a_wrong_secret_is_tried_once(begin: Begin, wecom: WeCom) -> None:
    wecom.fails("aibot_subscribe", refusals.BAD_BOT, times=None)
    c = await begin(connected=False)
    connection = connection_of(c.adapter)
    await c.wecom.stage.until(lambda: connection.state is State.REFUSED, "never refused")
    assert connection.refused_with == refusals.BAD_BOT.code
    assert not await connection.opened(5)
    assert c.wecom.socket.connected == 1


async def test_subscribing_too_often_is_not_answered_by_subscribing_more(begin: Begin, wecom: WeCom) -> None:
    wecom.fails("aibot_subscribe", refusals.TOO_OFTEN)
    c = await begin(connected=False)
    await c.wecom.stage.until(lambda: c.wecom.socket.frames and c.wecom.socket.frames[-1].code, "no answer")
    assert not await connection_of(c.adapter).opened(0.5)
    assert c.wecom.socket.connected == 1


async def test_raw_control_characters_do_not_hide_a_message(begin: Begin) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮\x00太小了，看不清", c.group, control="\x02")
    await c.wecom.sees(c.group, "#1")


async def test_what_is_no_json_and_unknown_events_pass_by(begin: Begin) -> None:
    c = await begin()
    assert c.wecom.socket.current is not None
    for raw in (
        "{",
        "[]",
        '{"cmd":"aibot_msg_callback"}',
        '{"cmd":"x","headers":null,"body":{"event":5}}',
        "null",
    ):
        await c.wecom.socket.current.send(raw)
    await c.wecom.happens(c.zhang, {"eventtype": "auth_change_event"})
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group)
    await c.wecom.sees(c.group, "#1")
    assert c.wecom.socket.subscribed == 1


async def test_a_group_without_an_id_is_kept_for_the_doctor(begin: Begin) -> None:
    c = await begin()
    c.wecom.forgets_chatid = True
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group)
    c.wecom.forgets_chatid = False
    await c.wecom.says(c.zhang, "@小助手 #反馈 字体也太小了，看不清", c.group)
    await c.wecom.sees(c.group, "#1")
    async with c.database.read() as uow:
        assert await uow.updates.count_quarantined() == 1


async def test_the_same_callback_twice_is_one_feedback(begin: Begin) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group, times=3)
    await c.wecom.says(c.yu, "@小助手 #反馈 座椅太硬了，坐不住", c.group)
    await c.wecom.sees(c.group, "#2")
    assert [s.text.partition(" ")[2][:2] for s in c.wecom.seen(c.group)] == ["#1", "#2"]


@pytest.mark.parametrize("trouble", [NoAck(), LateAck(1.5)])
async def test_no_ack_means_unknown(begin: Begin, trouble: NoAck | LateAck) -> None:
    c = await begin(ack_seconds=0.3)
    connection = await greeted(c)
    c.wecom.fails(SEND, trouble)
    with pytest.raises(OutcomeUnknownError):
        await connection.request(SEND, HELLO)
    await c.wecom.sees(c.zhang, "您好")
    await connection.request(SEND, HELLO | {"markdown": {"content": "还在"}})
    await c.wecom.sees(c.zhang, "还在")


async def test_a_close_before_the_ack_means_unknown_too(begin: Begin) -> None:
    c = await begin()
    connection = await greeted(c)
    c.wecom.fails(SEND, Cut(1011))
    with pytest.raises(OutcomeUnknownError):
        await connection.request(SEND, HELLO)


async def test_a_server_that_forgot_us_is_subscribed_to_again_and_the_request_repeated(begin: Begin) -> None:
    c = await begin()
    connection = await greeted(c)
    c.wecom.fails(SEND, refusals.NOT_SUBSCRIBED)
    await connection.request(SEND, HELLO)
    await c.wecom.sees(c.zhang, "您好")
    assert c.wecom.socket.subscribed == 2
    c.wecom.fails(SEND, refusals.NOT_SUBSCRIBED, times=None)
    with pytest.raises(RefusedError):
        await connection.request(SEND, HELLO)


async def test_answers_under_one_req_id_wait_for_each_other(begin: Begin) -> None:
    c = await begin()
    told = await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    assert told is not None
    connection = connection_of(c.adapter)
    c.wecom.ack_seconds = 0.05
    bodies = [{"msgtype": "markdown", "markdown": {"content": f"第 {n} 句"}} for n in range(5)]
    await asyncio.gather(*(connection.request("aibot_respond_msg", body, told.req_id) for body in bodies))
    assert [s.text for s in c.wecom.seen(c.zhang)][-5:] == [f"第 {n} 句" for n in range(5)]


async def test_an_answer_that_comes_later_waits_for_those_before_it(begin: Begin) -> None:
    c = await begin()
    told = await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    assert told is not None
    connection = connection_of(c.adapter)
    c.wecom.ack_seconds = 0.05

    def say(number: int) -> asyncio.Task[Mapping[str, object]]:
        body = {"msgtype": "markdown", "markdown": {"content": f"第 {number} 句"}}
        return asyncio.create_task(connection.request("aibot_respond_msg", body, told.req_id))

    first, second = say(1), say(2)
    await first
    await asyncio.gather(second, say(3))
    assert [s.text for s in c.wecom.seen(c.zhang)][-3:] == [f"第 {n} 句" for n in (1, 2, 3)]
    assert c.wecom.socket.violations == []


async def test_a_burst_of_2000_loses_nothing_and_no_welcome_waits_for_it(begin: Begin) -> None:
    c = await begin()
    for number in range(2000):
        await c.wecom.says(c.zhang, f"@小助手 第 {number} 句", c.group)
    await c.wecom.opens(c.yu)
    welcome = await c.wecom.sees(c.yu, "车友会")
    assert welcome.route == "welcome"
    async with asyncio.timeout(30):
        await c.adapter.intake.idle()
    async with c.database.read() as uow:
        seen = await uow.connection.exec_driver_sql("SELECT count(*) FROM updates WHERE platform = 'wecom'")
        counted = await uow.connection.exec_driver_sql("SELECT sum(messages) FROM activity")
        assert (seen.scalar(), counted.scalar()) == (2000, 2000)


async def test_a_card_that_is_tapped_is_answered_even_while_storage_is_away(begin: Begin) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, "早上我发现按钮太小了，看不清")
    shown = await c.wecom.stage.until(
        lambda: next((s for s in c.wecom.seen(c.zhang) if s.card), None), "no card"
    )
    async with c.database.begin():
        await c.wecom.clicks(c.zhang, shown, shown.labels[0])
        await c.wecom.stage.until(lambda: c.wecom.stage.updates, "the card was never updated")
    await c.wecom.sees(c.zhang, "#1")


async def test_a_batch_that_fails_by_a_mistake_of_ours_does_not_stop_the_next(begin: Begin) -> None:
    c = await begin()
    dispatcher, failed = c.core.dispatcher, []

    async def once(platform: Platform, batch: Sequence[Taken]) -> Mapping[str, str]:
        if not failed:
            failed.append(batch)
            raise LookupError("a mistake")
        return await dispatcher(platform, batch)

    c.adapter.intake.start(once)
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group)
    await c.wecom.stage.until(lambda: failed, "never offered")
    await c.wecom.says(c.yu, "@小助手 #反馈 座椅太硬了，坐不住", c.group)
    await c.wecom.sees(c.group, "#1")
