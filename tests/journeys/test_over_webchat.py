"""Stories of hiding on the local web chat: its real adapter and API, a real database, a clock that moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.adapters.webchat.adapter import WebchatAdapter
from bot.adapters.webchat.api import build
from bot.adapters.webchat.people import Group, WebchatSettings
from bot.core import Core, CoreSettings
from handlers.base import Settings
from handlers.veil import Veil
from locales.catalog import Catalog
from rituals.base import Settings as RitualsSettings
from storage.db import Database
from storage.records import ChatKind, ChatState, Platform, Role
from storage.staff import CONFIG, Grant
from tests.bot.adapters.webchat.conftest import KEY, OWNERS, PEOPLE, Page
from tests.conftest import FixedTriage
from tests.fakes import FakeClock
from tests.journeys.stories import still_broken, the_unseen_critic


@dataclass
class WebchatStage:
    """The page as journeys see it; whatever follows has happened when a call returns."""

    page: Page
    core: Core
    clock: FakeClock
    database: Database
    zhang: str = "zhang"
    yu: str = "yu"
    li: str = "li"

    async def says(self, who: str, text: str, *, dm: bool = False) -> int:
        """Let somebody post words, in the group or in private."""
        number = await self.page.say(who, text, who if dm else OWNERS)
        await self._settle()
        return number

    async def presses(self, who: str, label: str) -> None:
        """Let somebody press the newest button they can see whose label contains this."""
        for message in reversed((await self.page.messages()).values()):
            for button in (each for row in message.get("buttons", ()) for each in row):
                if label in button["label"] and message["chat"] in (who, OWNERS) and "data" in button:
                    where = {"chat": message["chat"], "message": message["id"], "data": button["data"]}
                    assert (await self.page.post("press", who=who, **where)).status_code == 200
                    await self._settle()
                    return
        raise AssertionError(f"no button {label!r} for {who}")

    async def hears(self, who: str | None, containing: str) -> str:
        """Return the newest message of the bot with these words in somebody's private chat, or in the group."""
        found = [text for text in await self.heard(who) if containing in text]
        assert found, f"nobody said {containing!r}, only {await self.heard(who)}"
        return found[-1]

    async def heard(self, who: str | None) -> list[str]:
        """Return all that is there of us."""
        shown = (await self.page.messages()).values()
        return [_words(each) for each in shown if each["chat"] == (who or OWNERS) and not each["author"]]

    async def number(self, text: str) -> int:
        """Return the number under which a text was captured."""
        async with self.database.read() as uow:
            found = await uow.feedback.list_after(0, 100)
        return next(feedback.id for feedback in found if text in feedback.text)

    async def becomes(self, number: int, status: str) -> None:
        """Look whether a feedback has a status."""
        async with self.database.read() as uow:
            assert str((await uow.feedback.get(number)).status) == status

    async def is_marked(self, said: int) -> None:
        """Look whether a message in the group bears our reaction."""
        assert (await self.page.messages())[said].get("reactions")

    async def counts(self, text: str) -> None:
        """Look whether the counter in the group says this."""
        await self.hears(None, text)

    async def hides(self, who: str) -> None:
        """Refuse: everybody on the page can be reached."""
        raise NotImplementedError(who)

    async def later(self, **by: float) -> None:
        """Let time pass."""
        self.clock.at += timedelta(**by)
        await self._settle()

    async def _settle(self) -> None:
        for _ in range(5):
            await self.core.clock.run_due(self.clock.at)
            await self.core.relay.drain()


def _words(message: dict[str, Any]) -> str:
    parts = message.get("parts", ())
    return "".join(
        part
        if isinstance(part, str)
        else next(part[k] for k in ("name", "strong", "quote", "link") if k in part)
        for part in parts
    )


@pytest.fixture
async def stage(
    database: Database, clock: FakeClock, settings: Settings, veil: Veil, tmp_path: Path
) -> AsyncIterator[WebchatStage]:
    """Give the web chat of a served group with a KOS in it."""
    people = WebchatSettings(
        people=PEOPLE, groups=(Group(OWNERS, "车主群"),), data_dir=tmp_path, community="车友会"
    )
    adapter = WebchatAdapter(people, database, key=KEY, now=clock.now)
    async with database.begin() as uow:
        await uow.chats.add(
            Platform.WEBCHAT, OWNERS, ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
        await uow.staff.declare([Grant(Platform.WEBCHAT, "li", CONFIG, Role.KOS, "小李")], clock.at)
    rituals = RitualsSettings(settings.community, settings.language, settings.timezone)
    core = Core(
        database, [adapter], CoreSettings(settings, rituals), triage=FixedTriage(), owner="test", now=clock.now,
        count=lambda *_, **__: None, veil=veil,
    )  # fmt: skip
    async with database.read() as uow:
        await core.plans.reload(uow)
    await core.clock.catch_up(clock.at)
    await adapter.start(core.dispatcher)
    app = Starlette(routes=[Mount("/webchat", build(adapter, Catalog()))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield WebchatStage(Page(client), core, clock, database)
    await adapter.stop()
    await core.drawing.close()


async def test_an_anonymous_critic_is_answered_told_and_never_seen(stage: WebchatStage) -> None:
    await the_unseen_critic(stage)


async def test_the_page_tells_the_same_story_of_what_was_still_broken(stage: WebchatStage) -> None:
    await still_broken(stage)
