"""Ways the main loop can go beside its stories: at night, and with others who follow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rituals.base import RitualSettings
from tests.talk import LI, YU, ZHANG, Talk


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the morning check-in."""
    return (RitualSettings("morning", "checkin", "0 9 * * *", window=timedelta(hours=12)),)


async def test_quiet_hours_hold_what_is_said_at_night_and_fold_it_in_the_morning(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴着手套按不准")
    await talk.advance(minutes=10)
    await talk.says(ZHANG, "#反馈 座椅加热太慢了，等半天")
    await talk.advance(hours=13)  # 23:10
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    await talk.says(LI, "/resolve 2 4.3 里加热快了一倍", dm=True)
    assert talk.posts(ZHANG) == []
    await talk.advance(hours=9)
    [folded] = talk.posts(ZHANG)
    assert "按钮" in folded.text
    assert "座椅" in folded.text
    await talk.presses(ZHANG, "#2 顺手多了")
    async with talk.database.read() as uow:
        assert str((await uow.feedback.get(2)).status) == "verified"
        assert str((await uow.feedback.get(1)).status) == "resolved"


async def test_a_follower_hears_too_and_their_answer_does_not_close_it(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴着手套按不准")
    await talk.says(YU, "/follow 1", dm=True)
    talk.heard(YU)
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    assert any("4.3" in text for text in talk.heard(YU))
    assert any("4.3" in text for text in talk.heard(ZHANG))
