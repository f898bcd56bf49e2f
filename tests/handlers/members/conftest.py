"""Fixtures of members' dialogues."""

from __future__ import annotations

import pytest

from tests.talk import LI, ZHANG, Talk


@pytest.fixture
async def asked(talk: Talk) -> Talk:
    """Let 张哥, who knows the private chat, have reported a defect in the group; the first question is there."""
    await talk.says(ZHANG, "/start", dm=True)
    await talk.says(LI, "/start", dm=True)
    talk.heard(ZHANG)
    talk.heard(LI)
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.advance(seconds=3)
    return talk
