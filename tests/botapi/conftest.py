"""Fixtures for the fake's own tests: the server with a small cast, and a client that we did not write."""

from collections.abc import AsyncIterator

import pytest
import telegram

from tests.botapi import BotApi
from tests.botapi.cast import Cast, cast_on

ALL_UPDATES = list(telegram.Update.ALL_TYPES)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(allowed_updates=ALL_UPDATES) as api:
        yield api


@pytest.fixture
def cast(api: BotApi) -> Cast:
    return cast_on(api)


@pytest.fixture
async def bot(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[telegram.Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with telegram.Bot(api.token, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot") as bot:
        yield bot
