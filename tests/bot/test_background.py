"""What serves in the background begins again after a failure, and ends when it is told to."""

from __future__ import annotations

import asyncio

import pytest

from bot.background import Rounds, keep, patiently
from storage.db import Database
from storage.errors import StorageBusyError
from tests.fakes import at
from tests.logbook import capture_logs


async def test_what_must_be_done_first_waits_for_a_database_that_is_away() -> None:
    tried = []

    async def work() -> str:
        tried.append(len(tried))
        if len(tried) < 2:
            raise StorageBusyError("gone")
        return "done"

    with capture_logs() as logs:
        assert await patiently(work) == "done"
    assert [line["event"] for line in logs] == ["storage_busy"]


async def test_a_part_that_failed_says_so_and_begins_again() -> None:
    begun = []

    async def part() -> None:
        begun.append(len(begun))
        if len(begun) < 3:
            raise ValueError("a row that went meanwhile")

    with capture_logs() as logs:
        await keep(part, "index", again_seconds=0)
    assert begun == [0, 1, 2]
    assert [(line["event"], line["part"]) for line in logs] == [("background_failed", "index")] * 2


async def test_a_part_that_is_told_to_end_is_gone_when_the_wait_is_over() -> None:
    ended = asyncio.Event()

    async def part() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    kept = asyncio.create_task(keep(part, "index"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    kept.cancel()
    with pytest.raises(asyncio.CancelledError):
        await kept
    assert ended.is_set()


async def test_a_commit_that_touches_the_noun_begins_another_round_and_others_do_not(
    database: Database,
) -> None:
    rounds = Rounds(database, "timers")
    begun: asyncio.Queue[str] = asyncio.Queue()

    async def catch_up() -> None:
        await begun.put("a round")

    running = asyncio.create_task(rounds.run(catch_up, "part"))
    await begun.get()
    async with database.begin() as uow:
        await uow.audit.remember("a note", "of no concern")
    await asyncio.sleep(0)
    assert begun.empty()
    async with database.begin() as uow:
        await uow.timers.put("one", "heard", at("2026-10-12 02:00"))
    async with asyncio.timeout(30):
        await begun.get()
    running.cancel()
    await asyncio.wait({running})


async def test_a_database_that_is_away_is_told_and_waited_for(database: Database) -> None:
    rounds = Rounds(database, "timers")
    tried: asyncio.Queue[str] = asyncio.Queue()

    async def catch_up() -> None:
        await tried.put("a round")
        raise StorageBusyError("locked")

    with capture_logs() as logs:
        running = asyncio.create_task(rounds.run(catch_up, "part"))
        await tried.get()
        async with database.begin() as uow:
            await uow.timers.put("one", "heard", at("2026-10-12 02:00"))
        async with asyncio.timeout(30):
            await tried.get()
        running.cancel()
        await asyncio.wait({running})
    assert [(line["event"], line["part"], line["why"]) for line in logs] == [
        ("background_waits", "part", "locked")
    ] * len(logs)
    assert logs
