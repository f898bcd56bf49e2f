"""The stories of the main loop on WeCom, with the real process: over the long connection and by callbacks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.journeys.stories import HAVE_TWO, STORIES
from tests.journeys.test_over_http import HASTE, morning
from tests.wecom.live import Life, WecomStage, living

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]

MODES = ("websocket", "callback")
Plays = dict[tuple[str, str], asyncio.Task[None]]


async def play(mode: str, life: Life) -> Plays:
    """Start the bot, and every story in a group of its own."""
    crews = {
        name: life.crew(rituals=["morning"] if name == "the_guided_tour" else [], has_two=name in HAVE_TWO)
        for name in STORIES
    }
    await life.start()
    return {
        (mode, name): asyncio.create_task(story(WecomStage(life, crews[name])), name=f"{mode}: {name}")
        for name, story in STORIES.items()
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plays(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Plays]:
    """Play every story in both modes, and look back when all have ended."""
    async with AsyncExitStack() as stack:
        lives = [
            await stack.enter_async_context(
                living(tmp_path_factory.mktemp(mode), mode=mode, settings=HASTE, rituals=morning())
            )
            for mode in MODES
        ]
        started = await asyncio.gather(*(play(mode, life) for mode, life in zip(MODES, lives, strict=True)))
        plays = started[0] | started[1]
        yield plays
        await asyncio.gather(*plays.values(), return_exceptions=True)


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("mode", MODES)
async def test_the_story_on_wecom(mode: str, story: str, plays: Plays) -> None:
    await plays[mode, story]
