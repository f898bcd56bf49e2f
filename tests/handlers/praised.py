"""A praise that becomes a story, for the dialogues about it."""

from __future__ import annotations

import sqlalchemy as sa

from storage import tables
from storage.stories import StoryState
from tests.talk import LI, ZHANG, Talk

WORDS = "座椅加热太舒服了，冬天出门不怕冷"


TOLD = f"群友说：「{WORDS}」\n—— 张哥"


async def state(talk: Talk) -> StoryState | None:
    async with talk.database.read() as uow:
        story = await uow.stories.find(1)
    return story.state if story else None


async def held(talk: Talk, words: str) -> set[str]:
    """Return where these words stand in deliveries, consents apart."""
    async with talk.database.read() as uow:
        rows = await uow.connection.execute(
            sa.select(tables.deliveries.c.key).where(
                tables.deliveries.c.content.contains(words), tables.deliveries.c.subject.startswith("story:")
            )
        )
        return set(rows.scalars())


async def agreed(talk: Talk) -> None:
    """Ask, and let 张哥 agree by name."""
    await talk.says(LI, "/story 1", dm=True)
    await talk.presses(ZHANG, "写我的名字")
    for who in (None, LI, ZHANG):
        talk.heard(who)


async def published(talk: Talk) -> None:
    """Agree, and publish."""
    await agreed(talk)
    await talk.says(LI, "/story 1 发布", dm=True)
    for who in (None, LI, ZHANG):
        talk.heard(who)
