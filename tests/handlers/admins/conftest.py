"""Fixtures of the admins' dialogues: a group with two rituals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.base import Settings
from rituals.base import Question, RitualSettings
from storage.audit import Entry
from storage.records import Chat, ChatKind, ChatState
from tests.talk import PLATFORM, Talk

RITUALS = (
    RitualSettings("morning", "checkin", "0 9 * * *", window=timedelta(hours=12)),
    RitualSettings(
        "weekend", "poll", "0 16 * * fri", close="0 20 * * sun", questions=(Question("去哪儿？", ("山里", "海边")),)
    ),
)  # fmt: skip


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the rituals of the group."""
    return RITUALS


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings with the names of the rituals."""
    return replace(settings, rituals=tuple(ritual.name for ritual in RITUALS))


async def second_group(talk: Talk) -> Chat:
    """Add another served group with one of the rituals."""
    async with talk.database.begin() as uow:
        chat = await uow.chats.add(
            PLATFORM, "-1002", ChatKind.GROUP, title="车主二群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai", rituals=("morning",),
        )  # fmt: skip
        await talk.core.plans.reload(uow)
    return chat


async def audited(talk: Talk) -> list[Entry]:
    """Return the audit, newest first."""
    async with talk.database.read() as uow:
        return await uow.audit.list_last()
