"""Intake: CPU a thousand ordinary messages, updates a second with one feedback in fifty, beside a bare bot."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.messages import PEOPLE, everybody, group_messages, last_words
from benchmarks.processes import GROUP, Measured, Server, bot_api, configure, start

COUNT = 10_000
ONE_IN = 50
ROUNDS = 5


async def run() -> dict[str, Any]:
    """Measure both bots in turn, round by round; medians."""
    rounds: dict[str, list[dict[str, float]]] = {"huixiang": [], "bare_ptb": []}
    for _ in range(ROUNDS):
        for name, found in rounds.items():
            found.append(await _round(name))
    result: dict[str, Any] = {
        name: {key: statistics.median(r[key] for r in found) for key in found[0]}
        for name, found in rounds.items()
    }
    ours, bare = result["huixiang"], result["bare_ptb"]
    result["cpu_ratio"] = bare["cpu_s_per_1k_ordinary"] / ours["cpu_s_per_1k_ordinary"]
    result["throughput_ratio"] = ours["updates_per_s"] / bare["updates_per_s"]
    return result


async def _round(name: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with bot_api("--allowed-updates", "message") as server:
            command = configure(home, server)
            await server.remote.do("group", "车主群", id=GROUP)
            if name == "bare_ptb":
                command = ["-m", "benchmarks.bare_ptb", server.url, server.token, f"{home}/bare.db"]
            bot = await start(*command, log=home / "log")
            try:
                return await _measure(server, bot, home, name)
            finally:
                await bot.stop()


async def _measure(server: Server, bot: Measured, home: Path, name: str) -> dict[str, float]:
    await server.until("polls", 1)
    await asyncio.sleep(2)  # what is loaded after the first poll
    warm_up = [
        *everybody(),
        *last_words(PEOPLE + 1),
    ]  # what is built once, by the first of its kind, is no pace
    await server.remote.do("queue", warm_up)
    await server.until("confirmed", len(warm_up))
    if name == "huixiang":  # it welcomes each of them with a reaction, at Telegram's pace
        await _until(lambda: _count(server, "setMessageReaction"), len(warm_up))
    await asyncio.sleep(1)
    ordinary_cpu, _ = await _feed(server, bot, group_messages(COUNT, 0, len(warm_up) + 1))
    mixed_cpu, seconds = await _feed(server, bot, group_messages(COUNT, ONE_IN, len(warm_up) + COUNT + 1))
    expected = COUNT // ONE_IN + len(warm_up) - PEOPLE
    async with asyncio.timeout(30):
        while _stored(home, name) < expected:
            await asyncio.sleep(0.05)
    stored = _stored(home, name)
    assert stored == expected, f"{name} stored {stored} of {expected}"
    return {
        "cpu_s_per_1k_ordinary": ordinary_cpu / COUNT * 1000,
        "cpu_s_per_1k_mixed": mixed_cpu / COUNT * 1000,
        "updates_per_s": COUNT / seconds,
        "memory_mib_end": bot.memory,
    }


async def _feed(server: Server, bot: Measured, updates: list[dict[str, Any]]) -> tuple[float, float]:
    """Queue messages all at once; return the CPU and the seconds until all are confirmed."""
    before = (await server.stats())["confirmed"]
    cpu = bot.cpu
    await server.remote.do("queue", updates)
    began = time.monotonic()  # what it takes to queue them is ours, not the bot's
    seconds = (await server.until("confirmed", before + len(updates)))["confirmed_at"] - began
    return bot.cpu - cpu, seconds


async def _count(server: Server, method: str) -> int:
    """Count the calls of a method that were carried out."""
    done: int = (await server.stats())["done"].get(method, 0)
    return done


async def _until(count: Callable[[], Awaitable[int]], value: int) -> None:
    async with asyncio.timeout(60):
        while await count() < value:
            await asyncio.sleep(0.1)


def _stored(home: Path, name: str) -> int:
    path, table = (
        (home / "bare.db", "feedback") if name == "bare_ptb" else (home / "data/huixiang.db", "feedback")
    )
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        count: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return count


def lines(result: dict[str, Any]) -> list[str]:
    """Return the table of the result."""
    rows = [
        f"{'bot':<10} {'CPU s/1k ordinary':>18} {'CPU s/1k mixed':>15} {'updates/s':>10} {'MiB at end':>11}"
    ]
    for name in ("huixiang", "bare_ptb"):
        r = result[name]
        rows.append(
            f"{name:<10} {r['cpu_s_per_1k_ordinary']:>18.4f} {r['cpu_s_per_1k_mixed']:>15.4f}"
            f" {r['updates_per_s']:>10.0f} {r['memory_mib_end']:>11.1f}"
        )
    rows.append(
        f"{result['cpu_ratio']:.1f}x less CPU an ordinary message; {result['throughput_ratio']:.1f}x the updates/s"
    )
    return rows
