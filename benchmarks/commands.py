"""Commands: what each of staff takes among 1,000 and 100,000 feedback; a capture; telling 2,000 people."""

from __future__ import annotations

import itertools
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from benchmarks.community import FOLLOWERS, NOW, PLATFORM, Size, Spaced, settle
from benchmarks.databases import DATABASES
from bot.core import Core, CoreSettings
from bot.late_triage import LateTriage
from handlers import HANDLERS
from handlers.base import Settings
from rituals.base import Settings as RitualsSettings
from storage import tables
from storage.db import Database
from storage.departments import Department
from storage.records import OPEN, STAFF, Role
from tests.conftest import TAGS, WORDS
from tests.fakes import FakeAdapter, FakeClock
from tests.talk import LI, MIN, Person, Talk

SIZES = (Size(1_000, 50, 500), Size(100_000, 5_000, 50_000))
TIMES = 40
_NUMBER = re.compile(r"(?<=[ T])\d{1,3}(?= |$)")
_NOT_TIMED = frozenset(
    {"setup", "doctor", "whereami", "presence", "pause", "resume", "ritual", "staff", "fb", "poll"}
)
"""Commands that are about groups and schedules, or need a message to reply to; the size does not touch them."""


async def run() -> dict[str, Any]:
    """Measure each database at each size."""
    result: dict[str, Any] = {}
    for name, opened in DATABASES.items():
        for size in SIZES:
            async with opened() as database:
                result[f"{name} {size.feedback}"] = await _measure(database, size)
    return result


async def _measure(database: Database, size: Size) -> dict[str, Any]:
    began = time.perf_counter()
    writer = await settle(database, size)
    built = time.perf_counter() - began
    talk, failures = await _open(database)
    async with database.read() as uow:
        f = tables.feedback
        rows = await uow.connection.execute(
            sa.select(f.c.id).where(f.c.status.in_([str(status) for status in OPEN]), f.c.id > 1)
        )
        numbers = [row[0] for row in rows]
    writer.random.shuffle(numbers)
    fresh = itertools.cycle(numbers)

    def example(text: str) -> str:
        return _NUMBER.sub(lambda _: str(next(fresh)), text)

    commands: dict[str, dict[str, float]] = {}
    for name, who, say in _asked(example, writer.text, size):
        commands[name] = await _timed(talk, who, say, TIMES)
    captures = await _timed(talk, None, lambda: f"#反馈 {writer.text()}", 200)
    started = time.perf_counter()
    await _hand_in(talk, LI, "/resolve 1 新版本里改好了")
    told = (time.perf_counter() - started) * 1000
    async with database.read() as uow:
        d = tables.deliveries
        count = await uow.connection.scalar(
            sa.select(sa.func.count()).where(d.c.subject == "feedback:1", d.c.state == "pending")
        )
    assert count > min(FOLLOWERS, size.members), f"only {count} are told"
    assert not failures, f"{len(failures)} handlers failed"
    return {
        "built_s": built, "commands": commands, "capture_ms_p50": captures["p50"],
        "capture_ms_p95": captures["p95"], "told": count, "tell_all_ms": told,
    }  # fmt: skip


async def _open(database: Database) -> tuple[Talk, list[object]]:
    """Start the core over what was settled."""
    failures: list[object] = []

    def count(name: str, *labels: object, **_: object) -> None:
        if name == "handler_failures":
            failures.append(labels)

    departments = (Department("product", "产品部"),)
    settings = Settings("车友会", "zh_CN", "Asia/Shanghai", TAGS, WORDS, departments=departments)
    rituals = RitualsSettings("车友会", "zh_CN", "Asia/Shanghai", departments=departments)
    clock, adapter = FakeClock(NOW), FakeAdapter()
    triage = LateTriage()
    triage.load()
    core = Core(
        database, [adapter], CoreSettings(settings, rituals), triage=triage, owner="bench", now=clock.now,
        count=count, words=Spaced(),
    )  # fmt: skip
    async with database.read() as uow:
        await core.plans.reload(uow)
    return Talk(database, adapter, core, clock), failures


def _asked(
    example: Callable[[str], str], text: Callable[[], str], size: Size
) -> list[tuple[str, Person, Callable[[], str]]]:
    """List what staff type: every command by its own example, and some with the forms that search."""
    topics = itertools.cycle(range(2, size.topics + 1))
    asked: list[tuple[str, Person, Callable[[], str]]] = [
        ("/inbox words", LI, lambda: f"/inbox {text().split()[0]}"),
        ("/similar words", LI, lambda: f"/similar {text()}"),
        ("/show T", LI, lambda: f"/show T{next(topics)}"),
    ]
    for handler in HANDLERS:
        if not handler.EXAMPLE or not handler.ROLES <= STAFF or handler.NAME in _NOT_TIMED:
            continue
        who = LI if Role.KOS in handler.ROLES else MIN
        command = handler.EXAMPLE

        def say(command: str = command) -> str:
            return (
                example(command)
                .replace("@小雨", f"@driver{next(topics) + 10}")
                .replace("T7", f"T{next(topics)}")
            )

        asked.append((command.split()[0], who, say))
    return asked


async def _timed(talk: Talk, who: Person | None, say: Callable[[], str], times: int) -> dict[str, float]:
    """Let somebody, or each time somebody else, say something; return how long that takes."""
    took = []
    for number in range(times + 3):
        speaker = who or Person(f"m{number + 10}", f"车友{number + 10}", f"driver{number + 10}")
        took.append(await _hand_in(talk, speaker, say(), dm=who is not None))
    found = took[3:]  # what is built once, by the first of its kind, is no pace
    return {"p50": statistics.median(found), "p95": statistics.quantiles(found, n=20)[-1]}


async def _hand_in(talk: Talk, who: Person, text: str, *, dm: bool = True) -> float:
    """Let the dispatcher take one message; return the milliseconds until it is committed."""
    taken = talk.taken(talk.message(who, text, dm=dm))
    began = time.perf_counter()
    await talk.dispatcher(PLATFORM, [taken])
    return (time.perf_counter() - began) * 1000


def lines(result: dict[str, Any]) -> list[str]:
    """Return the table of the result: p95 of each command, and how it grows."""
    names = list(result)
    commands = list(result[names[0]]["commands"])
    rows = [f"{'p95 in ms (committed)':<22}" + "".join(f"{name:>18}" for name in names)]
    rows += [
        f"{command:<22}" + "".join(f"{result[name]['commands'][command]['p95']:>18.1f}" for name in names)
        for command in commands
    ]
    for label, key in (
        ("capture p50", "capture_ms_p50"),
        ("capture p95", "capture_ms_p95"),
        ("telling 2,000", "tell_all_ms"),
    ):
        rows.append(f"{label:<22}" + "".join(f"{result[name][key]:>18.1f}" for name in names))
    return rows
