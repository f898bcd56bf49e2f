"""WeCom beside Telegram in one process, and two processes with one bot id."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.botapi import BotApi
from tests.live import NOON, PATIENCE_SECONDS, zone_at
from tests.postgres import own_server
from tests.wecom.live import WecomStage, living

pytestmark = pytest.mark.process


async def test_a_voice_from_telegram_is_merged_and_resolved_in_wecom_and_echoed_in_telegram(
    tmp_path: Path,
) -> None:
    async with BotApi() as api:
        zhang, yu = api.person("张哥", started=True), api.person("小雨", started=True)
        group = api.group("车主群", zhang, yu)
        more = (
            f'[telegram]\napi_base_url = "{api.url}"\n[[chats]]\nplatform = "telegram"\nid = {group.id}\n'
            f'name = "车主群"\ntimezone = "{zone_at(NOON)}"\nrituals = []\n'
        )
        async with living(tmp_path, more=more, env={"HUIXIANG_TELEGRAM_TOKEN": api.token}) as life:
            stage = WecomStage(life, life.crew())
            await life.start()
            await api.polled(seconds=PATIENCE_SECONDS)
            api.says(zhang, "#反馈 跨平台：按钮太小了，戴着手套按不准", group)
            number = await stage.number("跨平台：")
            await stage.says(stage.li, "/inbox", dm=True)
            assert f"#{number}" in await stage.hears(stage.li, "跨平台：")
            await stage.says(stage.zhang, "#反馈 同一处：按键太密，冬天戴手套老按错")
            other = await stage.number("同一处：")
            await stage.says(stage.li, f"/merge {number} {other}", dm=True)
            await stage.hears(stage.li, "现在有 2 条")
            await stage.says(stage.li, f"/resolve {other} 4.3 里按钮放大了一倍", dm=True)
            await stage.hears(stage.zhang, "4.3 里按钮放大了一倍")
            echo = await api.hears(zhang, "4.3 里按钮放大了一倍", seconds=PATIENCE_SECONDS)
            assert "小李" in echo.text
            api.presses(zhang, echo, "顺手多了")
            await stage.becomes(number, "verified")
            await stage.becomes(other, "resolved")  # each is asked about their own words
            await stage.hears(stage.li, "张哥")
        api.assert_clean()


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_the_second_process_with_one_bot_stands_by_and_takes_over(
    tmp_path: Path, database: str
) -> None:
    with own_server() if database == "postgres" else nullcontext() as server:
        await take_over(tmp_path, server.url if server is not None else "")


async def take_over(folder: Path, database_url: str) -> None:
    """Let two processes share a database, and kill the one that leads."""
    async with living(folder, database_url=database_url) as life:
        stage = WecomStage(life, life.crew())
        first = await life.start()
        second = life.bot()
        second.start()
        await life.until(
            lambda: second.log.exists() and "ready" in second.events(), "the second is not ready"
        )
        await stage.says(stage.zhang, "#反馈 第一个：按钮太小了，戴着手套按不准")
        await stage.hears(None, "收到 #1")
        assert life.wecom.socket.subscribed == 1
        first.kill()
        await life.wecom.connected(times=2, within_seconds=PATIENCE_SECONDS)
        await stage.says(stage.yu, "#反馈 第二个：座椅太硬了，坐久了腰疼")
        await stage.hears(None, "收到 #2")
        assert life.wecom.socket.subscribed == 2
