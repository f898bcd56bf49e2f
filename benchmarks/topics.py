"""Topics: what staff and members do with them among 100,000 feedback, and a resolve that tells 2,000 people."""

from __future__ import annotations

import gc
import itertools
import random
import time
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from benchmarks.databases import DATABASES
from bot.adapters.base import Taken
from bot.core import Core, CoreSettings
from handlers.addressed import read_call
from handlers.base import Settings
from handlers.events import Event, EventKind, Sender
from rituals.base import Settings as RitualsSettings
from storage import tables
from storage.db import Database
from storage.records import ChatKind, ChatState, FeedbackClass, Platform, Role, Status
from storage.resonances import Facet
from storage.staff import CONFIG, Grant
from storage.uow import UnitOfWork
from tests.conftest import FixedTriage
from tests.fakes import FakeAdapter, at

SIZES = (1_000, 100_000)
TOLD, VOICES = 2_000, 200
"""How many people hear of one resolve, and how many of them said it themselves."""

_NOW = at("2026-10-12 02:00")
_ROUNDS = 20
_CHUNK = 5_000
_GROUP, _KOS = "-1001", "601"
_PLATFORM = Platform.TELEGRAM


async def run() -> dict[str, Any]:
    """Measure each database at each size."""
    result: dict[str, Any] = {}
    for name, opened in DATABASES.items():
        for size in SIZES:
            async with opened() as database:
                result[f"{name} {size}"] = await _measure(database, size)
    return result


async def _measure(database: Database, size: int) -> dict[str, float]:
    big = await _fill(database, size)
    settings = Settings(
        community="c", language="zh_CN", timezone="Asia/Shanghai", tags={}, checkin_words=frozenset(),
        facets=(Facet("版本", "哪个版本？", ("4.1", "4.2", "4.3")),),
    )  # fmt: skip
    rituals = RitualsSettings("c", "zh_CN", "Asia/Shanghai")
    clock = itertools.count(1)
    core = Core(
        database, [FakeAdapter()], CoreSettings(settings, rituals), triage=FixedTriage(), owner="bench",
        now=lambda: _NOW, count=lambda *_, **__: None,
    )  # fmt: skip
    found: dict[str, float] = {}
    gc.collect()
    gc.freeze()  # as a bot does that has started

    async def says(name: str, texts: Iterable[str], who: str = _KOS, action: str = "") -> None:
        taken = []
        for text in texts:
            event = _event(f"b{next(clock)}", who, text, action)
            began = time.perf_counter()
            await core.dispatcher(_PLATFORM, [Taken(event.update_id, event)])
            taken.append((time.perf_counter() - began) * 1000)
        found[name] = _p95(taken)

    try:
        await says("/topic", ["/help"])  # what is loaded by the first words is no pace
        await says("/topic", ["/topic"] * _ROUNDS)
        await says("/topic T9", [f"/topic T{n}" for n in range(2, 2 + _ROUNDS)])
        await says(f"/topic of {VOICES} voices", [f"/topic T{big}"] * 5)
        await says("/merge", [f"/merge {size - 2 * n} {size - 2 * n - 1}" for n in range(_ROUNDS)])
        await says("/unmerge", [f"/unmerge {size - 2 * n}" for n in range(_ROUNDS)])
        await says("+1", [f"+1 T{n}" for n in range(2, 2 + _ROUNDS)], who="77")
        await says(f"+1 of {VOICES} voices", [f"+1 T{big}"], who="78")
        await says("/plan a topic", [f"/plan T{n} 12月1日" for n in range(2, 2 + _ROUNDS)])
        resolves = []
        for n in range(5):
            await says(f"resolve telling {TOLD}", [f"/resolve T{big} 改好了 {n}"])
            resolves.append(found[f"resolve telling {TOLD}"])
            await says("reopen", [f"/reopen T{big} 再看看"])
        found[f"resolve telling {TOLD}"] = _p95(resolves)
    finally:
        await core.drawing.close()
    return found


