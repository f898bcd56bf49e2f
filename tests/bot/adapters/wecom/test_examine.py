"""What the doctor finds on WeCom, and that it never kicks a running bot."""

from datetime import UTC, datetime

from bot.adapters.base import Finding
from storage.leadership import Leadership
from tests.bot.adapters.wecom.conftest import GROUP, Begin, Community
from tests.wecom import refusals

NOW = datetime(2026, 10, 12, 2, tzinfo=UTC)


async def found(c: Community) -> dict[str, Finding]:
    assert c.adapter.connection is not None
    await c.adapter.connection.stop()
    return {finding.check: finding for finding in await c.adapter.examine([GROUP], NOW)}


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
        "doctor.wecom.bot": "doctor.wecom.bot_advice", "doctor.wecom.group": "doctor.wecom.call_once",
        "doctor.wecom.webhook": "doctor.wecom.webhook_advice", "doctor.wecom.app": "doctor.wecom.ip_advice",
    }  # fmt: skip


async def test_a_running_bot_is_not_kicked(begin: Begin) -> None:
    c = await begin()
    running = Leadership(c.database)
    assert await running.try_take()
    findings = {finding.check: finding for finding in await c.adapter.examine([GROUP], NOW)}
    assert findings["doctor.wecom.bot"].detail == "doctor.wecom.running"
    assert c.wecom.socket.subscribed == 1
    await running.release()
