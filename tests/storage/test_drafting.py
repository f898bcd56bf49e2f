"""Wanted drafts, on both databases: each is taken once, unless whoever took it never brought anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.db import Database
from storage.drafting import LOST_AFTER, Wanted
from storage.messages import Message
from tests.storage.test_facts import voice
from tests.storage.test_outbox import NOON, group

SOON = NOON + LOST_AFTER / 2
LATER = NOON + LOST_AFTER * 2


async def taken(database: Database, now: datetime) -> list[Wanted]:
    async with database.begin() as uow:
        await uow.drafting.give_back(now)
        return await uow.drafting.take(4, now)


async def ask(database: Database, message_id: str = "7") -> None:
    async with database.begin() as uow:
        feedback = await voice(uow, message_id)
        assert await uow.drafting.ask(feedback.id, feedback.contributor_id, "zh_CN", NOON)


async def test_what_was_taken_is_taken_again_only_once_it_is_lost(database: Database) -> None:
    await ask(database)
    [wanted] = await taken(database, NOON)
    assert await taken(database, SOON) == []
    assert await taken(database, LATER) == [wanted]
    assert await taken(database, LATER + LOST_AFTER / 2) == []


async def test_what_has_come_or_nobody_waits_for_any_more_stays_taken(database: Database) -> None:
    await ask(database)
    await ask(database, "8")
    first, second = await taken(database, NOON)
    async with database.begin() as uow:
        chat = await group(uow)
        await uow.outbox.put(chat.id, Message(text=("草稿",)), key=first.key, now=NOON)
    assert await taken(database, LATER) == [second]
    assert await taken(database, NOON + timedelta(days=1)) == []
