"""Killed: SIGKILL at random moments under backlog, restarts, then every message counted and answered once."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.messages import group_messages
from benchmarks.processes import GROUP, bot_api, configure, start

COUNT = 10_000
ONE_IN = 50
RUNS = 3
KILLS = 3


async def run() -> dict[str, Any]:
    """Kill in several runs; add up what was lost or doubled."""
    totals: Counter[str] = Counter()
    for seed in range(RUNS):
        totals.update(await _once(random.Random(seed)))
    return dict(totals)


async def _once(rng: random.Random) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with bot_api("--allowed-updates", "message") as server:
            command = configure(home, server)
            await server.remote.do("group", "车主群", id=GROUP)
            await server.remote.do("queue", group_messages(COUNT, ONE_IN))
            kills = 0
            for _ in range(KILLS):
                bot = await start(*command, log=home / "log")
                await server.until("confirmed", (await server.stats())["confirmed"] + 1)
                await asyncio.sleep(rng.uniform(0.0, 0.25))
                kills += (await server.stats())["waiting"] > 0
                await bot.kill()
            bot = await start(*command, log=home / "log")
            await server.until("confirmed", COUNT)
            async with asyncio.timeout(60):
                while await _reacted(server) < COUNT // ONE_IN:
                    await asyncio.sleep(0.2)
            await asyncio.sleep(1)
            await bot.stop()
            sent = Counter(call["params"]["reply_parameters"] for call in await server.calls("sendMessage"))
            reactions = Counter(
                call["params"]["message_id"] for call in await server.calls("setMessageReaction")
            )
        with sqlite3.connect(home / "data/huixiang.db") as database:
            counted = database.execute("SELECT coalesce(sum(messages), 0) FROM activity").fetchone()[0]
            stored = database.execute("SELECT count(*), count(DISTINCT message_id) FROM feedback").fetchone()
    return {
        "kills_under_backlog": kills,
        "messages": COUNT,
        "messages_lost": max(0, COUNT - counted),
        "messages_counted_twice": max(0, counted - COUNT),
        "feedback_lost": COUNT // ONE_IN - stored[1],
        "feedback_doubled": stored[0] - stored[1],
        "answers_doubled": sum(n - 1 for n in sent.values()),
        "reactions_set_again": sum(n - 1 for n in reactions.values()),
    }


async def _reacted(server: Any) -> int:
    """Count the messages with our reaction."""
    return len({call["params"]["message_id"] for call in await server.calls("setMessageReaction")})


def lines(result: dict[str, Any]) -> list[str]:
    """Return the table of the result."""
    return [f"{name.replace('_', ' '):<24} {value:>8}" for name, value in result.items()]
