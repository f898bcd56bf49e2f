"""Speaking in hiding: under an alias that answers come back to, or sealed with a claim code."""

from __future__ import annotations

import re

from storage.modes import Mode
from storage.records import Feedback, Status
from tests.talk import LI, ZHANG, Talk

CODE = re.compile(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}")


async def only_feedback(talk: Talk) -> Feedback:
    """Return the one feedback there is."""
    async with talk.database.read() as uow:
        (feedback,) = await uow.feedback.list_after(0, 2)
    return feedback


async def say_hidden(
    talk: Talk, text: str = "门店的人态度很差，我不想再去了", *, how: str = "用化名说"
) -> Feedback:
    """Let 张哥 say something in hiding."""
    await talk.says(ZHANG, "悄悄话", dm=True)
    await talk.presses(ZHANG, how)
    await talk.says(ZHANG, text, dm=True)
    return await only_feedback(talk)


async def test_an_alias_is_all_that_staff_see_of_who_said_it(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    assert feedback.mode is Mode.ALIAS
    assert not feedback.is_open_voice
    assert "您的化名是" in talk.heard(ZHANG)[-1]
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    card = talk.heard(LI)[-1]
    assert "张哥" not in card
    assert "态度很差" in card
    assert (feedback.link, feedback.created_at.minute % 15) == ("", 0)


async def test_the_promise_is_shown_before_anything_is_said(talk: Talk) -> None:
    await talk.says(ZHANG, "/private", dm=True)
    await talk.presses(ZHANG, "密封")
    assert "谁也揭不开" in talk.heard(ZHANG)[-1]


async def test_an_alias_hears_what_became_of_it_and_answers_by_button(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await talk.says(LI, f"/resolve {feedback.id} 店长换了人，培训也补上了", dm=True)
    await talk.advance(hours=1)
    assert any("店长换了人" in line for line in talk.heard(ZHANG))
    await talk.presses(ZHANG, "顺手多了")
    assert (await only_feedback(talk)).status is Status.VERIFIED
    await talk.advance(minutes=20)
    assert not any("张哥" in line for line in talk.heard(LI))
    assert talk.heard() == []


async def test_words_are_written_back_under_the_same_alias(talk: Talk) -> None:
    await talk.says(LI, "/start", dm=True)
    feedback = await say_hidden(talk)
    await talk.presses(ZHANG, "补一句")
    await talk.says(ZHANG, "是上周六下午的事", dm=True)
    assert "已经转交" in talk.heard(ZHANG)[-1]
    await talk.advance(minutes=20)
    (told,) = [line for line in talk.heard(LI) if "上周六" in line]
    assert "张哥" not in told
    await talk.says(ZHANG, "今天天气真不错啊", dm=True)
    assert "记下来" in "".join(talk.last(ZHANG).labels)
    assert feedback.id == (await only_feedback(talk)).id


async def test_a_claim_code_reads_the_answers_of_a_sealed_thread_and_answers_them(talk: Talk) -> None:
    feedback = await say_hidden(talk, how="密封着说")
    found = CODE.search("\n".join(talk.heard(ZHANG)))
    assert found is not None
    await talk.says(LI, f"/resolve {feedback.id} 店长换了人", dm=True)
    await talk.advance(hours=1)
    assert not any("店长换了人" in line for line in talk.heard(ZHANG))
    await talk.says(ZHANG, f"/private 取信 {found.group().lower()}", dm=True)
    assert "店长换了人" in talk.heard(ZHANG)[-1]
    await talk.presses(ZHANG, "还不行")
    await talk.says(ZHANG, "上周又遇到一次", dm=True)
    assert (await only_feedback(talk)).status is Status.IN_REVIEW
    await talk.advance(minutes=20)
    assert any("上周又遇到一次" in line for line in talk.heard(LI))
