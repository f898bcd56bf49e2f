"""A web chat with its cast, over a real database and a scripted bot behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.adapters.base import Taken
from bot.adapters.webchat.adapter import WebchatAdapter
from bot.adapters.webchat.api import build
from bot.adapters.webchat.people import Group, Person, WebchatSettings
from handlers.events import Event
from locales.catalog import Catalog
from storage.db import Database
from storage.errors import StorageBusyError
from storage.records import Platform, Role
from tests.fakes import FakeClock

KEY = b"a key of thirty-two bytes or so!"
OWNERS = "owners"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
PEOPLE = (
    Person("li", "小李", Role.KOS),
    Person("min", "阿敏", Role.ADMIN),
    Person("zhang", "张哥"),
    Person("yu", "小雨"),
)


@dataclass
class ScriptedIntake:
    """A bot that keeps what it is given, once, and answers presses with a toast."""

    events: list[Event] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    toast: str = ""
    is_busy: bool = False
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, platform: Platform, batch: Sequence[Taken]) -> Mapping[str, str]:
        """Take a batch."""
        if self.is_busy:
            raise StorageBusyError("locked")
        fresh = [taken for taken in batch if taken.update_id not in self.seen]
        self.seen |= {taken.update_id for taken in fresh}
        self.taken += fresh
        self.events += [taken.content for taken in fresh if isinstance(taken.content, Event)]
        self.heard.set()
        return {event.press_id: self.toast for event in self.events if event.press_id and self.toast}


class Page:
    """What the page does, as calls of the API."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self._count = 0

    async def post(self, act: str, **ask: Any) -> httpx.Response:
        """Do something; a fresh client_id unless one is given."""
        self._count += 1
        ask.setdefault("client_id", f"c{self._count}")
        if "who" in ask:
            ask["as"] = ask.pop("who")
        return await self.client.post(f"/webchat/api/{act}", json=ask)

    async def say(self, who: str, text: str, chat: str = OWNERS, **more: Any) -> int:
        """Post words and return the number of the message."""
        answer = await self.post("say", who=who, chat=chat, text=text, **more)
        assert answer.status_code == 200, answer.text
        number: int = answer.json()["message"]["id"]
        return number

    async def state(self, since: int = 0) -> dict[str, Any]:
        """Return what a fresh page shows."""
        state: dict[str, Any] = (await self.client.get("/webchat/api/state", params={"since": since})).json()
        return state

    async def messages(self) -> dict[int, dict[str, Any]]:
        """Return every message by its number."""
        return {message["id"]: message for message in (await self.state())["messages"]}


@pytest.fixture(scope="session")
def texts() -> Catalog:
    return Catalog()


@pytest.fixture
def webchat_settings(tmp_path: Path) -> WebchatSettings:
    return WebchatSettings(
        people=PEOPLE, groups=(Group(OWNERS, "车主群"),), data_dir=tmp_path, community="车友会"
    )


@pytest.fixture
def intake() -> ScriptedIntake:
    return ScriptedIntake()


@pytest.fixture
async def webchat(
    webchat_settings: WebchatSettings, database: Database, clock: FakeClock, intake: ScriptedIntake
) -> AsyncIterator[WebchatAdapter]:
    adapter = WebchatAdapter(webchat_settings, database, key=KEY, now=clock.now)
    await adapter.start(intake)
    yield adapter
    await adapter.stop()


@pytest.fixture
async def page(webchat: WebchatAdapter, texts: Catalog, clock: FakeClock) -> AsyncIterator[Page]:
    async def advance(to: datetime) -> None:
        clock.at = to

    from starlette.applications import Starlette
    from starlette.routing import Mount

    app = Starlette(routes=[Mount("/webchat", build(webchat, texts, advance))])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield Page(client)
