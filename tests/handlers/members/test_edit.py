"""Dialogues about edits: the text follows, every version is kept."""

from __future__ import annotations

from storage.records import Status
from tests.fakes import FakeAdapter
from tests.handlers.conftest import open_private
from tests.handlers.members.test_feedback import kept
from tests.talk import GROUP, LI, YU, ZHANG, Said, Talk


async def test_an_edit_updates_the_text_and_keeps_every_version(talk: Talk) -> None:
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.edits(said, "#反馈 按钮太小了，字也小")
    await talk.edits(said, "按钮和字都太小了")
    (feedback,) = await kept(talk)
    assert feedback.text == "按钮和字都太小了"
    assert feedback.status is Status.RECEIVED
    async with talk.database.read() as uow:
        assert await uow.feedback.list_versions(feedback.id) == [
            "#反馈 按钮太小了",
            "#反馈 按钮太小了，字也小",
        ]


async def test_what_an_edit_makes_urgent_is_told_staff_at_once(talk: Talk) -> None:
    await open_private(talk, LI)
    said = await talk.says(ZHANG, "#反馈 刹车异响")
    await talk.advance(minutes=1)
    talk.heard(LI)
    await talk.edits(said, "#反馈 刹车异响，等不了了")
    await talk.edits(said, "#反馈 刹车异响，等不了了！")
    await talk.advance(seconds=1)
    assert len([line for line in talk.heard(LI) if "等不了了" in line]) == 1


async def test_an_edit_that_adds_a_tag_captures_the_message(talk: Talk, adapter: FakeAdapter) -> None:
    said = await talk.says(ZHANG, "按钮太小了，戴着手套根本按不准，大家呢")
    await talk.edits(said, "#反馈 按钮太小了，戴着手套根本按不准，大家呢")
    await talk.edits(said, "#反馈 按钮太小了，戴着手套根本按不准，大家呢？")
    (feedback,) = await kept(talk)
    assert feedback.text.endswith("大家呢？")
    assert (GROUP, said.message_id, "✍") in adapter.reactions


async def test_an_edit_by_somebody_else_or_of_ordinary_talk_changes_nothing(talk: Talk) -> None:
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.edits(Said(said.chat, said.message_id, said.text, YU), "#反馈 别的")
    await talk.edits(Said(GROUP, "88", "", YU), "今天天气真不错啊大家早上好")
    (feedback,) = await kept(talk)
    assert feedback.text == "#反馈 按钮太小了"
