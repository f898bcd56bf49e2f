"""The stories of power cuts and outages, each with a bot of its own; all are played at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.hard_times import HARD_TIMES
from tests.live import NOON, cron_before, going_live

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]

MORNING = {"a_ritual_is_cut_off": ("morning", "late"), "two_serve_one_database": ("morning",)}
Plays = dict[str, asyncio.Task[None]]


def rituals() -> str:
    """Return two check-ins: one that was due ten minutes ago, one two hours ago."""
    due = {"morning": timedelta(minutes=10), "late": timedelta(hours=2)}
    return "".join(
        f'[[rituals]]\nname = "{name}"\nkind = "checkin"\ncron = "{cron_before(NOON, by)}"\n'
        for name, by in due.items()
    )


async def play(name: str, folder: Path) -> None:
    """Play one story from the beginning to the look back."""
    async with going_live(folder, rituals=rituals()) as live:
        await HARD_TIMES[name](live, live.crew(rituals=MORNING.get(name, ())))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plays(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Plays]:
    """Play every story."""
    plays = {
        name: asyncio.create_task(play(name, tmp_path_factory.mktemp("hard")), name=name)
        for name in HARD_TIMES
    }
    yield plays
    await asyncio.gather(*plays.values(), return_exceptions=True)


@pytest.mark.parametrize("story", HARD_TIMES)
async def test_the_story_of_hard_times(story: str, plays: Plays) -> None:
    await plays[story]
