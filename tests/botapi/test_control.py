"""The fake as a process of its own: started, spoken to by a bot, driven by a test elsewhere, and ended."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import telegram
from telegram.error import Forbidden, RetryAfter

from tests.botapi import Remote


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A running process of the fake."""

    remote: Remote
    bot: telegram.Bot


@pytest.fixture
async def elsewhere(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Elsewhere]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    command = ("-m", "tests.botapi", "--latency", "0.001", "--allowed-updates", "message", "message_reaction")
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url, token = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().split()
    remote = Remote(url)
    async with telegram.Bot(token, base_url=f"{url}/bot") as bot:
        yield Elsewhere(remote, bot)
    await remote.close()
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.mark.process
async def test_another_process_speaks_looks_and_breaks_things(elsewhere: Elsewhere) -> None:
    remote, bot = elsewhere.remote, elsewhere.bot
    await remote.do("person", "张哥", id=42, started=True)
    await remote.do("group", "车主群", 42, id=-100123)
    said = await remote.do("says", 42, "早", -100123)
    await remote.do("reacts", 42, said, "👍")
    raw = {
        "message": {"message_id": 9, "date": 1, "chat": {"id": -100123, "type": "supergroup"}, "text": "生"}
    }
    assert await remote.do("queue", [raw, {**raw, "update_id": 800_000_000}]) == 2

    updates = await bot.get_updates()
    assert [update.update_id for update in updates][-1] == 800_000_000
    assert len(updates) == 4
    assert updates[0].message is not None
    await bot.send_message(-100123, "早安", reply_parameters=telegram.ReplyParameters(said["message_id"]))
    assert (await remote.do("heard", -100123))[0]["text"] == "早安"

    await remote.do("fails", "sendMessage", "blocked", chat=42)
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(42, "在吗")
    await remote.do("fails", "sendMessage", "drop", {"accepted": True}, chat=42)
    with pytest.raises(telegram.error.NetworkError):
        await bot.send_message(42, "在吗")
    await remote.do("limits", private=[1, 60])
    await bot.send_message(42, "在吗")
    with pytest.raises(RetryAfter):
        await bot.send_message(42, "在吗")

    stats = await remote.do("stats")
    assert stats["done"]["sendMessage"] == 2
    assert stats["refused"] == {"sendMessage": 1}
    assert (stats["waiting"], stats["violations"]) == (4, [])
    calls = await remote.do("calls", method="sendMessage")
    assert [call["code"] for call in calls] == [200, 403, None, 200, 429]
    assert calls[0]["at"] < calls[-1]["at"]


@pytest.mark.process
async def test_a_control_that_cannot_be_done_says_why(elsewhere: Elsewhere) -> None:
    with pytest.raises(AssertionError, match="no such control"):
        await elsewhere.remote.do("explode")
    with pytest.raises(AssertionError, match="KeyError"):
        await elsewhere.remote.do("says", 1, "谁？")
