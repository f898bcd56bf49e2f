"""Likeness: the five nearest among 100,000 feedback, and indexing one more, on both databases."""

from __future__ import annotations

import statistics
import time
from typing import Any

from benchmarks.databases import DATABASES
from benchmarks.writer import Writer
from storage.db import Database
from storage.meanings import Sense
from storage.nearness import nearest
from storage.records import ChatKind, ChatState, FeedbackClass, Platform, Status
from storage.text.meaning import SIZE, Codes, is_installed
from storage.uow import UnitOfWork
from tests.fakes import at

SIZES = (1_000, 100_000)
ASKED, INSERTED = 300, 300
CLOSED_ONE_IN = 2
THINGS, TROUBLES = 190, 60
"""Notions of the thesaurus."""

LENGTHS = (6, 40)
"""Words of a text, with repeats. Source: Chinese texts of 8 to 80 characters cut by jieba."""

_NOW = at("2026-10-12 02:00")
_CHUNK = 1_000


class Speaker(Writer):
    """Writes texts with the notions that such a text has."""

    def words(self) -> list[str]:
        """Write a text: of the shipped notions, too, some are said far more often than others."""
        things = [f"≈{int(THINGS * self.random.random() ** 2)}" for _ in range(self.random.randint(0, 3))]
        troubles = [f"~{int(TROUBLES * self.random.random() ** 2)}" for _ in range(self.random.randint(0, 2))]
        pairs = [thing + trouble for thing in things for trouble in troubles]
        return [*super().words(), *things, *troubles, *pairs]


async def run() -> dict[str, Any]:
    """Measure each database at each size."""
    result: dict[str, Any] = {}
    for name, opened in DATABASES.items():
        for size in SIZES:
            async with opened() as database:
                result[f"{name} {size}"] = await _measure(database, size)
    return result


async def _measure(database: Database, size: int) -> dict[str, float]:
    writer = Speaker(*LENGTHS)
    began = time.perf_counter()
    async with database.begin() as uow:
        place = await _place(uow)
    for start in range(0, size, _CHUNK):
        async with database.begin() as uow:
            numbers = [await _capture(uow, place, start + n) for n in range(_CHUNK)]
            await uow.likeness.put_all({number: writer.words() for number in numbers})
            if is_installed():
                await uow.meanings.put_all({number: writer.random.randbytes(SIZE) for number in numbers})
    built = time.perf_counter() - began
    if database.path is None:
        async with database.begin() as uow:
            await uow.connection.exec_driver_sql("ANALYZE")
    asked = []
    async with database.read() as uow:
        for text in [writer.words() for _ in range(ASKED)]:
            began = time.perf_counter()
            await uow.likeness.nearest(text)
            asked.append((time.perf_counter() - began) * 1000)
    put = []
    async with database.begin() as uow:
        for number in [await _capture(uow, place, size + n) for n in range(INSERTED)]:
            text = writer.words()
            began = time.perf_counter()
            await uow.likeness.put(number, text)
            put.append((time.perf_counter() - began) * 1000)
    by_meaning, read, put_meaning = (
        await _measure_meaning(database, writer) if is_installed() else ([], 0, [])
    )
    return {
        "both_ms_p50": statistics.median(by_meaning) if by_meaning else 0.0,
        "both_ms_p95": statistics.quantiles(by_meaning, n=20)[-1] if by_meaning else 0.0,
        "index_read_ms": read,
        "put_vector_ms_p50": statistics.median(put_meaning) if put_meaning else 0.0,
        "built_s": built,
        "nearest_ms_p50": statistics.median(asked),
        "nearest_ms_p95": statistics.quantiles(asked, n=20)[-1],
        "put_ms_p50": statistics.median(put),
        "put_ms_p95": statistics.quantiles(put, n=20)[-1],
    }


async def _measure_meaning(database: Database, writer: Writer) -> tuple[list[float], float, list[float]]:
    """Measure the nearest by words and meaning, without the text's own vector; reading the index; one more vector."""
    codes, asked, put = Codes(), [], []
    began = time.perf_counter()
    is_all = False
    while not is_all:
        async with database.read() as uow:
            is_all = await uow.meanings.refresh(codes)
    read = (time.perf_counter() - began) * 1000
    async with database.read() as uow:
        for _ in range(ASKED):
            text, sense = writer.words(), Sense(writer.random.randbytes(SIZE), codes)
            began = time.perf_counter()
            await nearest(uow, text, sense)
            asked.append((time.perf_counter() - began) * 1000)
    async with database.begin() as uow:
        for number in range(1, INSERTED + 1):
            vector = writer.random.randbytes(SIZE)
            began = time.perf_counter()
            await uow.meanings.put_all({number: vector})
            put.append((time.perf_counter() - began) * 1000)
    return asked, read, put


async def _place(uow: UnitOfWork) -> tuple[int, int]:
    """Store the group and the member who says it all; return their ids."""
    chat = await uow.chats.add(
        Platform.TELEGRAM, "-1", ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
        timezone="Asia/Shanghai",
    )  # fmt: skip
    met = await uow.members.meet(Platform.TELEGRAM, [("501", "张哥", "")], _NOW)
    return chat.id, met["501"].id


async def _capture(uow: UnitOfWork, place: tuple[int, int], number: int) -> int:
    """Store one feedback, every other one closed; return its number."""
    chat, member = place
    found = await uow.feedback.add(
        chat_id=chat, contributor_id=member, captured_by_id=member, message_id=str(number), text="", now=_NOW,
        feedback_class=FeedbackClass.SUGGESTION, review_due=_NOW,
    )  # fmt: skip
    assert found is not None
    if number % CLOSED_ONE_IN:
        await uow.feedback.amend(found.id, _NOW, status=str(Status.VERIFIED))
    return found.id


def lines(result: dict[str, Any]) -> list[str]:
    """Return the table of the result."""
    heads = (
        "nearest ms p50",
        "p95",
        "put ms p50",
        "p95",
        "both ms p50",
        "p95",
        "put vector",
        "index read",
        "built s",
    )
    widths = (15, 8, 11, 8, 12, 8, 11, 11, 8)
    titles = " ".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    rows = [f"{'database, feedback':<20} {titles}"]
    rows += [
        f"{name:<20} {r['nearest_ms_p50']:>15.2f} {r['nearest_ms_p95']:>8.2f} {r['put_ms_p50']:>11.2f}"
        f" {r['put_ms_p95']:>8.2f} {r['both_ms_p50']:>12.2f} {r['both_ms_p95']:>8.2f}"
        f" {r['put_vector_ms_p50']:>11.2f} {r['index_read_ms']:>11.0f} {r['built_s']:>8.1f}"
        for name, r in result.items()
    ]
    return rows
