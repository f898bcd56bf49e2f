"""Dialogues about `/reply`: the answer of a person, and whether it solved it."""

from __future__ import annotations

from storage.records import FeedbackClass, Status
from tests.handlers.conftest import open_private, status
from tests.talk import LI, ZHANG, Captured, Talk


async def test_an_answer_goes_to_the_private_chat_and_asks_whether_it_solved_it(
    talk: Talk, captured: Captured
) -> None:
    await open_private(talk, LI)
    said = talk.message(ZHANG, "#反馈 快递到哪了")
    feedback = await captured("#反馈 快递到哪了", said=said, kind=FeedbackClass.SERVICE, is_guess=False)
    await talk.says(LI, "/reply 已经补发，尾号 6021", reply_to=said)
    echo = talk.last(ZHANG)
    assert echo.text == "张哥，您 10月12日提的「快递到哪了」：已经补发，尾号 6021。解决了吗？ —— 小李"
    assert echo.labels == ["解决了", "还没有"]
    assert talk.heard() == []
    assert await status(talk, feedback.id) is Status.ANSWERED
    await talk.presses(ZHANG, "解决了", on=echo)
    assert await status(talk, feedback.id) is Status.VERIFIED


async def test_who_just_asked_at_night_is_answered_at_night(talk: Talk, captured: Captured) -> None:
    await talk.advance(hours=13)
    feedback = await captured("快递到哪了", kind=FeedbackClass.SERVICE)
    await talk.says(LI, f"/reply {feedback.id} 已经补发", dm=True)
    assert len(talk.heard(ZHANG)) == 1


async def test_an_answer_is_never_put_off_to_another_day(talk: Talk, captured: Captured) -> None:
    for number in range(4):
        feedback = await captured(f"快递到哪了 {number}", kind=FeedbackClass.SERVICE)
        await talk.advance(minutes=10)
        await talk.says(LI, f"/reply {feedback.id} 已经补发", dm=True)
    assert len(talk.heard(ZHANG)) == 4


async def test_a_reply_to_a_suggestion_takes_it_up_and_asks_nothing(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"回复 {feedback.id} 您说的是哪个页面？", dm=True)
    assert talk.heard(ZHANG) == ["张哥，您 10月12日提的「按钮太小了」：您说的是哪个页面？ —— 小李"]
    assert talk.last(ZHANG).labels == []
    assert await status(talk, feedback.id) is Status.IN_REVIEW
    await talk.says(LI, f"/reply {feedback.id} 明白了", dm=True)
    assert len(talk.heard(ZHANG)) == 1
    assert await status(talk, feedback.id) is Status.IN_REVIEW


async def test_praise_is_answered_without_a_question(talk: Talk, captured: Captured) -> None:
    feedback = await captured("盒子很漂亮", kind=FeedbackClass.PRAISE)
    await talk.says(LI, f"/reply {feedback.id} 谢谢，已经转给设计师！", dm=True)
    assert talk.last(ZHANG).labels == []
    assert await status(talk, feedback.id) is Status.ANSWERED
    assert await talk.timers("verify_reminder", "unconfirmed") == []
