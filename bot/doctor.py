"""How things stand: asks the platforms, the database and the machine. Called by `huixiang doctor`.

Each answer is a Finding: well, not well with what to do, or not to be told from here.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.adapters.base import Adapter, Finding
from bot.config import Config
from bot.plans import Plans
from storage.db import Database
from storage.errors import StorageBusyError
from storage.migrations import HEAD, revision
from storage.records import ChatKind, ChatState, DeliveryState
from storage.uow import UnitOfWork

_ENOUGH_BYTES = 200 * 1024 * 1024
_OVERDUE = timedelta(minutes=10)
_SILENCE = timedelta(days=1)


class Say(Protocol):
    """Finds the words."""

    def __call__(self, text_id: str, /, **params: Any) -> str:
        """Return the words for an id."""


async def examine(
    config: Config, database: Database, adapters: Sequence[Adapter], now: datetime, say: Say
) -> list[Finding]:
    """Return every finding: the machine, the database and what is in it, then each platform."""
    findings = [_disk(config.community.data_dir, say)]
    try:
        findings += await _database(database, say)
        if findings[-1].ok:
            async with database.read() as uow:
                findings += await _contents(uow, config, now, say)
    except StorageBusyError as error:
        advice = say("doctor.database.advice")
        findings.append(Finding(say("doctor.database"), ok=False, detail=str(error), advice=advice))
    for year in config.work_calendar.unknown_years(now.date()):
        advice = say("doctor.calendar.advice", year=year)
        findings.append(Finding(say("doctor.calendar", year=year), ok=None, advice=advice))
    for adapter in adapters:
        chats = [chat.external_id for chat in config.chats if chat.platform == adapter.platform]
        findings += [_worded(finding, say) for finding in await adapter.examine(chats, now)]
    return findings


def _worded(finding: Finding, say: Say) -> Finding:
    """Put the words in for the text ids of a finding."""
    words = [
        say(text, **finding.params) if text.startswith("doctor.") else text
        for text in (finding.check, finding.detail, finding.advice)
    ]
    return Finding(words[0], finding.ok, words[1], words[2])


def _disk(folder: Path, say: Say) -> Finding:
    """Look at the room left where the data is."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    detail = say("doctor.disk.free", megabytes=free // 1024 // 1024, folder=str(folder))
    return Finding(
        say("doctor.disk"), ok=free >= _ENOUGH_BYTES, detail=detail, advice=say("doctor.disk.advice")
    )


async def _database(database: Database, say: Say) -> list[Finding]:
    """Look whether the database is there and whose version wrote it."""
    if database.path is not None and not database.path.exists():
        detail = say("doctor.database.none", file=str(database.path))
        return [Finding(say("doctor.database"), ok=None, detail=detail)]
    found = await revision(database)
    well = Finding(say("doctor.database"), ok=True, detail=say("doctor.database.answers"))
    if found == HEAD:
        return [well, Finding(say("doctor.revision"), ok=True, detail=found)]
    if found is None or found < HEAD:
        detail = say("doctor.revision.old", revision=found or "—", head=HEAD)
        return [well, Finding(say("doctor.revision"), ok=None, detail=detail)]
    detail = say("doctor.revision.newer", revision=found, head=HEAD)
    return [
        well,
        Finding(say("doctor.revision"), ok=False, detail=detail, advice=say("doctor.revision.advice")),
    ]


async def _contents(uow: UnitOfWork, config: Config, now: datetime, say: Say) -> list[Finding]:
    """Look at what came in, what did not go out, and what cannot be followed."""
    findings = []
    for platform in dict.fromkeys(chat.platform for chat in config.chats):
        seen = await uow.updates.last_seen(platform)
        detail = say("doctor.update.never") if seen is None else f"{seen:%Y-%m-%d %H:%M} UTC"
        is_fresh = seen is not None and now - seen < _SILENCE
        advice = say("doctor.update.advice")
        check = say("doctor.update", platform=str(platform))
        findings.append(Finding(check, ok=is_fresh or None, detail=detail, advice=advice))
    unread = await uow.updates.count_quarantined()
    findings.append(
        Finding(
            say("doctor.quarantine"),
            ok=not unread,
            detail=str(unread),
            advice=say("doctor.quarantine.advice"),
        )
    )
    findings += await _deliveries(uow, now, say)
    for chat in config.chats:
        stored = await uow.chats.find(chat.platform, chat.external_id)
        if stored is not None and stored.state is ChatState.LEFT:
            check = say("doctor.chat", name=chat.name or chat.external_id)
            findings.append(
                Finding(check, ok=False, detail=say("doctor.chat.left"), advice=say("doctor.chat.advice"))
            )
    plans = Plans(config.rituals, config.work_calendar)
    await plans.reload(uow)
    findings += [
        Finding(
            say("doctor.plan", ritual=problem.ritual), ok=False, detail=f"{problem.what}: {problem.why}",
            advice=say("doctor.plan.advice", ritual=problem.ritual),
        )
        for problem in plans.problems
    ]  # fmt: skip
    groups = len(await uow.chats.list_served(ChatKind.GROUP))
    advice = say("doctor.groups.advice")
    findings.append(Finding(say("doctor.groups"), ok=groups > 0 or None, detail=str(groups), advice=advice))
    return findings


async def _deliveries(uow: UnitOfWork, now: datetime, say: Say) -> list[Finding]:
    """Look at what was promised and did not arrive."""
    counts = await uow.deliveries.count_by_state()
    overdue = await uow.deliveries.count_overdue(now - _OVERDUE)
    lost = counts.get(DeliveryState.UNKNOWN, 0) + counts.get(DeliveryState.DEAD, 0)
    waiting = counts.get(DeliveryState.WAITING, 0)
    return [
        Finding(
            say("doctor.overdue"), ok=not overdue, detail=str(overdue), advice=say("doctor.overdue.advice")
        ),
        Finding(
            say("doctor.lost"),
            ok=not lost or None,
            detail=str(lost),
            advice=say("doctor.lost.advice"),
        ),
        Finding(
            say("doctor.waiting"), ok=not waiting or None, detail=str(waiting), advice=say("doctor.waiting.advice")
        ),
    ]  # fmt: skip
