"""An open page hears what happens, and one that was away hears what it missed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.adapters.webchat.adapter import WebchatAdapter
from bot.adapters.webchat.api import build
from bot.metrics import Metrics
from bot.web import Health, Site, Web, WebSettings
from locales.catalog import Catalog
from tests.bot.adapters.webchat.conftest import OWNERS, Page
from tests.fakes import FakeClock

WITHIN_SECONDS = 5


class Listener:
    """One open page."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self, name: str) -> tuple[str, Any]:
        """Return the number and data of the next event of that name."""
        found, number = "", ""
        async with asyncio.timeout(WITHIN_SECONDS):
            async for line in self._lines:
                field, _, value = line.partition(": ")
                if field == "event":
                    found, number = value, ""
                elif field == "id":
                    number = value
                elif field == "data" and found == name:
                    return number, json.loads(value)
        raise AssertionError("the stream ended")

    async def ends(self) -> None:
        """Wait until the server closes the stream."""
        async with asyncio.timeout(WITHIN_SECONDS):
            async for _ in self._lines:
                pass


@pytest.fixture
async def web(webchat: WebchatAdapter, texts: Catalog) -> AsyncIterator[Web]:
    async def health() -> Health:
        return Health(is_well=True, state={})

    site = Site("/webchat", lambda: build(webchat, texts), webchat.news.close)
    web = Web(WebSettings(port=0), health=health, metrics=Metrics(), sites=(site,))
    await web.start()
    yield web
    await web.stop()


@pytest.fixture
async def client(web: Web) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=False, base_url=f"http://127.0.0.1:{web.port}") as client:
        yield client


async def test_an_open_page_hears_a_message_without_asking(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/webchat/api/stream") as response:
        listener = Listener(response)
        await listener.next("clock")
        number = await Page(client).say("zhang", "早")

        _, message = await listener.next("message")

    assert (message["id"], message["text"], message["author"]) == (number, "早", "zhang")
    assert response.headers["x-accel-buffering"] == "no"


async def test_a_page_that_comes_back_hears_only_what_it_missed(client: httpx.AsyncClient) -> None:
    page = Page(client)
    await page.say("zhang", "一")
    async with client.stream("GET", "/webchat/api/stream") as response:
        seen, _ = await Listener(response).next("message")
    await page.say("zhang", "二")
    await page.say("yu", "三")

    async with client.stream("GET", "/webchat/api/stream", headers={"last-event-id": seen}) as response:
        listener = Listener(response)
        missed = [(await listener.next("message"))[1]["text"] for _ in range(2)]

    assert missed == ["二", "三"]


async def test_a_page_with_a_nonsense_last_event_gets_everything(client: httpx.AsyncClient) -> None:
    await Page(client).say("zhang", "一")

    async with client.stream("GET", "/webchat/api/stream", headers={"last-event-id": "9" * 400}) as response:
        _, message = await Listener(response).next("message")

    assert message["text"] == "一"


async def test_a_moved_clock_is_told_to_every_page(
    client: httpx.AsyncClient, webchat: WebchatAdapter, clock: FakeClock
) -> None:
    async with client.stream("GET", "/webchat/api/stream") as response:
        listener = Listener(response)
        await listener.next("clock")
        clock.at = clock.at.replace(day=20)
        webchat.news.tell()

        _, moved = await listener.next("clock")

    assert moved == {"now": clock.at.isoformat()}


async def test_stopping_ends_open_streams_within_seconds(client: httpx.AsyncClient, web: Web) -> None:
    async with client.stream("GET", "/webchat/api/stream") as response:
        listener = Listener(response)
        await listener.next("clock")
        stopping = asyncio.create_task(web.stop())

        await listener.ends()
        async with asyncio.timeout(WITHIN_SECONDS):
            await stopping


async def test_a_page_without_the_demo_cannot_move_the_clock_or_the_language(
    client: httpx.AsyncClient,
) -> None:
    clock = await client.post("/webchat/api/clock", json={"to": "+3d"})
    language = await client.post("/webchat/api/language", json={"to": "en"})
    state = await Page(client).state()

    assert (clock.status_code, language.status_code) == (403, 403)
    assert (state["can_move_clock"], state["groups"][0]["id"]) == (False, OWNERS)
