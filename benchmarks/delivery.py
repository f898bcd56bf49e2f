"""Delivery: against a server that enforces strict sliding windows, how near the theoretical minimum we come."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.processes import GROUP, bot_api, configure, start
from storage.db import Database
from storage.messages import Message
from storage.migrations import migrate
from storage.records import ChatKind, ChatState, Platform

CHATS = 300
MINIMUM_SECONDS = 19.0  # 600 messages at 30 in any second: twenty bursts, the last one 19 s after the first
LATENCY = "0.03"


async def run() -> dict[str, Any]:
    """Measure the fan-out and the mixed case."""
    return {"fan_out": await _fan_out(), "mixed": await _mixed()}


async def _fan_out() -> dict[str, Any]:
    plan = [(700_000_000 + n, part) for part in range(2) for n in range(CHATS)]
    calls, stats = await _deliver(plan)
    first, last = calls[0]["at"], calls[-1]["at"]
    return {
        "messages": len(calls),
        "seconds": last - first,
        "efficiency": MINIMUM_SECONDS / (last - first),
        "refusals": sum(stats["refused"].values())
        if isinstance(stats["refused"], dict)
        else stats["refused"],
        "lost": len(plan) - len(calls),
        "chats_out_of_order": _out_of_order(calls),
    }


async def _mixed() -> dict[str, Any]:
    plan = [(GROUP, part) for part in range(25)] + [(700_000_000 + n, 0) for n in range(CHATS)]
    calls, stats = await _deliver(plan)
    private = [call["at"] for call in calls if call["params"]["chat_id"] != GROUP]
    return {
        "private_done_s": max(private) - calls[0]["at"],
        "all_done_s": calls[-1]["at"] - calls[0]["at"],
        "refusals": sum(stats["refused"].values())
        if isinstance(stats["refused"], dict)
        else stats["refused"],
        "lost": len(plan) - len(calls),
        "chats_out_of_order": _out_of_order(calls),
    }


async def _deliver(plan: list[tuple[int, int]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Promise messages in a database, start the bot on it, and return the accepted calls in order."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with bot_api("--limits", "--latency", LATENCY) as server:
            command = configure(home, server)
            await server.remote.do("group", "车主群", id=GROUP)
            for chat in sorted({chat for chat, _ in plan if chat != GROUP}):
                await server.remote.do("person", f"车友{chat}", id=chat, started=True)
            await _promise(f"sqlite:///{home}/data/huixiang.db", plan)
            bot = await start(*command, log=home / "log")
            async with asyncio.timeout(150):
                while (await server.stats())["done"].get("sendMessage", 0) < len(plan):
                    await asyncio.sleep(0.2)
            await bot.stop()
            calls = [call for call in await server.calls("sendMessage") if call["code"] == 200]
            return sorted(calls, key=lambda call: call["at"]), await server.stats()


async def _promise(url: str, plan: list[tuple[int, int]]) -> None:
    database = Database(url)
    await migrate(database)
    now = datetime.now(UTC)
    async with database.begin() as uow:
        for number, (chat, part) in enumerate(plan):
            kind = ChatKind.GROUP if chat < 0 else ChatKind.PRIVATE
            stored = await uow.chats.add(
                Platform.TELEGRAM, str(chat), kind, title="", state=ChatState.SERVED, language="zh_CN",
                timezone="Asia/Shanghai",
            )  # fmt: skip
            await uow.outbox.put(stored.id, Message(text=(f"第 {part} 条",)), key=str(number), now=now)
    await database.close()


def _out_of_order(calls: list[dict[str, Any]]) -> int:
    """Count the chats whose messages arrived in another order than they were promised."""
    parts: dict[int, list[int]] = {}
    for call in calls:
        parts.setdefault(call["params"]["chat_id"], []).append(int(call["params"]["text"].split()[1]))
    return sum(found != sorted(found) for found in parts.values())


def lines(result: dict[str, Any]) -> list[str]:
    """Return the table of the result."""
    fan_out, mixed = result["fan_out"], result["mixed"]
    first = f"{fan_out['seconds']:.1f} s, {fan_out['efficiency']:.3f} of the minimum, {_trouble(fan_out)}"
    then = f"{mixed['private_done_s']:.1f} s, all in {mixed['all_done_s']:.1f} s, {_trouble(mixed)}"
    return [f"600 to 300 chats: {first}", f"25 to one group, then 300 private: private done in {then}"]


def _trouble(found: dict[str, Any]) -> str:
    return f"{found['refusals']} refusals, {found['lost']} lost, {found['chats_out_of_order']} chats out of order"
