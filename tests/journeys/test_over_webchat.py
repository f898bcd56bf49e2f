"""The stories of the main loop on the local web chat, with the real process, through nothing but the page's API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.journeys.page_stories import PAGE_STORIES
from tests.journeys.stories import HAVE_TWO, STORIES
from tests.journeys.test_over_http import HASTE, morning
from tests.webchat.live import WebchatStage, on_the_page

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]

ELSEWHERE = "somebody_out_of_reach"  # whoever is on the page can be reached: `whoever_is_there_is_reached`
TOLD = {name: story for name, story in (STORIES | PAGE_STORIES).items() if name != ELSEWHERE}
CROWDS = {"eighteen_join_in": 16, "one_complaint_in_the_rain": 16, "wrong_turns": 1}
Plays = dict[str, asyncio.Task[None]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plays(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Plays]:
    """Play every story in a group of its own, and look back when all have ended."""
    folder = tmp_path_factory.mktemp("webchat")
    async with on_the_page(folder, settings=HASTE, rituals=morning()) as (web, client):
        crews = {
            name: web.crew(
                crowd=CROWDS.get(name, 0),
                rituals=["morning"] if name == "the_guided_tour" else [],
                has_two=name in HAVE_TWO,
            )
            for name in TOLD
        }
        await web.start(client)
        plays: Plays = {
            name: asyncio.create_task(TOLD[name](WebchatStage(web, crew)), name=name)
            for name, crew in crews.items()
        }
        yield plays
        await asyncio.gather(*plays.values(), return_exceptions=True)


@pytest.mark.parametrize("story", TOLD)
async def test_the_story_on_the_web_chat(story: str, plays: Plays) -> None:
    await plays[story]
