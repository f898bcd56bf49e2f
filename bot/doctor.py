"""How things stand: asks the platforms, the database and the machine. Called by `huixiang doctor`.

Each answer is a Finding: well, not well with what to do, or not to be told from here.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.adapters.base import Adapter, Finding
from bot.config import Config
from bot.plans import Plans
from storage.db import Database
from storage.errors import StorageBusyError
from storage.migrations import HEAD, revision
from storage.records import ChatKind, ChatState, Platform
from storage.uow import UnitOfWork

_ENOUGH_BYTES = 200 * 1024 * 1024
_OVERDUE = timedelta(minutes=10)
_SILENCE = timedelta(days=1)


async def examine(
    config: Config, database: Database, adapters: Sequence[Adapter], now: datetime
) -> list[Finding]:
    """Return every finding: the machine, the database and what is in it, then each platform."""
    findings = [_disk(config.community.data_dir)]
    chats = {(chat.platform, chat.external_id): chat.external_id for chat in config.chats}
    try:
        findings += await _database(database)
        if findings[-1].ok:
            async with database.read() as uow:
                for platform, external_id in chats:
                    chats[platform, external_id] = await uow.chats.present_id(platform, external_id)
                findings += await _contents(uow, config, now)
    except StorageBusyError as error:
        findings.append(
            Finding("doctor.database", ok=False, detail=str(error), advice="doctor.database.advice")
        )
    findings += [
        Finding("doctor.calendar", ok=None, advice="doctor.calendar.advice", params={"year": year})
        for year in config.work_calendar.unknown_years(now.date())
    ]
    for adapter in adapters:
        ids = [present for (platform, _), present in chats.items() if platform == adapter.platform]
        findings += await adapter.examine(ids, now)
    return findings


def _disk(folder: Path) -> Finding:
    """Look at the room left where the data is."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    params = {"megabytes": free // 1024 // 1024, "folder": str(folder)}
    return Finding("doctor.disk", free >= _ENOUGH_BYTES, "doctor.disk.free", "doctor.disk.advice", params)


async def _database(database: Database) -> list[Finding]:
    """Look whether the database is there and whose version wrote it."""
    if database.path is not None and not database.path.exists():
        return [Finding("doctor.database", None, "doctor.database.none", params={"file": str(database.path)})]
    found = await revision(database)
    well = Finding("doctor.database", ok=True, detail="doctor.database.answers")
    params = {"revision": found or "—", "head": HEAD}
    if found == HEAD:
        return [well, Finding("doctor.revision", ok=True, detail=found)]
    if found is None or found < HEAD:
        return [well, Finding("doctor.revision", None, "doctor.revision.old", params=params)]
    newer = Finding("doctor.revision", False, "doctor.revision.newer", "doctor.revision.advice", params)  # noqa: FBT003
    return [well, newer]


async def _contents(uow: UnitOfWork, config: Config, now: datetime) -> list[Finding]:
    """Look at what came in, what did not go out, and what cannot be followed."""
    findings = []
    for platform in dict.fromkeys(chat.platform for chat in config.chats):
        seen = await uow.updates.last_seen(platform)
        is_fresh = seen is not None and now - seen < _SILENCE
        detail = f"{seen:%Y-%m-%d %H:%M} UTC" if seen else "doctor.update.never"
        params = {"platform": str(platform)}
        findings.append(Finding("doctor.update", is_fresh or None, detail, "doctor.update.advice", params))
    unread = await uow.updates.count_quarantined()
    findings.append(_count("doctor.quarantine", unread, "doctor.quarantine.advice"))
    findings += await _deliveries(uow, now)
    findings += await _chats(uow, config)
    plans = Plans(config.rituals, config.work_calendar)
    await plans.reload(uow)
    for problem in plans.problems:
        params = {"ritual": problem.ritual}
        detail = f"{problem.what}: {problem.why}"
        findings.append(
            Finding("doctor.plan", ok=False, detail=detail, advice="doctor.plan.advice", params=params)
        )
    return findings


async def _deliveries(uow: UnitOfWork, now: datetime) -> list[Finding]:
    """Look at what was promised and did not arrive."""
    stuck = await uow.promises.count_stuck()
    overdue = await uow.promises.count_overdue(now - _OVERDUE)
    dead = [
        Finding("doctor.webhook.dead", None, str(count), "doctor.webhook.dead.advice", {"host": title})
        for title, count in (await uow.promises.count_dead(Platform.WEBHOOK)).items()
    ]
    return [
        *dead,
        _count("doctor.overdue", overdue, "doctor.overdue.advice"),
        _count("doctor.lost", stuck.lost, "doctor.lost.advice", is_usual=True),
        _count("doctor.waiting", stuck.waiting, "doctor.waiting.advice", is_usual=True),
    ]


def _count(check: str, count: int, advice: str, *, is_usual: bool = False) -> Finding:
    """Judge a count that should be zero; some of what is usual is no fault."""
    return Finding(check, True if not count else None if is_usual else False, str(count), advice)


async def _chats(uow: UnitOfWork, config: Config) -> list[Finding]:
    """Look whether we are still in the groups of the config, and serve any at all."""
    findings = []
    for chat in config.chats:
        external_id = await uow.chats.present_id(chat.platform, chat.external_id)
        stored = await uow.chats.find(chat.platform, external_id)
        if stored is not None and stored.state is ChatState.LEFT:
            params = {"name": chat.name or chat.external_id}
            findings.append(
                Finding("doctor.chat", False, "doctor.chat.left", "doctor.chat.advice", params)  # noqa: FBT003
            )
    groups = len(await uow.chats.list_served(ChatKind.GROUP))
    findings.append(Finding("doctor.groups", groups > 0 or None, str(groups), "doctor.groups.advice"))
    return findings
