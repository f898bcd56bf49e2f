"""The stories of the main loop over real HTTP, with the real process: polling and webhook.

Two bots run at once, each with a group for every story; all stories are played at the same time, and each test
waits for the end of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.journeys.platform_stories import HOURS, KINDS, ONLY, PLATFORM_STORIES
from tests.journeys.stories import HAVE_TWO, STORIES
from tests.live import NOON, Live, LiveStage, cron_before, going_live

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]

MODES = ("polling", "webhook")
HASTE = (
    '[feedback]\nverify_after_reminder = "2s"\nunconfirmed_after = "4s"\n[complaints]\ncall_back_after = "3s"\n'
    '[[departments]]\nkey = "product"\nname = "产品部"\nfile = "packets"\n'
    "[manners]\ndms_per_day = 9\n"  # a story tells in seconds what takes days
)
Plays = dict[tuple[str, str], asyncio.Task[None]]


def morning() -> str:
    """Return a check-in that was due a minute ago where it is noon."""
    cron = cron_before(NOON, timedelta(minutes=1))
    return f'[[rituals]]\nname = "morning"\nkind = "checkin"\ncron = "{cron}"\n'


async def play(mode: str, live: Live) -> Plays:
    """Start the bot, and every story in a group of its own."""
    crews = {
        name: live.crew(
            hour=HOURS.get(name, NOON),
            rituals=["morning"] if name == "the_guided_tour" else [],
            kind=KINDS.get(name, "supergroup"),
            has_two=name in HAVE_TWO,
        )
        for name in (*STORIES, *PLATFORM_STORIES)
        if ONLY.get(name, mode) == mode
    }
    await live.start()
    told = {name: story(LiveStage(live, crews[name])) for name, story in STORIES.items() if name in crews}
    told |= {name: story(live, crews[name]) for name, story in PLATFORM_STORIES.items() if name in crews}
    return {(mode, name): asyncio.create_task(story, name=f"{mode}: {name}") for name, story in told.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plays(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Plays]:
    """Play every story in both modes, and look back when all have ended."""
    async with AsyncExitStack() as stack:
        lives = [
            await stack.enter_async_context(
                going_live(tmp_path_factory.mktemp(mode), mode=mode, settings=HASTE, rituals=morning())
            )
            for mode in MODES
        ]
        started = await asyncio.gather(*(play(mode, live) for mode, live in zip(MODES, lives, strict=True)))
        plays = started[0] | started[1]
        yield plays
        await asyncio.gather(*plays.values(), return_exceptions=True)


PLAYED = [
    (mode, name) for mode in MODES for name in (*STORIES, *PLATFORM_STORIES) if ONLY.get(name, mode) == mode
]


@pytest.mark.parametrize(("mode", "story"), PLAYED)
async def test_the_story_over_http(mode: str, story: str, plays: Plays) -> None:
    await plays[mode, story]
