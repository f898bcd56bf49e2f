"""What serves in the background begins again after a failure, and ends when it is told to."""

from __future__ import annotations

import asyncio

import pytest

from bot.background import keep
from tests.logbook import capture_logs


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
