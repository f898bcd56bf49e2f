"""The fake, checked by the platform's own Node SDK: so our client and our fake are not merely wrong together."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.wecom import WeCom, refusals
from tests.wecom.conftest import Cast, running

pytestmark = pytest.mark.node


async def test_the_official_client_subscribes_pings_and_stays(node: Path, wecom: WeCom, cast: Cast) -> None:
    async with running(node, "client.cjs", wecom.ws_url) as client:
        await client.until("authenticated")
        await wecom.stage.until(
            lambda: sum(f.cmd == "ping" and f.code == 0 for f in wecom.socket.frames) >= 3, "three pings"
        )
    assert not wecom.socket.violations
    assert wecom.socket.subscribed == 1


async def test_the_official_client_reads_replies_and_pushes(node: Path, wecom: WeCom, cast: Cast) -> None:
    async with running(node, "client.cjs", wecom.ws_url) as client:
        await client.until("authenticated")
        await wecom.says(cast.zhang, "@小助手 #反馈 早安打卡太早了", cast.group)
        text = await client.until("text")
        assert (text["content"], text["chat"]) == ("@小助手 #反馈 早安打卡太早了", "wrGROUP")
        for name in ("reply", "stream", "push", "card", "picture"):
            assert (await client.until("ack", name=name))["code"] == 0, name
        refused = {
            "stream again": refusals.STREAM_EXPIRED, "stranger": refusals.BAD_CHAT, "group card": refusals.BAD_MSGTYPE,
        }  # fmt: skip
        for name, refusal in refused.items():
            assert (await client.until("ack", name=name))["code"] == refusal.code, name
    assert [s.text for s in wecom.seen(cast.group) if s.kind == "markdown"] == ["收到"]
    assert [s.kind for s in wecom.seen(cast.zhang)] == ["markdown", "template_card", "image"]


async def test_the_official_client_answers_what_must_be_fast(node: Path, wecom: WeCom, cast: Cast) -> None:
    async with running(node, "client.cjs", wecom.ws_url) as client:
        await client.until("authenticated")
        await wecom.opens(cast.zhang)
        assert (await client.until("ack", name="welcome"))["code"] == 0
        await wecom.says(cast.zhang, "在吗")
        card = await wecom.sees(cast.zhang, "早安打卡")
        await wecom.clicks(cast.zhang, card, "打卡")
        assert (await client.until("card"))["key"] == "checkin:1"
        assert (await client.until("ack", name="update"))["code"] == 0
    assert wecom.stage.updates[0][1]["main_title"]["title"] == "已打卡"


async def test_the_official_client_downloads_a_picture(node: Path, wecom: WeCom, cast: Cast) -> None:
    picture = os.urandom(1000)
    async with running(node, "client.cjs", wecom.ws_url) as client:
        await client.until("authenticated")
        await wecom.shows(cast.zhang, picture)
        assert (await client.until("image"))["hex"] == picture.hex()
        await wecom.says(cast.zhang, "@小助手 截图", cast.group, images=[picture])
        assert (await client.until("mixed"))["items"] == 2


@pytest.mark.parametrize("code", [1000, 1001, 1011, 0])
async def test_the_official_client_comes_back_after_a_close(
    node: Path, wecom: WeCom, cast: Cast, code: int
) -> None:
    async with running(node, "client.cjs", wecom.ws_url) as client:
        await client.until("authenticated")
        await wecom.socket.drop(code)
        await wecom.connected(times=2)


async def test_the_official_client_reads_a_raw_control_character(
    node: Path, wecom: WeCom, cast: Cast
) -> None:
    async with running(node, "client.cjs", wecom.ws_url) as client:
        await client.until("authenticated")
        await wecom.says(cast.zhang, "好\x00的", control="\x02")
        assert (await client.until("text"))["content"] == "好的"


async def test_a_second_official_client_kicks_the_first_which_stays_away(
    node: Path, wecom: WeCom, cast: Cast
) -> None:
    async with running(node, "client.cjs", wecom.ws_url) as first:
        await first.until("authenticated")
        async with running(node, "client.cjs", wecom.ws_url) as second:
            await second.until("authenticated")
            await first.until("disconnected")
            await wecom.says(cast.zhang, "谁在")
            await second.until("text", content="谁在")
    assert wecom.socket.subscribed == 2


async def test_the_official_client_is_refused_with_a_wrong_secret(node: Path, wecom: WeCom) -> None:
    async with running(node, "client.cjs", wecom.ws_url, "WRONG") as client:
        error = await client.until("error")
        assert str(refusals.BAD_BOT.code) in error["message"]
    await asyncio.sleep(0)
    assert wecom.socket.subscribed == 0
