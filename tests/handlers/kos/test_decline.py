"""Dialogues about `/decline`: not now, in a person's own words."""

from __future__ import annotations

from bot.adapters.base import UnreachableError
from storage.records import Status
from tests.handlers.conftest import open_private, status
from tests.talk import LI, ZHANG, Captured, Talk


async def test_a_decline_is_a_persons_own_words_said_in_private_only(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    said = talk.message(ZHANG, "#反馈 按钮太小了")
    feedback = await captured(said=said)
    await talk.says(LI, "/decline 这代模具改不了", reply_to=said)
    assert talk.heard(ZHANG) == [
        "张哥，您 10月12日提的「按钮太小了」这次先不做：这代模具改不了。谢谢您说出来。 —— 小李"
    ]
    assert talk.heard() == []
    assert await status(talk, feedback.id) is Status.DECLINED


async def test_a_decline_needs_a_reason(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"婉拒 {feedback.id}", dm=True)
    assert talk.heard(LI) == ["还差一句话，比如：/decline 128 这代模具改不了，下一代会考虑进去"]
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "更多")
    await talk.presses(LI, "暂不采纳")
    assert "为什么这次不做" in talk.last(LI).text
    await talk.says(LI, "这代模具改不了", dm=True)
    assert await status(talk, feedback.id) is Status.DECLINED


async def test_nobody_is_named_in_the_group_for_a_decline_that_does_not_arrive(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("never started")
    await talk.says(LI, f"/decline {feedback.id} 这代改不了", dm=True)
    assert talk.heard() == []
    assert any(f"/told {feedback.id}" in text for text in talk.heard(LI))
