"""The real bot as a process: what it announced before it was killed arrives after it is started again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.bot.adapters.webhook.receiver import receiving
from tests.live import PATIENCE_SECONDS
from tests.process import Bot, free_port

SECRET = "a-secret-of-the-tests"
CONFIG = """
[community]
data_dir = "{folder}/data"
[web]
port = {port}
[webchat]
enabled = true
[[webchat.people]]
id = "zhang"
name = "张哥"
[[staff]]
platform = "webchat"
id = "li"
role = "kos"
name = "小李"
[[chats]]
platform = "webchat"
id = "owners"
name = "车主群"
rituals = []
[[webhooks]]
url = "http://127.0.0.1:{hook}/hook?x=1"
events = ["feedback.received"]
allow_private = true
"""


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        await asyncio.sleep(0.05)


def is_up(port: int) -> bool:
    """Tell whether the bot serves."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    """Give the bot as a process, which ends with the test."""
    bot = Bot(tmp_path / "config.toml", {"HUIXIANG_WEBHOOK_SECRET": SECRET}, tmp_path / "log")
    yield bot
    if bot.process is not None:
        bot.kill()


@pytest.mark.process
async def test_what_was_announced_before_a_kill_arrives_once_after_it(bot: Bot, tmp_path: Path) -> None:
    port, hook = free_port(), free_port()
    config = CONFIG.format(folder=tmp_path.as_posix(), port=port, hook=hook)
    (tmp_path / "config.toml").write_text(config, "utf-8")
    bot.start()
    await until(lambda: is_up(port), "it is up")
    said = {"as": "zhang", "client_id": "k1", "chat": "owners", "text": "#反馈 按钮太小了"}
    async with httpx.AsyncClient(verify=False, trust_env=False) as page:
        answer = await page.post(f"http://127.0.0.1:{port}/webchat/api/say", json=said)
    assert answer.status_code == 200, answer.text
    await until(lambda: "delivery_retry" in bot.events(), "nobody takes it")
    bot.kill()
    with receiving(hook) as receiver:
        bot.start()
        await until(lambda: bool(receiver.taken), "it arrives")
        await bot.stop()
    told = [json.loads(taken.body) for taken in receiver.taken]
    assert [each["feedback"]["text"] for each in told] == ["#反馈 按钮太小了"]
    log = bot.log.read_text("utf-8")
    assert "按钮" not in log
    assert SECRET not in log
