"""Dialogues about `/note`: what stays among staff."""

from __future__ import annotations

from storage.records import Status
from tests.handlers.conftest import status
from tests.talk import LI, ZHANG, Captured, Talk


async def test_a_note_stays_among_staff(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"备注 {feedback.id} 问过仓库\n周三补货", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 备注好了，只有同事看得到。"]
    async with talk.database.read() as uow:
        assert [text for _, text, _ in await uow.notes.list_of(feedback.id)] == ["问过仓库\n周三补货"]
    assert talk.heard(ZHANG) == []
    assert await status(talk, feedback.id) is Status.RECEIVED


async def test_a_note_by_button_is_the_next_message(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "更多")
    await talk.presses(LI, "备注")
    await talk.says(LI, "解决 的办法还没有", dm=True)
    async with talk.database.read() as uow:
        assert [text for _, text, _ in await uow.notes.list_of(feedback.id)] == ["解决 的办法还没有"]
    assert await status(talk, feedback.id) is Status.RECEIVED
