"""What follows a capture: a timer a moment later, for nothing that was taken back meanwhile."""

from __future__ import annotations

from datetime import timedelta

from tests.talk import ZHANG, Talk


async def test_a_capture_promises_to_look_at_the_voice_a_moment_later(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，开车时按不准")
    (timer,) = await talk.timers("heard")
    assert (timer.subject, timer.due - talk.now) == ("feedback:1", timedelta(seconds=2))
    await talk.advance(seconds=3)
    assert await talk.timers("heard") == []
