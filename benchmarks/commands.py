"""Commands: what each of staff takes among 1,000 to 100,000 feedback; a capture; telling 2,000 people."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.community import FOLLOWERS, NOW, PLATFORM, Size, Spaced, settle
from benchmarks.databases import DATABASES
from benchmarks.orders import SAID, commands_of_staff, look_around, shown
from bot.core import Core, CoreSettings
from bot.dispatcher import Dispatcher
from bot.late_triage import LateTriage
from handlers.admins import ADMINS
from handlers.base import Context, Settings
from rituals.base import Settings as RitualsSettings
from storage import tables
from storage.db import Database
from storage.departments import Department
from tests.conftest import TAGS, WORDS
from tests.fakes import FakeAdapter, FakeClock
from tests.talk import LI, MIN, Person, Said, Talk

SIZES = (Size(1_000, 50, 500), Size(10_000, 500, 5_000), Size(100_000, 5_000, 50_000))
COMMAND_AIM_MS, CAPTURE_AIM_MS, TELLING_AIM_MS = 50, 2, 300
_TIMES = 40
_CAPTURES = 200
_TELLINGS = 3
_FIRST = 3  # what is built once, by the first of its kind, is no pace
_MOST_REFUSED = 0.3
_HALFWAY = Path("benchmarks/results/commands-halfway.json")
"""What a run that was broken off had measured: the next one goes on from there."""


async def run() -> dict[str, Any]:
    """Measure each database at each size."""
    forgotten = commands_of_staff() - set(SAID)
    assert not forgotten, f"never measured: {', '.join(sorted(forgotten))}"
    result = _halfway()
    for name, opened in DATABASES.items():
        for size in SIZES:
            place = f"{name} {size.feedback}"
            if place in result:
                continue
            async with opened() as database:
                result[place] = await _measure(database, size)
            _keep(result)
    _keep({})
    return result


def _halfway() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_HALFWAY.read_text("utf-8")) if _HALFWAY.exists() else {}
    return found


def _keep(result: Mapping[str, Any]) -> None:
    """Keep what is measured for a run that goes on from there; nothing once all is."""
    if not result:
        _HALFWAY.unlink(missing_ok=True)
        return
    _HALFWAY.parent.mkdir(parents=True, exist_ok=True)
    _HALFWAY.write_text(json.dumps(result), "utf-8")


async def _measure(database: Database, size: Size) -> dict[str, Any]:
    began = time.perf_counter()
    writer = await settle(database, size)
    built = time.perf_counter() - began
    talk, dispatcher, failures = await _open(database)
    gc.freeze()  # as the bot does once it stands
    finds = await look_around(database, size, writer)
    admins = {handler.NAME for handler in ADMINS}
    commands: dict[str, dict[str, float]] = {}
    for name, lines in SAID.items():
        who = MIN if name in admins else LI
        for line in lines:
            dispatcher.refused.clear()
            commands[shown(line)] = await _timed(talk, who, lambda line=line: finds.fill(line), _TIMES)
            refused = len(dispatcher.refused)
            assert refused <= _TIMES * _MOST_REFUSED, f"{line}: {refused} × {set(dispatcher.refused)}"
    captures = await _timed(talk, None, lambda: f"#反馈 {writer.text()}", _CAPTURES)
    told, tellings = await _tell_all(database, talk)
    assert told >= min(FOLLOWERS, size.members), f"only {told} are told"
    assert not failures, f"{len(failures)} handlers failed"
    gc.unfreeze()
    return {
        "built_s": built, "commands": commands, "capture_ms_p50": captures["p50"],
        "capture_ms_p95": captures["p95"], "told": told, "tell_all_ms": max(tellings),
    }  # fmt: skip


class _Strict(Dispatcher):
    """A dispatcher that counts what it refuses: a refusal is no pace of a command."""

    refused: list[str]

    async def _say(self, ctx: Context | None, text_id: str, params: Mapping[str, object], **how: Any) -> None:
        self.refused.append(text_id)
        await super()._say(ctx, text_id, params, **how)


async def _open(database: Database) -> tuple[Talk, _Strict, list[object]]:
    """Start the core over what was settled."""
    failures: list[object] = []

    def count(name: str, *labels: object, **_: object) -> None:
        if name == "handler_failures":
            failures.append(labels)

    departments = (Department("product", "产品部"),)
    settings = Settings(
        "车友会", "zh_CN", "Asia/Shanghai", TAGS, WORDS, departments=departments, has_assistant=True
    )
    rituals = RitualsSettings("车友会", "zh_CN", "Asia/Shanghai", departments=departments)
    clock, adapter = FakeClock(NOW), FakeAdapter()
    triage = LateTriage()
    triage.load()
    core = Core(
        database, [adapter], CoreSettings(settings, rituals), triage=triage, owner="bench", now=clock.now,
        count=count, words=Spaced(),
    )  # fmt: skip
    dispatcher = core.dispatcher = _Strict(
        database, settings=settings, texts=core.texts, plans=core.plans, triage=triage, now=clock.now,
        capabilities={(adapter.platform, kind): can for kind, can in adapter.capabilities.items()},
        count=count, words=Spaced(),
    )  # fmt: skip
    dispatcher.refused = []
    async with database.read() as uow:
        await core.plans.reload(uow)
    gc.collect()
    gc.freeze()  # as a bot does that has started
    return Talk(database, adapter, core, clock), dispatcher, failures


async def _tell_all(database: Database, talk: Talk) -> tuple[int, list[float]]:
    """Resolve what many follow, several times; return how many are told each time, and the milliseconds."""
    took = []
    for again in range(_TELLINGS):
        if again:
            await _hand_in(talk, LI, "/reopen 1 再看看")
        took.append(await _hand_in(talk, LI, f"/resolve 1 新版本里改好了 {again}"))
    d = tables.deliveries
    async with database.read() as uow:
        last = await uow.connection.scalar(sa.select(sa.func.max(tables.changes.c.id)))
        told = await uow.connection.scalar(
            sa.select(sa.func.count()).where(d.c.key.startswith(f"feedback:1:change:{last}:"))
        )
    return told, took


async def _timed(talk: Talk, who: Person | None, say: Callable[[], str], times: int) -> dict[str, float]:
    """Let somebody, or each time somebody else, say something; return how long that takes."""
    took = []
    for number in range(times + _FIRST):
        speaker = who or Person(f"m{number + 10}", f"车友{number + 10}", f"driver{number + 10}")
        took.append(await _hand_in(talk, speaker, say(), dm=who is not None))
    found = took[_FIRST:]
    return {"p50": statistics.median(found), "p95": statistics.quantiles(found, n=20)[-1]}


async def _hand_in(talk: Talk, who: Person, text: str, *, dm: bool = True) -> float:
    """Let the dispatcher take one message; return the milliseconds until it is committed."""
    reply_to: Said | None = None
    if text == "/fb":  # staff reply with it to what a member said in the group
        dm, reply_to = (
            False,
            talk.message(Person("m11", "车友11", "driver11"), "右边的按钮太小了，戴手套按不准"),
        )
    taken = talk.taken(talk.message(who, text, dm=dm), reply_to=reply_to)
    began = time.perf_counter()
    await talk.core.dispatcher(PLATFORM, [taken])
    return (time.perf_counter() - began) * 1000


def lines(result: dict[str, Any]) -> list[str]:
    """Return the table of the result: p95 of each command as the community grows; `!` where it misses the aim."""
    places = list(result)
    rows = [f"{'p95 in ms (committed)':<44}" + "".join(f"{place:>17}" for place in places)]
    rows += [_row(line, [found["p95"] for found in of], COMMAND_AIM_MS) for line, of in _by_command(result)]
    for label, key, aim in (
        ("capture p50", "capture_ms_p50", CAPTURE_AIM_MS),
        ("capture p95", "capture_ms_p95", None),
        (f"telling {FOLLOWERS:,} (or all there are)", "tell_all_ms", TELLING_AIM_MS),
    ):
        rows.append(_row(label, [result[place][key] for place in places], aim))
    return rows


def _by_command(result: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, float]]]]:
    commands = next(iter(result.values()))["commands"]
    return [(line, [of["commands"][line] for of in result.values()]) for line in commands]


def _row(label: str, values: Sequence[float], aim: float | None) -> str:
    cells = (f"{value:>16.1f}{'!' if aim is not None and value > aim else ' '}" for value in values)
    return f"{label:<44}" + "".join(cells)