def _event(update_id: str, who: str, text: str, action: str) -> Event:
    call = read_call(text)
    return Event(
        update_id=update_id, kind=EventKind.PRESS if action else EventKind.MESSAGE, platform=_PLATFORM, chat=who,
        chat_kind=ChatKind.PRIVATE, sender=Sender(who, f"p{who}"), at=_NOW, message_id=update_id, text=text,
        word=call.word, rest=call.rest, is_command=call.is_command, action=action or None,
    )  # fmt: skip


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[min(int(len(taken) * 0.95), len(taken) - 1)]


async def _fill(database: Database, size: int) -> int:
    """Write members, feedback, topics of four voices, and one that many follow; return that one."""
    people = max(size // 2, TOLD + 10)
    async with database.begin() as uow:
        chat = await uow.chats.add(
            _PLATFORM, _GROUP, ChatKind.GROUP, title="g", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
        await uow.staff.declare([Grant(_PLATFORM, _KOS, CONFIG, Role.KOS, "小李")], _NOW)
        for start in range(0, people, _CHUNK):
            await uow.members.meet(
                _PLATFORM, [(f"1{n:07}", f"p{n}", "") for n in range(start, start + _CHUNK)], _NOW
            )
    draw = random.Random(7)
    statuses = [str(s) for s in (Status.RECEIVED, Status.IN_REVIEW, Status.PLANNED, Status.VERIFIED)]
    for start in range(0, size, _CHUNK):
        rows = [
            {
                "chat_id": chat.id, "contributor_id": draw.randint(2, people), "captured_by_id": 2,
                "text": f"第 {n} 条",
                "message_id": f"m{n}", "feedback_class": str(FeedbackClass.SUGGESTION), "review_due": _NOW,
                "status": "received" if n < size // 50 or n > size - 100 else draw.choice(statuses),
                "created_at": _NOW, "updated_at": _NOW, "topic_id": n // 4 + 1 if n < size // 5 else None,
            }
            for n in range(start, min(start + _CHUNK, size))
        ]  # fmt: skip
        async with database.begin() as uow:
            if start == 0:
                await _topics(uow, size // 20)
            await uow.connection.execute(sa.insert(tables.feedback), rows)
    return await _big_one(database)


async def _topics(uow: UnitOfWork, count: int) -> None:
    rows = [{"title": f"事{n}", "created_at": _NOW, "updated_at": _NOW} for n in range(count)]
    await uow.connection.execute(sa.insert(tables.topics), rows)


async def _big_one(database: Database) -> int:
    """Let many people say and follow one topic."""
    async with database.begin() as uow:
        topic = await uow.topics.add("大家都遇到", None, _NOW)
        free = sa.select(tables.feedback.c.id).where(tables.feedback.c.topic_id.is_(None)).limit(VOICES)
        ids = [row.id for row in await uow.connection.execute(free)]
        for n, number in enumerate(ids):
            values = {"topic_id": topic.id, "status": "received", "contributor_id": 3 + n}
            await uow.connection.execute(
                sa.update(tables.feedback).where(tables.feedback.c.id == number).values(**values)
            )
        rows = [
            {"feedback_id": ids[n % len(ids)], "member_id": 3 + n, "since": _NOW} for n in range(VOICES, TOLD)
        ]
        await uow.connection.execute(sa.insert(tables.followers), rows)
        if database.path is None:
            await uow.connection.exec_driver_sql("ANALYZE")
    return topic.id


def lines(result: dict[str, Any]) -> list[str]:
    """Return the table of the result."""
    names = list(next(iter(result.values())))
    head = f"{'p95 in ms':<28}" + "".join(f"{place:>18}" for place in result)
    return [
        head,
        *(f"{name:<28}" + "".join(f"{found[name]:>18.1f}" for found in result.values()) for name in names),
    ]
