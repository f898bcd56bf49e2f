"""Dialogues about `/reply`: the answer of a person, and whether it solved it."""

from __future__ import annotations

from storage.records import Attachment, FeedbackClass, Status
from tests.handlers.conftest import open_private, status
from tests.talk import LI, MIN, ZHANG, Captured, Talk


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


async def test_what_is_said_to_an_answer_goes_to_who_gave_it(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    feedback = await captured("#反馈 约了保养没人理", kind=FeedbackClass.SERVICE, is_guess=False)
    await talk.says(LI, f"/reply {feedback.id} 今天下午三点给您留了工位", dm=True)
    talk.heard(LI)
    await talk.says(ZHANG, "三点我去不了啊", dm=True)
    assert talk.heard(ZHANG)[-1] == "已转给小李。"
    assert talk.heard(LI) == [f"张哥说（#{feedback.id}「约了保养没人理」）：「三点我去不了啊」"]
    await talk.presses(LI, "答复")
    await talk.says(LI, "那您看几点方便？", dm=True)
    assert talk.last(ZHANG).text == "那您看几点方便？ —— 小李"
    assert talk.last(ZHANG).labels == ["解决了", "还没有"]
    await talk.says(ZHANG, "明早十点。好了别再变就行", dm=True)
    await talk.says(ZHANG, "解决了", dm=True)
    assert await status(talk, feedback.id) is Status.VERIFIED
    talk.heard(LI)
    await talk.says(ZHANG, "另外座椅加热也不热了", dm=True)
    assert "记成反馈吗" in talk.last(ZHANG).text
    assert talk.heard(LI) == []


async def test_who_writes_back_and_hears_nothing_is_brought_to_mind_and_then_to_the_next(
    talk: Talk, captured: Captured
) -> None:
    for who in (LI, MIN):
        await open_private(talk, who)
    feedback = await captured("#反馈 约了保养没人理", kind=FeedbackClass.SERVICE, is_guess=False)
    await talk.says(LI, f"/reply {feedback.id} 今天下午三点给您留了工位", dm=True)
    await talk.says(ZHANG, "三点我去不了啊", dm=True)
    talk.heard(LI)
    await talk.advance(minutes=16)
    assert talk.heard(LI) == [f"张哥写了话给你，还没等到回音：#{feedback.id}「约了保养没人理」。回一句就好。"]
    await talk.advance(minutes=15)
    assert any("一直没等到回音" in line for line in talk.heard(MIN))


async def test_who_is_answered_or_only_said_thanks_waits_for_nothing(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    feedback = await captured("#反馈 约了保养没人理", kind=FeedbackClass.SERVICE, is_guess=False)
    await talk.says(LI, f"/reply {feedback.id} 今天下午三点给您留了工位", dm=True)
    await talk.says(ZHANG, "三点我去不了啊", dm=True)
    await talk.says(LI, f"/reply {feedback.id} 那四点", dm=True)
    await talk.says(ZHANG, "谢谢", dm=True)
    assert await talk.timers("talk_waits") == []


async def test_a_question_of_ours_is_not_put_beside_a_question_of_a_person(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured("快递到哪了", kind=FeedbackClass.SERVICE)
    await talk.says(LI, f"/reply {feedback.id} 您的单号是多少？", dm=True)
    assert talk.last(ZHANG).text == "张哥，您 10月12日提的「快递到哪了」：您的单号是多少？ —— 小李"


async def test_who_is_about_to_speak_in_hiding_is_not_listened_to_by_name(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured("快递到哪了", kind=FeedbackClass.SERVICE)
    await talk.says(ZHANG, "/private 化名", dm=True)
    await talk.says(LI, f"/reply {feedback.id} 已经补发", dm=True)
    talk.heard(LI)
    await talk.says(ZHANG, "店里的销售态度很差，说不清价格", dm=True)
    assert not any("张哥" in line for line in talk.heard(LI))
    assert "化名" in talk.last(ZHANG).text


async def test_a_tag_in_a_talk_is_a_voice_of_its_own(talk: Talk, captured: Captured) -> None:
    feedback = await captured("快递到哪了", kind=FeedbackClass.SERVICE)
    await talk.says(LI, f"/reply {feedback.id} 已经补发", dm=True)
    await talk.advance(seconds=10)
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准", dm=True)
    assert "收到 #2" in talk.last(ZHANG).text
    await talk.says(ZHANG, "撤回 2", dm=True)
    assert "要撤回 #2" in talk.last(ZHANG).text


async def test_who_talks_with_us_is_answered_at_once_at_night_too(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.advance(hours=13)
    await talk.says(LI, f"/reply {feedback.id} 您说的是哪个页面？", dm=True)
    assert talk.heard(ZHANG) == []
    await talk.says(ZHANG, "/mine", dm=True)
    talk.heard(ZHANG)
    await talk.says(LI, f"/plan {feedback.id} 12月1日 跟 4.3 一起上", dm=True)
    assert "排上了" in talk.heard(ZHANG)[0]


async def test_an_answer_sent_twice_by_mistake_arrives_once(talk: Talk, captured: Captured) -> None:
    feedback = await captured("#反馈 快递到哪了", kind=FeedbackClass.SERVICE, is_guess=False)
    for _ in range(2):
        await talk.says(LI, f"/reply {feedback.id} 已经补发", dm=True)
    assert len(talk.heard(ZHANG)) == 1
    assert talk.last(LI).text == f"#{feedback.id} 这句刚答复过，没有再发一遍。"
    await talk.says(ZHANG, "那大概几点能到呢", dm=True)
    await talk.says(LI, f"/reply {feedback.id} 已经补发", dm=True)
    assert any("已经补发" in line for line in talk.heard(ZHANG))


async def test_a_recording_instead_of_a_sentence_is_asked_for_in_words_and_nothing_is_captured(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured("#反馈 快递到哪了", kind=FeedbackClass.SERVICE, is_guess=False)
    await open_private(talk, LI)
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "答复")
    for file in (Attachment("voice", "v", "uv"), Attachment("photo", "p", "up")):
        await talk.says(LI, "", dm=True, attachments=[file])
        assert talk.last(LI).text == "这里只能转文字，把要说的写成一句话就好。"
    talk.heard(LI)
    await talk.says(LI, "单号在图里", dm=True, attachments=[Attachment("photo", "p", "up")])
    assert "单号在图里" in talk.heard(ZHANG)[-1]
    assert "图片和语音转不过去，只用了文字。" in talk.heard(LI)
