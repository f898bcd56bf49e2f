"""The stories of the main loop, played in memory with a clock that moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.base import Settings
from rituals.base import RitualSettings
from storage.departments import Department
from tests.journeys.stories import STORIES, Story
from tests.stage import TalkStage
from tests.talk import Talk


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the morning check-in."""
    return (RitualSettings("morning", "checkin", "0 9 * * *", window=timedelta(hours=12)),)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings with a department."""
    return replace(settings, departments=(Department("product", "产品部"),))


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
async def test_the_story_in_memory(story: Story, talk: Talk) -> None:
    await story(TalkStage(talk))
