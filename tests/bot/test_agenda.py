"""Which occurrences come due: what was missed, what comes twice, what never comes."""

from __future__ import annotations

from datetime import timedelta

from rituals.base import RitualSettings
from storage.db import Database
from tests.bot.test_clock import states
from tests.fakes import FakeClock, at
from tests.scene import Scene


async def test_a_ritual_missed_by_ten_minutes_still_happens(scene: Scene) -> None:
    await scene.open()
    scene.time.at = at("2026-10-12 01:10")

    await scene.clock().catch_up(scene.time.at)

    assert await states(scene) == [("10-12 09:00", "open", "")]


async def test_a_ritual_missed_by_two_hours_is_recorded_as_skipped(scene: Scene) -> None:
    await scene.open()
    scene.time.at = at("2026-10-12 03:00")

    await scene.clock().catch_up(scene.time.at)

    assert await states(scene) == [("10-12 09:00", "skipped", "missed")]
    assert await scene.posts() == []


async def test_a_new_bot_started_late_in_the_day_records_only_that_day(scene: Scene) -> None:
    scene.time.at = at("2026-10-12 05:00")

    await scene.open()

    assert await states(scene) == [("10-12 09:00", "skipped", "missed")]


async def test_after_a_week_away_three_days_are_recorded_and_nothing_bursts(scene: Scene) -> None:
    await scene.open()
    scene.time.at = at("2026-10-19 01:05")

    await scene.clock().catch_up(scene.time.at)

    assert await states(scene) == [
        ("10-17 09:00", "skipped", "missed"),
        ("10-18 09:00", "skipped", "missed"),
        ("10-19 09:00", "open", ""),
    ]
    assert len(await scene.posts()) == 1


async def test_of_several_slots_within_grace_only_the_latest_begins(database: Database) -> None:
    scene = Scene(database, rituals=[RitualSettings("often", "checkin", "*/10 * * * *")])
    await scene.open()
    scene.time.at += timedelta(minutes=25)

    await scene.clock().catch_up(scene.time.at)

    assert (await states(scene, "often"))[-3:] == [
        ("10-12 08:00", "open", ""),
        ("10-12 08:10", "skipped", "superseded"),
        ("10-12 08:20", "open", ""),
    ]


async def test_a_clock_that_was_ahead_does_not_silence_the_days_it_has_back(scene: Scene) -> None:
    async with scene.database.begin() as uow:
        await uow.audit.remember("clock_last_look", at("2026-11-01 00:00").isoformat())
    await scene.open()

    await scene.until("2026-10-12 02:00")

    assert await states(scene) == [("10-12 09:00", "open", "")]


async def test_a_wall_time_that_comes_twice_fires_once(database: Database) -> None:
    scene = Scene(
        database, FakeClock(at("2026-11-01 04:00")), [RitualSettings("night", "checkin", "30 1 * * *")],
        timezone="America/New_York",
    )  # fmt: skip
    await scene.open()

    await scene.until("2026-11-01 12:00")

    assert [run.due for run in await scene.runs("night")] == [at("2026-11-01 05:30")]


async def test_a_wall_time_that_does_not_exist_fires_once_after_the_gap(database: Database) -> None:
    scene = Scene(
        database, FakeClock(at("2026-03-08 05:00")), [RitualSettings("night", "checkin", "30 2 * * *")],
        timezone="America/New_York",
    )  # fmt: skip
    await scene.open()

    await scene.until("2026-03-08 12:00")

    assert [run.due for run in await scene.runs("night")] == [at("2026-03-08 07:00")]


async def test_a_workday_ritual_is_held_on_a_make_up_saturday(database: Database) -> None:
    """2026-02-14 is worked; the holiday after it lasts until 02-23."""
    scene = Scene(
        database, FakeClock(at("2026-02-13 00:00")),
        [RitualSettings("work", "checkin", "0 9 * * *", calendar="workdays")],
    )  # fmt: skip
    await scene.open()

    await scene.until("2026-02-24 02:00")

    assert [f"{run.day:%m-%d}" for run in await scene.runs("work")] == ["02-13", "02-14", "02-24"]


async def test_a_new_time_of_day_said_after_that_time_begins_tomorrow(scene: Scene) -> None:
    await scene.open()
    scene.time.at = at("2026-10-12 00:40")
    async with scene.database.begin() as uow:
        await uow.runs.set_override("morning", scene.chat_id, "time", "08:30", by_id=None, now=scene.time.at)

    await scene.until("2026-10-13 02:00")

    assert await states(scene) == [("10-13 08:30", "open", "")]
