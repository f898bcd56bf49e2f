"""The HTTP mode on a real server: encrypted callbacks of the bot and of the app, and everything that may be wrong."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.adapters.wecom.routes.callback import CallbackSite
from bot.metrics import Metrics
from bot.web import Health, Site, Web, WebSettings
from tests.bot.adapters.wecom.conftest import Begin, Community
from tests.live import PATIENCE_SECONDS
from tests.wecom import crypto as theirs
from tests.wecom.conftest import node, running

__all__ = ["node"]
Serve = Callable[..., Awaitable[Community]]


@pytest.fixture
async def serve(begin: Begin) -> AsyncIterator[Serve]:
    """Give what starts the bot in the callback mode behind the real web server."""
    webs: list[Web] = []

    async def healthy() -> Health:
        return Health(is_well=True, state={})

    async def start(**options: Any) -> Community:
        c = await begin(mode="callback", **options)
        site = Site("/wecom", lambda: CallbackSite(c.adapter, lambda: datetime.now(UTC)), lambda: None)
        web = Web(WebSettings(port=0), health=healthy, metrics=Metrics(), sites=(site,))
        await web.start()
        webs.append(web)
        c.wecom.callback_url = f"http://127.0.0.1:{web.port}/wecom/bot"
        c.wecom.app_callback_url = f"http://127.0.0.1:{web.port}/wecom/app"
        return c

    yield start
    for web in webs:
        await web.stop()


async def posted(c: Community, body: object, **changes: str) -> int:
    """Post a body sealed as the platform does, with changes; return the status."""
    sealed = theirs.seal(c.wecom.aes_key, body if isinstance(body, str) else json.dumps(body))
    return await posted_raw(c, {"encrypt": changes.pop("encrypt", sealed)}, sealed, **changes)


async def posted_raw(c: Community, body: object, sealed: str, **changes: str) -> int:
    timestamp = changes.get("timestamp", str(int(time.time())))
    query = {
        "timestamp": timestamp,
        "nonce": "n1",
        "msg_signature": theirs.sign(c.wecom.callback_token, timestamp, "n1", sealed),
    }
    async with httpx.AsyncClient(verify=False, trust_env=False) as client:
        answer = await client.post(c.wecom.callback_url, params=query | changes, json=body)
    return answer.status_code


def text(words: str, msgid: str = "m1") -> dict[str, Any]:
    return {
        "msgid": msgid,
        "chattype": "single",
        "from": {"userid": "xiaoyu"},
        "msgtype": "text",
        "text": {"content": words},
    }


async def test_the_console_verifies_the_address(serve: Serve) -> None:
    c = await serve()
    assert await c.wecom.webside.verify()


async def test_a_feedback_is_answered_by_its_response_url(serve: Serve) -> None:
    c = await serve()
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group)
    shown = await c.wecom.sees(c.group, "#1")
    assert shown.route == "response_url"
    assert [(a.status, a.text) for a in c.wecom.webside.answers] == [(200, "")]


async def test_a_second_answer_takes_the_webhook_and_the_app(serve: Serve) -> None:
    c = await serve(webhook=True, app=True)
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group)
    await c.wecom.sees(c.group, "#1")
    await c.wecom.says(c.li, "/resolve 1 新版本里按钮放大了")
    echo = await c.wecom.sees(c.zhang, "放大")
    assert echo.route == "app"


async def test_a_welcome_and_a_tapped_card_are_answered_in_the_same_breath(serve: Serve) -> None:
    c = await serve()
    await c.wecom.opens(c.zhang)
    assert (await c.wecom.sees(c.zhang, "车友会")).route == "welcome"
    await c.wecom.says(c.zhang, "早上我发现按钮太小了，看不清")
    card = await c.wecom.stage.until(
        lambda: next((s for s in c.wecom.seen(c.zhang) if s.card), None), "no card"
    )
    await c.wecom.clicks(c.zhang, card, card.labels[0])
    await c.wecom.stage.until(lambda: c.wecom.stage.updates, "the card was never updated")
    assert c.wecom.webside.violations == []


async def test_retries_and_replayed_requests_are_one_feedback(serve: Serve) -> None:
    c = await serve()
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group, times=3)
    assert [await posted(c, text("#反馈 座椅太硬了，坐不住")) for _ in range(3)] == [200, 200, 200]
    async with c.database.read() as uow:
        found = await uow.connection.exec_driver_sql("SELECT count(*) FROM feedback")
        assert found.scalar() == 2


async def test_a_storage_that_is_away_makes_the_platform_try_again(serve: Serve) -> None:
    c = await serve()
    async with c.database.begin():
        assert await posted(c, text("#反馈 座椅太硬了，坐不住")) == 503
    assert await posted(c, text("#反馈 座椅太硬了，坐不住")) == 200
    async with c.database.read() as uow:
        found = await uow.connection.exec_driver_sql("SELECT count(*) FROM feedback")
        assert found.scalar() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"msg_signature": "0" * 40}, 401),
        ({"msg_signature": ""}, 401),
        ({"nonce": "other"}, 401),
        ({"timestamp": "1760000000"}, 401),  # signed rightly, long ago: recorded and played again
        ({"encrypt": "AAAA"}, 401),
    ],
)
async def test_what_the_platform_did_not_send_now_is_turned_away(
    serve: Serve, changes: dict[str, str], status: int
) -> None:
    c = await serve()
    assert await posted(c, text("#反馈 座椅太硬了，坐不住"), **changes) == status


@pytest.mark.parametrize("sealed", ["AAAA", "!", "A" * 64])
async def test_what_is_signed_but_badly_sealed_is_turned_away(serve: Serve, sealed: str) -> None:
    c = await serve()
    assert await posted_raw(c, {"encrypt": sealed}, sealed) == 400


async def test_bodies_that_are_none_are_turned_away_or_kept_for_the_doctor(serve: Serve) -> None:
    c = await serve()
    assert await posted_raw(c, {"x": 1}, "") == 400
    assert await posted_raw(c, [1], "") == 400
    assert await posted(c, "{not json") == 200
    assert await posted(c, {"msgid": "m9", "text": 5}) == 200
    await c.adapter.intake.idle()
    async with c.database.read() as uow:
        assert await uow.updates.count_quarantined() == 2


async def test_too_much_is_not_read_and_other_addresses_are_none(serve: Serve) -> None:
    c = await serve()
    async with httpx.AsyncClient(verify=False, trust_env=False) as client:
        assert (await client.post(c.wecom.callback_url, content=b"x" * 1_100_000)).status_code == 413
        assert (await client.get(c.wecom.callback_url.replace("/bot", "/app"))).status_code == 404
        assert (await client.get(c.wecom.callback_url)).status_code == 401


async def test_what_is_written_to_the_app_is_heard_and_answered_by_the_app(serve: Serve) -> None:
    c = await serve(app=True, app_callback=True)
    answer = await c.wecom.webside.writes_to_app(c.yu, "#反馈 座椅太硬了，坐不住")
    assert (answer.status, answer.text) == (200, "")
    shown = await c.wecom.sees(c.yu, "#1")
    assert shown.route == "app"


async def test_a_card_of_the_app_that_is_tapped_is_a_press(serve: Serve) -> None:
    c = await serve(app=True, app_callback=True)
    await c.wecom.webside.writes_to_app(c.yu, "早上我发现座椅太硬了，坐不住")
    card = await c.wecom.stage.until(lambda: next((s for s in c.wecom.seen(c.yu) if s.card), None), "no card")
    await c.wecom.clicks(c.yu, card, card.labels[0])
    await c.wecom.sees(c.yu, "#1")


@pytest.mark.parametrize("body", [b"", b"<xml>", b"<xml><Encrypt>AAAA</Encrypt></xml>", b"\xff\xfe"])
async def test_xml_that_is_none_is_turned_away(serve: Serve, body: bytes) -> None:
    c = await serve(app=True, app_callback=True)
    for sealed in ("AAAA", ""):
        now = str(int(time.time()))
        query = {
            "timestamp": now,
            "nonce": "n",
            "msg_signature": theirs.sign(c.wecom.app_token, now, "n", sealed),
        }
        async with httpx.AsyncClient(verify=False, trust_env=False) as client:
            answer = await client.post(c.wecom.app_callback_url, params=query, content=body)
        assert answer.status_code in (400, 401)


@pytest.mark.node
async def test_the_platforms_own_cipher_posts_and_reads_our_reply(node: Path, serve: Serve) -> None:
    c = await serve()
    welcome = {"msgid": "e1", "chattype": "single", "from": {"userid": "ZhangSan"}, "msgtype": "event"}
    welcome |= {"event": {"eventtype": "enter_chat"}}
    arguments = (c.wecom.callback_url, c.wecom.callback_token, c.wecom.aes_key, json.dumps(welcome))
    async with running(node, "post.cjs", *arguments) as process, asyncio.timeout(PATIENCE_SECONDS):
        assert process.process.stdout is not None
        said = json.loads(await process.process.stdout.readline())
    assert (said["status"], said["good"]) == (200, True)
    assert json.loads(said["message"])["msgtype"] == "text"
