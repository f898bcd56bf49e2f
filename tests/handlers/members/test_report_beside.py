"""Dialogues about the facts of a defect: what is said beside our question, and what was taken for an answer."""

from __future__ import annotations

import pytest

from tests.handlers.reported import facts, tell_six
from tests.talk import ZHANG, Talk


async def test_a_question_of_ones_own_is_no_answer_and_ours_comes_again(asked: Talk) -> None:
    talk = asked
    await talk.says(ZHANG, "这个车机能装别的地图吗？", dm=True)
    assert talk.heard(ZHANG)[-1] == "「这个车机能装别的地图吗？」\n要请同事来答吗？"
    assert talk.last(ZHANG).labels == ["请同事来答", "不用"]
    assert await facts(talk) == {}
    await talk.advance(seconds=5)
    await talk.presses(ZHANG, "请同事来答")
    assert talk.heard(ZHANG)[-1] == "接着刚才的：\n是什么时候遇到的？"
    await talk.says(ZHANG, "昨天晚上", dm=True)
    assert await facts(talk) == {"when": "昨天晚上"}
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(2)).text == "这个车机能装别的地图吗？"


async def test_the_question_still_stands_while_ours_about_other_words_is_open(asked: Talk) -> None:
    talk = asked
    await talk.says(ZHANG, "对了，空调也有异味", dm=True)
    assert "记成反馈吗" in talk.heard(ZHANG)[-1]
    await talk.says(ZHANG, "昨天晚上", dm=True)  # they answer ours first
    assert await facts(talk) == {"when": "昨天晚上"}


@pytest.mark.parametrize(("said", "kept"), [("不用了", 0), ("好的", 1)])
async def test_our_question_about_other_words_is_answered_in_words_too(
    asked: Talk, said: str, kept: int
) -> None:
    talk = asked
    await talk.says(ZHANG, "对了，空调也有异味", dm=True)
    await talk.advance(seconds=5)
    await talk.says(ZHANG, said, dm=True)
    assert talk.heard(ZHANG)[-1] == "接着刚才的：\n是什么时候遇到的？"
    assert await facts(talk) == {}
    async with talk.database.read() as uow:
        assert (await uow.feedback.find(2) is not None) is bool(kept)


@pytest.mark.parametrize("said", ["谢谢", "好的！", "在吗", "👍", "等一下", "thanks"])
async def test_small_talk_is_no_answer_and_is_reminded_of_the_question_once(asked: Talk, said: str) -> None:
    talk = asked
    talk.heard(ZHANG)
    await talk.says(ZHANG, said, dm=True)
    assert talk.heard(ZHANG) == ["不急，想起来再说就行。刚才问的是：\n是什么时候遇到的？"]
    await talk.says(ZHANG, said, dm=True)
    assert talk.heard(ZHANG) == []
    assert await facts(talk) == {}


@pytest.mark.parametrize("is_tap", [True, False])
async def test_what_was_taken_for_an_answer_is_taken_back_with_one_tap_or_word(
    asked: Talk, is_tap: bool
) -> None:
    talk = asked
    await talk.says(ZHANG, "空调的味道还是很大", dm=True)
    assert talk.last(ZHANG).labels == ["跳过", "都跳过", "刚才那句不是回答"]
    if is_tap:
        await talk.presses(ZHANG, "不是回答")
    else:
        await talk.says(ZHANG, "这不是回答", dm=True)
    assert talk.heard(ZHANG)[-1] == "好，刚才那句不算回答。「空调的味道还是很大」\n记成反馈吗？"
    assert await facts(talk) == {}
    await talk.advance(seconds=5)
    await talk.presses(ZHANG, "记下来")
    assert talk.heard(ZHANG)[-1] == "接着刚才的：\n是什么时候遇到的？"
    await talk.says(ZHANG, "昨天", dm=True)
    assert await facts(talk) == {"when": "昨天"}
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(2)).text == "空调的味道还是很大"


async def test_the_last_answer_can_be_taken_back_after_the_thanks(asked: Talk) -> None:
    talk = asked
    await tell_six(talk)
    assert talk.heard(ZHANG)[-1] == "最后一问：有照片或视频吗？直接发来就好。"
    await talk.says(ZHANG, "你们的客服态度不行", dm=True)
    assert talk.heard(ZHANG)[-1].startswith("谢谢您，#1")
    thanked = talk.last(ZHANG)
    await talk.presses(ZHANG, "不是回答", on=thanked)
    assert talk.heard(ZHANG)[-1] == "好，刚才那句不算回答。「你们的客服态度不行」\n记成反馈吗？"
    assert "media" not in await facts(talk)
    assert await talk.presses_action(ZHANG, "details:1:media:undo", on=thanked) == "这一问已经不需要了。"


async def test_there_is_nothing_to_take_back_before_anything_was_said(asked: Talk) -> None:
    await asked.says(ZHANG, "不是回答", dm=True)
    assert asked.heard(ZHANG)[-1] == "好，刚才那句不算回答。\n是什么时候遇到的？"
