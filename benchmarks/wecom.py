"""WeCom: posts and private messages within its rates, and a burst of callbacks with a welcome in the middle."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.adapters.wecom.adapter import WecomAdapter
from bot.adapters.wecom.settings import BotSettings, LaneSettings, WecomSettings
from bot.core import Core, CoreSettings
from handlers.base import Settings
from locales.catalog import Catalog
from rituals.base import Settings as RitualsSettings
from storage.db import Database
from storage.messages import Message
from storage.migrations import migrate
from storage.records import ChatKind, ChatState, Platform
from storage.text.triage import Triage
from tests.wecom import Remote

GROUPS, POSTS = 20, 45
PEOPLE, LETTERS = 20, 10
PER_MINUTE = 30  # Source: document 101463
MINUTE_SECONDS = 60.0  # the fake's and ours alike; shorter ones make what a commit costs look larger
MINIMUM_SECONDS = MINUTE_SECONDS * ((POSTS - 1) // PER_MINUTE)
ACK_SECONDS = 0.01
BURST = 2000
_PATIENCE_SECONDS = 120.0


async def run() -> dict[str, Any]:
    """Measure delivery and the burst."""
    return {"delivery": await _delivery(), "burst": await _burst()}


def lines(found: dict[str, Any]) -> list[str]:
    """Return the table."""
    sent, burst = found["delivery"], found["burst"]
    first = (
        f"{sent['messages']} messages to {GROUPS} groups and {PEOPLE} people: {sent['seconds']:.1f} s, "
        f"{sent['efficiency']:.3f} of the minimum, {sent['refusals']} x 45009, {sent['lost']} lost, "
        f"{sent['chats_out_of_order']} chats out of order"
    )
    then = (
        f"{burst['callbacks']} callbacks at once: {burst['lost']} lost, {burst['repeated']} counted twice, "
        f"{burst['seconds']:.1f} s; a welcome meanwhile after {burst['welcome_s']:.2f} s"
    )
    return [first, then]


async def _delivery() -> dict[str, Any]:
    async with _running() as (remote, core, database, _):
        now = datetime.now(UTC)
        async with database.begin() as uow:
            chats = [(f"wr{n}", ChatKind.GROUP, POSTS) for n in range(GROUPS)]
            chats += [(f"u{n}", ChatKind.PRIVATE, LETTERS) for n in range(PEOPLE)]
            for part in range(POSTS):
                for chat, kind, count in chats:
                    if part < count:
                        stored = await _chat(uow, chat, kind)
                        key = f"{chat}:{part}"
                        await uow.outbox.put(stored.id, Message(text=(f"{part}",)), key=key, now=now)
        total = GROUPS * POSTS + PEOPLE * LETTERS
        core.relay.wake()
        shown = await _shown(remote, total)
        times = [each["at"] for each in shown]
        stats = await remote.do("stats")
    heard: dict[str, list[int]] = {}
    for each in shown:
        heard.setdefault(each["chat"], []).append(int(each["text"]))
    seconds = max(times) - min(times)
    return {
        "messages": len(shown), "seconds": seconds, "minimum_seconds": MINIMUM_SECONDS,
        "efficiency": MINIMUM_SECONDS / seconds, "refusals": sum(stats["refused"].values()), "lost": total - len(shown),
        "chats_out_of_order": sum(said != sorted(said) for said in heard.values()),
    }  # fmt: skip


async def _burst() -> dict[str, Any]:
    async with _running() as (remote, _, database, adapter):
        async with database.begin() as uow:
            await _chat(uow, "wr0", ChatKind.GROUP)
        begun = time.monotonic()
        await remote.do("bursts", "u0", "wr0", BURST)
        asked = time.monotonic()
        await remote.do("opens", "u1")
        while not any(each["route"] == "welcome" for each in await remote.do("look")):
            await asyncio.sleep(0.005)
        welcome = time.monotonic() - asked
        await adapter.intake.idle()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while await _count(database, "SELECT count(*) FROM updates") < BURST:
                await asyncio.sleep(0.02)
        seconds = time.monotonic() - begun
        counted = await _count(database, "SELECT sum(messages) FROM activity")
        return {
            "callbacks": BURST, "seconds": seconds, "welcome_s": welcome, "repeated": max(0, counted - BURST),
            "lost": BURST - await _count(database, "SELECT count(*) FROM updates"),
        }  # fmt: skip


async def _shown(remote: Remote, total: int) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while len(shown) < total:
            await asyncio.sleep(0.5)
            shown += await remote.do("look", len(shown))
    return shown


async def _count(database: Database, statement: str) -> int:
    async with database.read() as uow:
        return int((await uow.connection.exec_driver_sql(statement)).scalar() or 0)


async def _chat(uow: Any, chat: str, kind: ChatKind) -> Any:
    return await uow.chats.add(
        Platform.WECOM,
        chat,
        kind,
        title=chat,
        state=ChatState.SERVED,
        language="zh_CN",
        timezone="Asia/Shanghai",
    )


@asynccontextmanager
async def _running() -> AsyncIterator[tuple[Remote, Core, Database, WecomAdapter]]:
    """Start the fake as a process, with everybody known to it, and the bot before it."""
    command = [
        sys.executable,
        "-m",
        "tests.wecom",
        "--minute",
        str(MINUTE_SECONDS),
        "--ack",
        str(ACK_SECONDS),
    ]
    fake = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert fake.stdout is not None
    url, ws_url = (await fake.stdout.readline()).decode().split()
    remote = Remote(url)
    for number in range(GROUPS):
        await remote.do("group", f"wr{number}", spoken=True)
    for number in range(PEOPLE):
        await remote.do("person", f"u{number}", spoken=True)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        await migrate(database)
        adapter, core = await _bot(database, url, ws_url, Path(folder))
        try:
            yield remote, core, database, adapter
        finally:
            await adapter.stop()
            await core.relay.stop()
            await core.drawing.close()
            await database.close()
            await remote.close()
            fake.terminate()
            await fake.wait()


async def _bot(database: Database, url: str, ws_url: str, folder: Path) -> tuple[WecomAdapter, Core]:
    limits = LaneSettings(minute=timedelta(seconds=MINUTE_SECONDS))
    settings = WecomSettings(
        bot=BotSettings("BOT", secret="SECRET", ws_url=ws_url), webhook_base_url=url, data_dir=folder, limits=limits,
        names={f"u{number}": f"成员{number}" for number in range(PEOPLE)},
    )  # fmt: skip

    def now() -> datetime:
        return datetime.now(UTC)

    adapter = WecomAdapter(settings, database, Catalog(), key=b"k" * 32, now=now)
    who = ("车友会", "zh_CN", "Asia/Shanghai")
    core_settings = CoreSettings(Settings(*who, {"反馈": ""}, frozenset({"早"})), RitualsSettings(*who))
    core = Core(
        database, [adapter], core_settings, triage=await asyncio.to_thread(Triage.load), owner="bench", now=now,
        count=lambda *_, **__: None,
    )  # fmt: skip
    await core.relay.start()
    await adapter.start(core.dispatcher)
    assert adapter.connection is not None
    await adapter.connection.opened(10)
    return adapter, core
