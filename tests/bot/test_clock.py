"""The clock begins, finishes and fires what is due, once, whatever happens to it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from rituals.base import RitualSettings
from storage.db import Database
from storage.errors import StorageBusyError
from storage.manners import Manners
from storage.promises import DeliveryKind
from storage.runs import RunState
from tests.fakes import FakeClock, at
from tests.logbook import capture_logs
from tests.scene import MORNING, Scene


async def states(scene: Scene, ritual: str = "morning") -> list[tuple[str, str, str]]:
    return [(f"{run.day:%m-%d} {run.slot}", str(run.state), run.reason) for run in await scene.runs(ritual)]


async def test_a_ritual_ticked_twice_posts_once(scene: Scene) -> None:
    clock = await scene.open()
    scene.time.at = at("2026-10-12 01:00")

    await clock.run_due(scene.time.at)
    await clock.run_due(scene.time.at)

    assert len(await scene.posts()) == 1
    assert await states(scene) == [("10-12 09:00", "open", "")]


async def test_two_processes_on_one_database_fire_once(scene: Scene) -> None:
    one = await scene.open()
    second = Database(scene.database.url)
    other = replace(scene, database=second, clocks=[]).clock()
    await other.catch_up(scene.time.at)

    scene.time.at = at("2026-10-12 01:00")
    await asyncio.gather(*(clock.run_due(scene.time.at) for clock in (one, other)))
    assert len(await scene.posts()) == 1

    await scene.come("张哥")
    scene.time.at = at("2026-10-12 13:00")
    await asyncio.gather(*(clock.run_due(scene.time.at) for clock in (one, other)))
    assert len(await scene.posts()) == 2
    await second.close()


async def test_a_restart_between_claim_and_finish_loses_nothing(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-12 02:00")
    await scene.come("张哥", "小雨")

    scene.time.at = at("2026-10-12 13:20")
    await scene.clock().catch_up(scene.time.at)

    assert await states(scene) == [("10-12 09:00", "closed", "")]
    assert "2 位" in (await scene.posts())[-1]


async def test_the_demo_clock_goes_through_everything_in_order(scene: Scene) -> None:
    await scene.open()
    moments = []

    async def move(to: object) -> None:
        moments.append(to)
        await scene.move(to)  # type: ignore[arg-type]

    await scene.clocks[-1].advance(at("2026-10-14 02:00"), move)

    assert [run.due for run in await scene.runs()] == [at(f"2026-10-{day} 01:00") for day in (12, 13, 14)]
    assert moments == sorted(moments)
    assert at("2026-10-12 13:00") in moments
    assert moments[-1] == at("2026-10-14 02:00")


async def test_the_third_post_of_an_hour_and_the_fifth_of_a_day_are_skipped(database: Database) -> None:
    crons = {"a": "0 9 * * *", "b": "10 9 * * *", "c": "20 9 * * *", "d": "0 11 * * *", "e": "0 12 * * *"}
    scene = Scene(
        database, rituals=[RitualSettings(name, "checkin", cron) for name, cron in crons.items()] +
        [RitualSettings("f", "checkin", "30 13 * * *")],
    )  # fmt: skip
    await scene.open()

    await scene.until("2026-10-12 06:00")

    reasons = {name: (await scene.runs(name))[-1].reason for name in [*crons, "f"]}
    assert reasons == {"a": "", "b": "", "c": "budget", "d": "", "e": "", "f": "budget"}


async def test_a_paused_group_hears_nothing_and_the_history_says_why(scene: Scene) -> None:
    await scene.open()
    async with scene.database.begin() as uow:
        await uow.chats.pause(scene.chat_id, at("2026-10-13 00:00"))

    await scene.until("2026-10-13 02:00")

    assert await states(scene) == [("10-12 09:00", "skipped", "paused"), ("10-13 09:00", "open", "")]


async def test_a_ritual_switched_off_in_chat_is_not_held_and_comes_back(scene: Scene) -> None:
    await scene.open()
    async with scene.database.begin() as uow:
        await uow.runs.set_override("morning", 0, "on", "no", by_id=None, now=scene.time.at)
    await scene.until("2026-10-13 02:00")
    assert await scene.runs() == []

    async with scene.database.begin() as uow:
        await uow.runs.set_override("morning", 0, "on", "", by_id=None, now=scene.time.at)
    await scene.until("2026-10-14 02:00")
    assert await states(scene) == [("10-14 09:00", "open", "")]


async def test_a_ritual_that_fails_is_recorded_and_holds_up_nobody(database: Database) -> None:
    broken = RitualSettings("broken", "checkin", "0 9 * * *", texts=(object(),))  # type: ignore[arg-type]
    scene = Scene(database, rituals=[broken, RitualSettings("later", "checkin", "0 9 * * *")])
    await scene.open()

    with capture_logs() as logs:
        await scene.until("2026-10-12 02:00")

    assert await states(scene, "broken") == [("10-12 09:00", "skipped", "error")]
    assert await states(scene, "later") == [("10-12 09:00", "open", "")]
    failed = [line for line in logs if line["event"] == "ritual_failed"]
    assert [(line["ritual"], line["step"]) for line in failed] == [("broken", "begin")]


async def test_a_timer_of_an_unknown_kind_fires_once_into_the_log(scene: Scene) -> None:
    clock = await scene.open()
    async with scene.database.begin() as uow:
        await uow.timers.put("odd", "no_such_kind", scene.time.at)

    with capture_logs() as logs:
        await clock.run_due(scene.time.at)
        await clock.run_due(scene.time.at)

    assert [line["event"] for line in logs if line["level"] == "error"] == ["ritual_failed"]


class GoneDatabase(Database):
    """A database that may be out of reach."""

    is_gone = False

    def begin(self):  # type: ignore[no-untyped-def]
        if self.is_gone:
            raise StorageBusyError("gone")
        return super().begin()

    def read(self):  # type: ignore[no-untyped-def]
        if self.is_gone:
            raise StorageBusyError("gone")
        return super().read()


async def test_a_database_that_was_gone_for_a_while_delays_and_loses_nothing(database: Database) -> None:
    flaky = GoneDatabase(database.url)
    scene = Scene(flaky)
    clock = await scene.open()
    scene.time.at = at("2026-10-12 01:00")

    flaky.is_gone = True
    with pytest.raises(StorageBusyError):
        await clock.run_due(scene.time.at)
    flaky.is_gone = False
    await clock.run_due(scene.time.at + timedelta(minutes=1))

    assert await states(scene) == [("10-12 09:00", "open", "")]
    await flaky.close()


async def until(condition, seconds: float = 5.0) -> None:  # type: ignore[no-untyped-def]
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_a_started_clock_rings_by_itself_when_a_ritual_is_due(scene: Scene) -> None:
    await scene.open()
    scene.time.at = at("2026-10-12 00:59") + timedelta(seconds=59.5)
    started = asyncio.get_running_loop().time()
    base = scene.time.at

    class Running(FakeClock):
        def now(self):  # type: ignore[no-untyped-def]
            return base + timedelta(seconds=asyncio.get_running_loop().time() - started)

    scene.time = Running(base)
    clock = scene.clock()
    await clock.start()

    async def is_held() -> bool:
        return bool(await scene.runs())

    await until(is_held)
    await clock.stop()
    assert [run.state for run in await scene.runs()] == [RunState.OPEN]


async def test_a_timer_put_by_somebody_wakes_a_started_clock(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-12 01:00")
    clock = scene.clock()
    await clock.start()
    run = (await scene.runs())[0]
    async with scene.database.begin() as uow:
        member = await scene.member(uow, "张哥")
        await uow.checkins.add(run.id, member.id, scene.time.at)
        await uow.timers.put("refresh:1", "refresh", scene.time.at, subject=f"run:{run.id}")

    async def is_edited() -> bool:
        return bool(await scene.sent(kind=DeliveryKind.EDIT))

    await until(is_edited)
    await clock.stop()


async def test_a_started_clock_survives_a_database_that_is_gone_at_first(database: Database) -> None:
    flaky = GoneDatabase(database.url)
    scene = Scene(flaky)
    await scene.open()
    scene.time.at = at("2026-10-12 01:00")
    flaky.is_gone = True
    clock = scene.clock()
    with capture_logs() as logs:
        await clock.start()

        async def has_waited() -> bool:
            return any(line["event"] == "clock_waits" for line in logs)

        await until(has_waited)
        flaky.is_gone = False

        async def is_held() -> bool:
            return bool(await scene.runs())

        await until(is_held)
    await clock.stop()
    await flaky.close()


async def test_a_failure_that_cannot_even_be_recorded_blocks_nobody_for_ever(scene: Scene) -> None:
    clock = await scene.open()
    async with scene.database.begin() as uow:
        await uow.connection.exec_driver_sql("ALTER TABLE runs RENAME TO gone")
    with pytest.raises(OperationalError):
        await clock.run_due(at("2026-10-12 01:00"))
    async with scene.database.begin() as uow:
        await uow.connection.exec_driver_sql("ALTER TABLE gone RENAME TO runs")

    await clock.run_due(at("2026-10-12 01:01"))

    assert await states(scene) == [("10-12 09:00", "open", "")]


async def test_the_house_is_kept_once_a_day(scene: Scene) -> None:
    await scene.open()
    async with scene.database.begin() as uow:
        await uow.updates.mark_seen((await scene.chat()).platform, ["u1"], scene.time.at)
        await uow.timers.put("old", "refresh", scene.time.at, subject="run:0")

    await scene.until("2026-11-20 00:00")

    async with scene.database.read() as uow:
        assert (await uow.connection.exec_driver_sql("SELECT count(*) FROM updates")).scalar() == 0
        kept = await uow.connection.exec_driver_sql("SELECT count(*) FROM timers WHERE key = 'old'")
        assert kept.scalar() == 0


async def test_a_budget_of_the_config_is_kept(database: Database) -> None:
    scene = Scene(database, rituals=[MORNING, RitualSettings("b", "checkin", "0 12 * * *")])
    scene.settings = type(scene.settings)("x", "zh_CN", "Asia/Shanghai", Manners(posts_per_day=1))
    await scene.open()

    await scene.until("2026-10-12 06:00")

    assert (await scene.runs("b"))[0].reason == "budget"
