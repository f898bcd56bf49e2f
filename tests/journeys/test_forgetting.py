"""However much has happened, whoever is forgotten stands nowhere any more; what others said and counted stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from handlers.base import Settings
from rituals.base import RitualSettings
from storage import tables
from storage.departments import Department
from tests.journeys.stories import STORIES, Story
from tests.stage import TalkStage
from tests.talk import ZHANG, Talk

WORDS = ("张哥", f'"{ZHANG.external_id}"', f"'{ZHANG.external_id}'", ZHANG.username)
COUNTED = (
    "feedback",
    "changes",
    "resonances",
    "checkins",
    "poll_answers",
    "acquaintances",
    "activity",
    "verdicts",
)


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the morning check-in."""
    return (RitualSettings("morning", "checkin", "0 9 * * *", window=timedelta(hours=12)),)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings with a department."""
    return replace(settings, departments=(Department("product", "产品部"),))


async def everywhere(talk: Talk) -> dict[str, str]:
    """Return each cell of the database in which one of these words stands, by its table and column."""
    found: dict[str, str] = {}
    async with talk.database.read() as uow:
        for table in tables.metadata.sorted_tables:
            for row in (await uow.connection.execute(sa.select(table))).mappings():
                for name, value in row.items():
                    is_id = name in ("external_id", "sender", "target") and value == ZHANG.external_id
                    if is_id or any(word in repr(value) for word in WORDS):
                        found[f"{table.name}.{name}"] = repr(value)[:300]
    return found


async def sizes(talk: Talk) -> dict[str, int]:
    async with talk.database.read() as uow:
        return {
            name: (await uow.connection.execute(sa.text(f"SELECT count(*) FROM {name}"))).scalar_one()
            for name in COUNTED
        }


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
async def test_after_the_story_forgetting_leaves_no_trace_but_counts(story: Story, talk: Talk) -> None:
    await story(TalkStage(talk))
    talk.adapter.unreachable.clear()
    assert await everywhere(talk) != {}
    before = await sizes(talk)
    await talk.says(ZHANG, "/forget", dm=True)
    await talk.presses(ZHANG, "忘记我")
    await talk.advance(minutes=20)
    assert await everywhere(talk) == {}
    assert await sizes(talk) == before
