"""A fake Bot API with a small cast, and the sender that speaks to it."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.adapters.telegram.client import Client
from bot.adapters.telegram.lanes import TelegramLanes
from bot.adapters.telegram.sender import Sender
from bot.adapters.telegram.settings import LaneSettings, TelegramSettings
from bot.adapters.telegram.wire import ALLOWED_UPDATES
from tests.bot.adapters.telegram.intake import RecordingIntake
from tests.bot.adapters.telegram.updates import KEY
from tests.botapi import BotApi
from tests.botapi.cast import Cast, cast_on

FAST = LaneSettings(account_per_second=1000, chat_per_second=1000, group_per_minute=1000)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(allowed_updates=ALLOWED_UPDATES) as api:
        yield api
        await asyncio.sleep(0)


@pytest.fixture
def cast(api: BotApi) -> Cast:
    return cast_on(api)


@pytest.fixture
def settings(api: BotApi) -> TelegramSettings:
    return TelegramSettings(api.token, api.url, limits=FAST, long_poll_seconds=2, answer_seconds=0.5)


@pytest.fixture
async def sender(settings: TelegramSettings) -> AsyncIterator[Sender]:
    lanes = TelegramLanes(settings.limits, time.monotonic)
    sender = Sender(Client(settings), lanes, username="huixiang_bot", seal_key=KEY)
    yield sender
    await sender.close()


@pytest.fixture
def intake() -> RecordingIntake:
    return RecordingIntake()


@pytest.fixture
async def adapter(settings: TelegramSettings) -> AsyncIterator[TelegramAdapter]:
    adapter = TelegramAdapter(settings, KEY, now=lambda: datetime.now(UTC))
    yield adapter
    await adapter.stop()
