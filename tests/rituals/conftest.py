"""Fixtures of the rituals' tests."""

from __future__ import annotations

import pytest

from storage.records import Feedback
from tests.rituals.followed import capture, resolve
from tests.scene import Scene


@pytest.fixture
async def told(scene: Scene) -> Feedback:
    """Let 张哥 have said something that 小李 resolved, with the timers that follow; nobody has answered."""
    scene.rituals = []
    await scene.open()
    async with scene.database.begin() as uow:
        feedback = await capture(scene, uow, "#反馈 按钮太小了")
        return await resolve(scene, uow, feedback)
