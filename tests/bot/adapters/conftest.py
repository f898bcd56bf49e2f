"""Every adapter over its own kind of platform, for the contract they all keep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.base import Adapter
from bot.adapters.telegram.adapter import TelegramAdapter
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.wire import ALLOWED_UPDATES
from bot.adapters.webchat.adapter import WebchatAdapter
from bot.adapters.webchat.people import Group, Person, WebchatSettings
from bot.adapters.wecom.adapter import WecomAdapter
from locales.catalog import Catalog
from storage.db import Database
from tests.bot.adapters.telegram.intake import RecordingIntake
from tests.bot.adapters.wecom.conftest import GROUP, settings_for
from tests.botapi import BotApi
from tests.wecom import WeCom

KEY = b"k" * 32


@dataclass(frozen=True, slots=True)
class Place:
    """A started adapter, a group it serves, and somebody who can be reached in private."""

    adapter: Adapter
    group: str
    person: str


def now() -> datetime:
    """Return the moment; these platforms are fakes that live in it."""
    return datetime.now(UTC)


@asynccontextmanager
async def _telegram(database: Database, folder: Path) -> AsyncIterator[Place]:
    del database, folder
    async with BotApi(allowed_updates=ALLOWED_UPDATES) as api:
        zhang = api.person("张哥", username="zhangge", started=True)
        group = api.group("车主群", zhang)
        adapter = TelegramAdapter(TelegramSettings(api.token, api.url), KEY, now=now)
        api.says(zhang, "早上好", group)
        await adapter.start(RecordingIntake())
        await api.consumed()
        yield Place(adapter, str(group.id), str(zhang.id))


@asynccontextmanager
async def _wecom(database: Database, folder: Path) -> AsyncIterator[Place]:
    async with WeCom() as wecom:
        zhang = wecom.person("ZhangSan", "张哥")
        wecom.group(GROUP, "车主群", spoken=True, webhook_key="KEY")
        settings = settings_for(wecom, folder, app=True, webhook=True)
        adapter = WecomAdapter(settings, database, Catalog(), key=KEY, now=now)
        await adapter.start(RecordingIntake())
        await wecom.connected()
        yield Place(adapter, GROUP, zhang.userid)


@asynccontextmanager
async def _webchat(database: Database, folder: Path) -> AsyncIterator[Place]:
    settings = WebchatSettings((Person("zhang", "张哥"),), (Group("owners", "车主群"),), folder, "车友会")
    adapter = WebchatAdapter(settings, database, key=KEY, now=now)
    await adapter.start(RecordingIntake())
    yield Place(adapter, "owners", "zhang")


@pytest.fixture(params=[_telegram, _wecom, _webchat], ids=["telegram", "wecom", "webchat"])
async def place(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> AsyncIterator[Place]:
    """Give each adapter in turn, started."""
    async with request.param(database, tmp_path) as place:
        yield place
        await place.adapter.stop()
