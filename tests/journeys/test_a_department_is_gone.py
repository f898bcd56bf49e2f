"""A department leaves the config between the question and its answer: on every platform, with the real process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.gone_department import a_department_that_is_gone, departments
from tests.live import LiveStage, going_live
from tests.webchat.live import WebchatStage, on_the_page
from tests.wecom.live import WecomStage, living

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]

CALM = "[manners]\ndms_per_day = 9\n"
Play = Callable[[Path], Awaitable[None]]


async def on_telegram(folder: Path) -> None:
    """Play it on Telegram."""
    async with going_live(folder) as live:
        crew = live.crew()
        live.settings = CALM + departments(member=f"telegram:{crew.yu.id}")
        bot = await live.start()

        async def leave() -> None:
            await bot.stop()
            live.settings = CALM + departments(is_left=True)
            await live.start()

        await a_department_that_is_gone(LiveStage(live, crew), crew.yu, leave)


async def on_wecom(folder: Path) -> None:
    """Play it on WeCom, where the department's person answers in words."""
    async with living(folder) as life:
        crew = life.crew()
        life.settings = CALM + departments(member=f"wecom:{crew.yu.userid}")
        bot = await life.start()

        async def leave() -> None:
            await bot.stop()
            life.settings = CALM + departments(is_left=True)
            await life.start()

        await a_department_that_is_gone(WecomStage(life, crew), crew.yu, leave)


async def on_the_web_chat(folder: Path) -> None:
    """Play it on the local web chat."""
    async with on_the_page(folder) as (web, client):
        crew = web.crew(crowd=1)
        web.settings = CALM + departments(member=f"webchat:{crew.yu}")
        await web.start(client)

        async def leave() -> None:
            await web.stop()
            web.settings = CALM + departments(is_left=True)
            await web.start(client)

        await a_department_that_is_gone(WebchatStage(web, crew), crew.yu, leave)


PLAYS: dict[str, Play] = {play.__name__: play for play in (on_telegram, on_wecom, on_the_web_chat)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plays(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, asyncio.Task[None]]]:
    """Play it everywhere at the same time."""
    plays = {name: asyncio.ensure_future(play(tmp_path_factory.mktemp(name))) for name, play in PLAYS.items()}
    yield plays
    await asyncio.gather(*plays.values(), return_exceptions=True)


@pytest.mark.parametrize("play", PLAYS)
async def test_what_a_department_had_that_is_gone_is_not_lost(
    play: str, plays: dict[str, asyncio.Task[None]]
) -> None:
    await plays[play]
