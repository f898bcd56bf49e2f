"""Fixtures for the fake's own tests: the server with a small cast, and a client that we did not write."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import telegram

from tests.botapi import BotApi, Chat, Person

ALL_UPDATES = list(telegram.Update.ALL_TYPES)


@dataclass(frozen=True, slots=True)
class Cast:
    """张哥 pressed Start, 小雨 never did, 小李 is an admin of the group."""

    zhang: Person
    yu: Person
    li: Person
    group: Chat


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(allowed_updates=ALL_UPDATES) as api:
        yield api


@pytest.fixture
def cast(api: BotApi) -> Cast:
    zhang = api.person("张哥", username="zhangge", started=True)
    yu, li = api.person("小雨"), api.person("小李", started=True)
    return Cast(zhang, yu, li, api.group("车主群", zhang, yu, admins=(li,)))


@pytest.fixture
async def bot(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[telegram.Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with telegram.Bot(api.token, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot") as bot:
        yield bot
