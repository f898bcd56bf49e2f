"""What is too old, removed while others want to write: how long one batch keeps the writer.

`python -m benchmarks.retention [rows]` fills a SQLite file with so many deliveries, a third as many voices which they
are about, day counts and audit lines, all old, and removes them. **Units**: milliseconds a batch.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.migrations import migrate
from storage.records import ChatKind, ChatState, Platform
from storage.retention import Kept

THEN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = THEN + timedelta(days=500)
_A_TIME = 20_000


async def _insert(database: Database, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _A_TIME):
        async with database.begin() as uow:
            await uow.connection.execute(sa.insert(table), rows[start : start + _A_TIME])


async def _fill(database: Database, rows: int) -> None:
    async with database.begin() as uow:
        chat = await uow.chats.add(
            Platform.TELEGRAM,
            "-1",
            ChatKind.GROUP,
            title="群",
            state=ChatState.SERVED,
            language="zh_CN",
            timezone="UTC",
        )
        people = [(f"{n}", f"m{n}", "") for n in range(max(rows // 100, 10))]
        met = await uow.members.meet(Platform.TELEGRAM, people, THEN)
        await uow.updates.add_acquaintances([(chat.id, who.id) for who in met.values()], THEN)
    content = (
        '{"text":["张哥，您提的「按钮太小」，产品部在 4.3 里改好了，您更新看看是不是顺手多了？ —— 小李"]}'
    )
    ids = [who.id for who in met.values()]
    given = {
        "chat_id": chat.id, "line": f"{chat.id}", "kind": "post", "state": "sent", "content": content, "is_held": True,
        "is_unprompted": False, "due_at": THEN, "created_at": THEN, "sent_at": THEN,
    }  # fmt: skip
    voice = {
        "chat_id": chat.id, "text": "#反馈 按钮太小了", "feedback_class": "suggestion", "review_due": THEN,
        "created_at": THEN, "updated_at": THEN,
    }  # fmt: skip
    await _insert(database, tables.feedback, [
        {
            **voice, "id": n + 1, "contributor_id": ids[n % len(ids)], "captured_by_id": ids[n % len(ids)],
            "message_id": f"{n}", "status": "received" if n % 4 == 0 else "verified",
        }
        for n in range(rows // 3)
    ])  # fmt: skip
    await _insert(database, tables.deliveries, [
        {**given, "key": f"k{n}", "receipt": f"{n}", "member_id": ids[n % len(ids)], "subject": f"feedback:{n // 3}"}
        for n in range(rows)
    ])  # fmt: skip
    await _insert(database, tables.activity, [
        {"chat_id": chat.id, "member_id": who, "day": date(2026, 1, 1) + timedelta(days=n), "messages": 3}
        for who in ids for n in range(100)
    ])  # fmt: skip
    line = {
        "at": THEN,
        "action": "feedback.resolve",
        "subject": "feedback:1",
        "detail": "in_review -> resolved",
    }
    await _insert(database, tables.audit, [{**line, "by_id": ids[0]}] * rows)
    seen = [{"platform": "telegram", "update_id": f"{n}", "seen_at": THEN} for n in range(rows)]
    await _insert(database, tables.updates, seen)


async def _sweep(database: Database, kept: Kept) -> list[float]:
    took: list[float] = []
    cursor = None
    while True:
        began = time.perf_counter()
        async with database.begin() as uow:
            cursor = await uow.retention.sweep(kept, NOW - timedelta(days=1), cursor)
        took.append((time.perf_counter() - began) * 1000)
        if cursor is None:
            return took


async def measure(rows: int) -> None:
    """Print how long batches of each kind take."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'huixiang.db'}")
        await migrate(database)
        await _fill(database, rows)
        for kept in (Kept.DELIVERIES, Kept.ACTIVITY, Kept.AUDIT, Kept.UPDATES):
            took = await _sweep(database, kept)
            p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
            batches = f"{kept:12} {len(took):6} batches"
            times = f"median {statistics.median(took):5.1f}  p95 {p95:5.1f}  most {max(took):5.1f} ms"
            print(batches, times)
        await database.close()


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
