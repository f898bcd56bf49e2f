"""Dialogues about a private text that may become feedback: its author says yes or no."""

from __future__ import annotations

import pytest

from tests.handlers.members.test_feedback import PHOTO, SECOND, kept
from tests.talk import YU, ZHANG, Talk


@pytest.mark.parametrize("captioned_first", [True, False])
async def test_a_private_album_is_asked_about_once(talk: Talk, captioned_first: bool) -> None:
    first = talk.message(ZHANG, "按钮太小了，您看照片", dm=True, attachments=[PHOTO])
    rest = talk.message(ZHANG, "", dm=True, attachments=[SECOND])
    parts = [talk.taken(first, album="a1"), talk.taken(rest, album="a1", is_album_rest=True)]
    for part in parts if captioned_first else reversed(parts):
        await talk.take(part)
    assert len(talk.heard(ZHANG)) == 1
    await talk.presses(ZHANG, "记下来")
    (feedback,) = await kept(talk)
    assert feedback.text == "按钮太小了，您看照片"
    assert set(feedback.attachments) == {PHOTO, SECOND}


async def test_a_private_text_is_kept_until_its_author_says_yes(talk: Talk) -> None:
    await talk.says(ZHANG, "按钮太小了，戴手套按不准", dm=True)
    assert talk.last(ZHANG).labels == ["记下来", "不用"]
    assert "记成反馈吗？" in talk.last(ZHANG).text
    assert await kept(talk) == []
    assert await talk.presses(ZHANG, "记下来") == "记下了，#1"
    (feedback,) = await kept(talk)
    assert feedback.text == "按钮太小了，戴手套按不准"
    assert talk.last(ZHANG).text.startswith("收到 #1")
    assert talk.last(ZHANG).labels == []


async def test_each_private_text_is_answered_by_its_own_buttons(talk: Talk) -> None:
    await talk.says(ZHANG, "第一件事：按钮太小了", dm=True)
    first = talk.last(ZHANG)
    await talk.says(ZHANG, "第二件事：声音太大了", dm=True)
    await talk.presses(ZHANG, "不用")
    await talk.presses(ZHANG, "记下来", on=first)
    assert [f.text for f in await kept(talk)] == ["第一件事：按钮太小了"]


async def test_a_word_answers_as_well_as_a_button(talk: Talk) -> None:
    await talk.says(ZHANG, "按钮太小了，戴手套按不准", dm=True)
    await talk.says(ZHANG, "记下来。", dm=True)
    assert len(await kept(talk)) == 1
    assert talk.heard(ZHANG)[-1].startswith("收到 #1")


async def test_no_means_no(talk: Talk) -> None:
    await talk.says(ZHANG, "按钮太小了，戴手套按不准", dm=True)
    question = talk.last(ZHANG)
    await talk.presses(ZHANG, "不用")
    assert question.text == "好，没有记。"
    assert await kept(talk) == []


async def test_a_question_answered_twice_or_a_day_late_says_it_is_settled(talk: Talk) -> None:
    said = await talk.says(ZHANG, "按钮太小了，戴手套按不准", dm=True)
    question = talk.last(ZHANG)
    await talk.advance(hours=25)
    assert (
        await talk.presses_action(ZHANG, f"confirm:{said.message_id}:yes", on=question)
        == "这条已经处理过了。"
    )
    assert await kept(talk) == []


async def test_nobody_answers_for_somebody_else(talk: Talk) -> None:
    said = await talk.says(ZHANG, "按钮太小了，戴手套按不准", dm=True)
    await talk.presses_action(YU, f"confirm:{said.message_id}:yes", on=talk.last(ZHANG))
    assert await kept(talk) == []


async def test_small_talk_in_private_gets_one_hint_an_hour(talk: Talk) -> None:
    await talk.says(ZHANG, "你好", dm=True)
    await talk.says(ZHANG, "哈哈", dm=True)
    (hint,) = talk.heard(ZHANG)
    assert "/help" in hint


async def test_an_edit_of_a_private_text_that_waits_is_what_gets_kept(talk: Talk) -> None:
    said = await talk.says(ZHANG, "按钮太小了，戴手套按不准", dm=True)
    await talk.edits(said, "按钮太小了，戴棉手套按不准")
    await talk.presses(ZHANG, "记下来")
    assert [f.text for f in await kept(talk)] == ["按钮太小了，戴棉手套按不准"]
