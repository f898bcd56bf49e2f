"""Fixtures of dialogues: feedback that is there already, two voices of one thing, a praise that becomes a story."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from storage.records import Feedback, Status
from tests.handlers import complained
from tests.handlers.praised import WORDS
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Captured, Person, Said, Talk


@pytest.fixture
async def follow(talk: Talk) -> Callable[[Feedback, Person], Awaitable[None]]:
    """Give a way to follow a feedback."""

    async def follow(feedback: Feedback, who: Person) -> None:
        async with talk.database.begin() as uow:
            people = await uow.members.meet(PLATFORM, [(who.external_id, who.name, who.username)], talk.now)
            await uow.members.change(people[who.external_id].id, home_chat_id=feedback.chat_id)
            await uow.followers.add(feedback.id, people[who.external_id].id, talk.now)

    return follow


async def open_private(talk: Talk, who: Person) -> None:
    """Let somebody have opened their private chat."""
    await talk.says(who, "/start", dm=True)
    talk.heard(who)


async def status(talk: Talk, number: int) -> Status:
    """Return where a feedback stands."""
    async with talk.database.read() as uow:
        return (await uow.feedback.get(number)).status


@pytest.fixture
async def two(captured: Captured) -> tuple[Feedback, Feedback]:
    """Give two voices about the same thing."""
    return await captured("#反馈 按钮太小了"), await captured("#反馈 戴手套按不准", YU)


@pytest.fixture
async def praise(talk: Talk) -> Said:
    """Let 张哥 have praised something, and everybody have a private chat."""
    for who in (LI, MIN, ZHANG, YU):
        await open_private(talk, who)
    said = await talk.says(ZHANG, f"#表扬 {WORDS}")
    await talk.advance(seconds=3)
    for who in (None, LI, ZHANG):
        talk.heard(who)
    return said


@pytest.fixture
async def hurt(talk: Talk) -> Said:
    """Let 张哥 have complained in the group, 小李 look after it, and everybody have a private chat."""
    for who in (LI, MIN, ZHANG, YU):
        await open_private(talk, who)
    said = await talk.says(ZHANG, f"#反馈 {complained.WORDS}")
    await talk.advance(seconds=3)
    await talk.says(LI, "/claim 1", dm=True)
    for who in (None, LI, ZHANG):
        talk.heard(who)
    return said
