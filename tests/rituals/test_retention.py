"""The clock looks once a day for what is too old, and goes on step by step while everything else is done in between."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from rituals.base import Settings
from storage import tables
from storage.db import Database
from storage.retention import ROWS_A_STEP, RetentionSettings
from tests.fakes import at
from tests.scene import Scene


async def left(scene: Scene) -> int:
    async with scene.database.read() as uow:
        return int(
            (await uow.connection.execute(sa.select(sa.func.count()).select_from(tables.audit))).scalar_one()
        )


async def old_lines(scene: Scene, rows: int) -> None:
    async with scene.database.begin() as uow:
        lines = [
            {"at": at("2026-01-01 00:00"), "action": "a", "subject": "", "detail": "", "by_id": None}
        ] * rows
        await uow.connection.execute(sa.insert(tables.audit), lines)


async def test_what_is_too_old_goes_within_the_day(database: Database) -> None:
    kept = RetentionSettings(audit=timedelta(days=30))
    scene = Scene(database, settings=Settings("车友会", "zh_CN", "Asia/Shanghai", retention=kept))
    await old_lines(scene, 3 * ROWS_A_STEP)
    await scene.open()
    assert await left(scene) >= 2 * ROWS_A_STEP
    await scene.until("2026-10-12 00:05")
    assert await left(scene) == 0
    await old_lines(scene, 1)
    await scene.until("2026-10-12 23:59")
    assert await left(scene) == 1  # looked for once a day
    await scene.until("2026-10-13 00:10")
    await scene.until("2026-10-13 00:20")
    assert await left(scene) == 0


async def test_what_is_kept_for_ever_stays(database: Database) -> None:
    scene = Scene(database)
    await scene.open()
    await old_lines(scene, 7)
    await scene.until("2026-10-14 00:30")
    await scene.until("2026-10-14 00:40")
    assert await left(scene) == 7
    async with database.read() as uow:
        unfired = sa.select(tables.timers.c.key).where(
            tables.timers.c.kind == "retention", tables.timers.c.fired_at.is_(None)
        )
        assert (await uow.connection.execute(unfired)).all() == []
