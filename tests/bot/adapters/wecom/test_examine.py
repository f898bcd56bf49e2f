"""What the doctor finds on WeCom, and that it never kicks a running bot."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.base import Finding
from storage.leadership import Leadership
from storage.messages import Message
from storage.promises import DeliveryState
from storage.records import Platform
from tests.bot.adapters.wecom.conftest import GROUP, Begin, Community
from tests.wecom import refusals
from tests.wecom.faults import Garbage


async def found(c: Community) -> dict[str, Finding]:
    assert c.adapter.connection is not None
    await c.adapter.connection.stop()
    return {finding.check: finding for finding in await c.adapter.examine([GROUP], datetime.now(UTC))}


async def posted(c: Community, state: DeliveryState) -> None:
    """Post in the group and wait until it is settled."""
    now = datetime.now(UTC)
    async with c.database.begin() as uow:
        chat = await uow.chats.find(Platform.WECOM, GROUP)
        assert chat is not None
        await uow.outbox.put(chat.id, Message(text=("早安",)), key="morning", now=now)
    await c.core.relay.settle()
    async with c.database.read() as uow:
        last = await uow.promises.last_post(chat.id)
    assert last is not None
    assert last.state is state


async def test_everything_that_is_well_is_said_so(begin: Begin) -> None:
    c = await begin(app=True, webhook=True)
    await c.wecom.says(c.zhang, "@小助手 在吗", c.group)
    await c.wecom.sees(c.group, "我在")
    findings = await found(c)
    well = {
        "doctor.wecom.bot",
        "doctor.wecom.group",
        "doctor.wecom.webhook",
        "doctor.wecom.app",
        "doctor.wecom.names",
        "doctor.wecom.clock",
    }
    assert {check for check, finding in findings.items() if finding.ok} == well
    assert c.wecom.seen(c.group)[1:] == []


async def test_everything_that_is_not_is_named_with_what_to_do(begin: Begin) -> None:
    c = await begin(app=True, webhook=True)
    c.wecom.webhooks.clear()
    c.wecom.api.ip_is_allowed = False
    c.wecom.fails("aibot_subscribe", refusals.BAD_BOT, times=None)
    findings = await found(c)
    assert {check: finding.advice for check, finding in findings.items() if finding.ok is False} == {
        "doctor.wecom.bot": "doctor.wecom.bot_advice",
        "doctor.wecom.webhook": "doctor.wecom.webhook_advice", "doctor.wecom.app": "doctor.wecom.ip_advice",
    }  # fmt: skip


async def test_a_running_bot_is_not_kicked(begin: Begin) -> None:
    c = await begin()
    running = Leadership(c.database)
    assert await running.try_take()
    findings = {finding.check: finding for finding in await c.adapter.examine([GROUP], datetime.now(UTC))}
    assert findings["doctor.wecom.bot"].detail == "doctor.wecom.running"
    assert c.wecom.socket.subscribed == 1
    await running.release()


async def test_a_group_where_nothing_was_tried_is_said_to_be_that(begin: Begin) -> None:
    c = await begin()
    push = (await found(c))["doctor.wecom.group"]
    assert (push.ok, push.detail, push.advice) == (
        None, "doctor.wecom.never_tried", "doctor.wecom.call_once",
    )  # fmt: skip


async def test_a_group_that_took_a_post_is_well(begin: Begin) -> None:
    c = await begin()
    await posted(c, DeliveryState.SENT)
    push = (await found(c))["doctor.wecom.group"]
    assert (push.ok, push.detail) == (True, "doctor.wecom.pushed")


async def test_a_group_that_refused_a_post_is_named_until_one_arrives(begin: Begin) -> None:
    c = await begin()
    c.wecom.stage.spoken.clear()
    await posted(c, DeliveryState.DEAD)
    push = (await found(c))["doctor.wecom.group"]
    assert (push.ok, push.detail, push.advice) == (
        False, "doctor.wecom.push_refused", "doctor.wecom.call_once",
    )  # fmt: skip


async def test_a_group_that_called_the_bot_is_refused_no_more(begin: Begin) -> None:
    c = await begin()
    c.wecom.stage.spoken.clear()
    await posted(c, DeliveryState.DEAD)
    await c.wecom.says(c.zhang, "@小助手 在吗", c.group)
    await c.wecom.sees(c.group, "我在")
    await c.core.relay.settle()
    assert (await found(c))["doctor.wecom.group"].ok is True


@pytest.mark.parametrize("roads", [{}, {"app": True}])
@pytest.mark.parametrize(("off", "ok"), [(timedelta(), True), (timedelta(minutes=3), False)])
async def test_the_clock_is_compared_with_the_platforms(
    begin: Begin, roads: dict[str, bool], off: timedelta, ok: bool
) -> None:
    c = await begin(**roads)
    c.wecom.clock_is_off = off
    clock = (await found(c))["doctor.wecom.clock"]
    assert (clock.ok, clock.advice) == (ok, "" if ok else "doctor.wecom.skew_advice")
    assert abs(clock.params["seconds"] - off.total_seconds()) <= 2


async def test_a_clock_that_nobody_could_be_asked_about_is_left_open(begin: Begin) -> None:
    c = await begin()
    running = Leadership(c.database)
    assert await running.try_take()
    findings = {finding.check: finding for finding in await c.adapter.examine([GROUP], datetime.now(UTC))}
    clock = findings["doctor.wecom.clock"]
    assert (clock.ok, clock.detail) == (None, "doctor.wecom.undated")
    await running.release()


async def test_a_platform_that_does_not_answer_is_not_well(begin: Begin) -> None:
    c = await begin(app=True, webhook=True)
    running = Leadership(c.database)
    assert await running.try_take()
    for path in ("/cgi-bin/gettoken", "/cgi-bin/webhook/send"):
        c.wecom.fails(path, Garbage(), times=None)
    findings = {finding.check: finding for finding in await c.adapter.examine([GROUP], datetime.now(UTC))}
    for check in ("doctor.wecom.app", "doctor.wecom.webhook"):
        assert (findings[check].ok, findings[check].advice) == (False, "doctor.wecom.silent_advice")
    await running.release()
