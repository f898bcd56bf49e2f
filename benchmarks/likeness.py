"""Likeness: the five nearest among 100,000 feedback, the text's own vector too, and one more, on both databases."""

from __future__ import annotations

import json
import random
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.databases import DATABASES
from benchmarks.things import REPORTS
from benchmarks.writer import Writer
from bot.late_meaning import LateMeaning
from storage.db import Database
from storage.meanings import Sense, arrived
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

LETTERS = (10, 80)
"""Characters of a text whose vector is reckoned."""

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
    meant = await _measure_meaning(database, writer) if is_installed() else _Meant()
    return {
        **_spread("vector", meant.vector),
        **_spread("beside", meant.beside),
        **_spread("both", meant.both),
        "index_read_ms": meant.read_ms,
        "put_vector_ms_p50": statistics.median(meant.put or [0.0]),
        "built_s": built,
        **_spread("nearest", asked),
        **_spread("put", put),
    }


def _spread(name: str, times: list[float]) -> dict[str, float]:
    """Return what half of some milliseconds are below, and what 95 in 100 are."""
    known = times or [0.0, 0.0]
    return {
        f"{name}_ms_p50": statistics.median(known),
        f"{name}_ms_p95": statistics.quantiles(known, n=20)[-1],
    }


@dataclass(slots=True)
class _Meant:
    """Milliseconds: a text's own vector alone, the nearest by both beside it, both together as the bot does it."""

    vector: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)
    put: list[float] = field(default_factory=list)
    read_ms: float = 0.0


def _texts() -> list[str]:
    """Return texts as members write them, mixed: of 10 to 80 characters."""
    rows = map(json.loads, REPORTS.read_text(encoding="utf-8").splitlines())
    texts = [text for row in rows for text in row["texts"] if LETTERS[0] <= len(text) <= LETTERS[1]]
    return random.Random(5).choices(texts, k=ASKED)


async def _measure_meaning(database: Database, writer: Writer) -> _Meant:
    """Measure the nearest by words and meaning; reading the index; one more vector."""
    codes, found = Codes(), _Meant()
    began = time.perf_counter()
    is_all = False
    while not is_all:
        async with database.read() as uow:
            is_all = await uow.meanings.refresh(codes)
    found.read_ms = (time.perf_counter() - began) * 1000
    meaning = LateMeaning()
    meaning.codes = codes
    meaning.vectors([_texts()[0]])  # loads the model
    async with database.read() as uow:
        for said in _texts():  # in turn, so that a slow minute is in all of them alike
            text, sense = writer.words(), Sense(writer.random.randbytes(SIZE), codes)
            began = time.perf_counter()
            await arrived(meaning.sense(said))
            found.vector.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            await nearest(uow, text, sense)
            found.beside.append((time.perf_counter() - began) * 1000)
            text = writer.words()
            began = time.perf_counter()
            await nearest(uow, text, meaning.sense(said))
            found.both.append((time.perf_counter() - began) * 1000)
    async with database.begin() as uow:
        for number in range(1, INSERTED + 1):
            vector = writer.random.randbytes(SIZE)
            began = time.perf_counter()
            await uow.meanings.put_all({number: vector})
            found.put.append((time.perf_counter() - began) * 1000)
    return found


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
    heads = {
        "words": ("nearest_ms_p50", "nearest_ms_p95"),
        "vector": ("vector_ms_p50", "vector_ms_p95"),
        "beside it": ("beside_ms_p50", "beside_ms_p95"),
        "both, all in": ("both_ms_p50", "both_ms_p95"),
        "put": ("put_ms_p50", "put_ms_p95"),
    }
    rows = [
        "five nearest in ms, p50/p95: by words; by both: the text's own vector, what is beside it, all together",
        f"{'database, feedback':<18}"
        + "".join(f"{head:>14}" for head in heads)
        + f"{'put vector':>12}{'index read':>12}{'built s':>9}",
    ]
    rows += [
        f"{name:<18}"
        + "".join(f"{r[half]:>7.1f} /{r[most]:>5.1f}" for half, most in heads.values())
        + f"{r['put_vector_ms_p50']:>12.2f}{r['index_read_ms']:>12.0f}{r['built_s']:>9.1f}"
        for name, r in result.items()
    ]
    return rows
