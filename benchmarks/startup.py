"""Start: from the process's start to its first getUpdates, and its memory when idle."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.processes import bot_api, configure, start

ROUNDS = 5


async def run() -> dict[str, Any]:
    """Start on a new database once, then again and again on it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        first, memory = await _start(home)
        again = [await _start(home) for _ in range(ROUNDS)]
    return {
        "first_start_s": first,
        "start_s": statistics.median(seconds for seconds, _ in again),
        "start_s_best": min(seconds for seconds, _ in again),
        "memory_mib_idle": statistics.median([memory, *(mib for _, mib in again)]),
    }


async def _start(home: Path) -> tuple[float, float]:
    async with bot_api() as server:
        bot = await start(*configure(home, server), log=home / "log")
        stats = await server.until("polls", 1)
        await asyncio.sleep(3)
        memory = bot.memory
        await bot.stop()
        return stats["first_poll_at"] - bot.started_at, memory


def lines(result: dict[str, Any]) -> list[str]:
    """Return the table of the result."""
    start = f"{result['start_s']:.2f} s (best {result['start_s_best']:.2f} s"
    return [
        f"to the first getUpdates: {start}; on a new database {result['first_start_s']:.2f} s)",
        f"memory when idle: {result['memory_mib_idle']:.0f} MiB",
    ]
