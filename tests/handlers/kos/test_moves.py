"""Dialogues about the orders that move a feedback: class, note, plan, progress, reply, decline, reopen, hold."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from bot.adapters.base import UnreachableError
from storage import tables
from storage.manners import Manners
from storage.messages import Message
from storage.records import FeedbackClass, Status
from tests.handlers.kos.conftest import Captured, open_private
from tests.talk import LI, MIN, YU, ZHANG, Talk


async def status(talk: Talk, number: int) -> Status:
    """Return where a feedback stands."""
    async with talk.database.read() as uow:
        return (await uow.feedback.get(number)).status


# class


@pytest.mark.parametrize(
    ("word", "chosen"),
    [
        ("服务", FeedbackClass.SERVICE),
        ("service", FeedbackClass.SERVICE),
        ("建议", FeedbackClass.SUGGESTION),
        ("Suggestion", FeedbackClass.SUGGESTION),
        ("表扬。", FeedbackClass.PRAISE),
    ],
)
async def test_a_person_says_what_it_is_and_the_guess_is_kept_for_training(
    talk: Talk, captured: Captured, word: str, chosen: FeedbackClass
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/class {feedback.id} {word}", dm=True)
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        rows = (await uow.connection.execute(sa.select(tables.corrections))).mappings().all()
    assert (now.feedback_class, now.is_guess) == (chosen, False)
    assert [(row["guessed"], row["chosen"]) for row in rows] == [("suggestion", str(chosen))]


async def test_one_tap_confirms_the_guess_and_the_card_shows_it(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    card = talk.last(LI)
    assert await talk.presses(LI, "建议") == f"#{feedback.id} 归为「建议」。"
    assert "✓ 建议" in card.labels
    assert f"#{feedback.id} 建议 ·" in card.text


async def test_an_unknown_class_gets_an_example(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for text in (f"/class {feedback.id} 投诉", f"归类 {feedback.id}"):
        await talk.says(LI, text, dm=True)
        assert talk.heard(LI) == ["归到哪一类？服务、建议或表扬，比如：/class 128 建议"]


@pytest.mark.parametrize(
    "action",
    [
        "class",
        "class:x:0:praise",
        "class:1:0:wrong",
        "claim:" + "9" * 30 + ":0",
        "resolve:1",
        "note:²:0",
        "show:",
        "drop",
    ],
)
async def test_a_forged_button_does_nothing(talk: Talk, captured: Captured, action: str) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses_action(LI, action, on=talk.last(LI))
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        assert await uow.audit.list_last() == []
    assert (now.is_guess, now.owner_id, now.status) == (True, None, Status.RECEIVED)


# note


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
    await talk.presses(LI, "备注")
    await talk.says(LI, "解决 的办法还没有", dm=True)
    async with talk.database.read() as uow:
        assert [text for _, text, _ in await uow.notes.list_of(feedback.id)] == ["解决 的办法还没有"]
    assert await status(talk, feedback.id) is Status.RECEIVED


# plan


@pytest.mark.parametrize(
    ("words", "day", "line"),
    [
        ("2026-12-01 跟 4.3 一起上", date(2026, 12, 1), "排上了，12月1日前给您结果。跟 4.3 一起上。"),
        ("下周五", date(2026, 10, 23), "排上了，10月23日前给您结果。 —— 小李"),
        ("3d，先改字体", date(2026, 10, 15), "排上了，10月15日前给您结果。先改字体。"),
    ],
)
async def test_a_plan_is_told_with_its_day(
    talk: Talk, captured: Captured, words: str, day: date, line: str
) -> None:
    feedback = await captured()
    async with talk.database.begin() as uow:
        people = await uow.members.meet(
            talk.adapter.platform, [(YU.external_id, YU.name, YU.username)], talk.now
        )
        await uow.followers.add(feedback.id, people[YU.external_id].id, talk.now)
    await talk.says(LI, f"/plan {feedback.id} {words}", dm=True)
    assert line in talk.heard(ZHANG)[0]
    assert line in talk.heard(YU)[0]
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
    assert (now.status, now.planned_for) == (Status.PLANNED, day)


async def test_a_plan_by_button_reads_the_day_from_the_sentence(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "排期")
    await talk.says(LI, "什么时候都行", dm=True)
    assert (
        talk.heard(LI)[-1]
        == "没看懂是哪天，可以写 12月1日、下周五、3d，比如：/plan 128 12月1日 跟 4.3 一起上"
    )
    await talk.says(LI, "12月1日 跟 4.3 一起上", dm=True)
    assert await status(talk, feedback.id) is Status.PLANNED


async def test_a_plan_for_a_day_that_has_passed_is_refused(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/plan {feedback.id} 2026-10-01 改", dm=True)
    assert talk.heard(LI) == ["10月1日已经过去了，换一个往后的日子吧。"]
    assert await status(talk, feedback.id) is Status.RECEIVED


# progress


async def test_progress_is_told_and_can_be_told_again(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/progress {feedback.id} 样机改好了", dm=True)
    await talk.says(LI, f"进展 {feedback.id} 这周内测", dm=True)
    assert talk.heard(ZHANG) == [
        "张哥，您 10月12日提的「按钮太小了」在做了：样机改好了。 —— 小李",
        "张哥，您 10月12日提的「按钮太小了」在做了：这周内测。 —— 小李",
    ]
    assert await status(talk, feedback.id) is Status.IN_PROGRESS


# reply


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


# decline


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


# reopen


async def test_reopening_says_why_and_stops_the_questions(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    talk.heard(ZHANG)
    await talk.says(MIN, f"/reopen {feedback.id} 夜间模式没改到", dm=True)
    assert talk.heard(ZHANG) == ["张哥，您 10月12日提的「按钮太小了」我们又打开了：夜间模式没改到。 —— 阿敏"]
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        owner = await uow.members.get(now.owner_id or 0)
    assert await talk.timers("verify_reminder", "unconfirmed") == []
    assert now.status is Status.IN_REVIEW
    assert owner.name == "小李"


async def test_what_was_not_said_yet_is_not_said_after_a_reopening(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.advance(hours=13)
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"重开 {feedback.id} 弄错了", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 重新打开了，还没发出去的通知已经撤回。"]
    await talk.advance(hours=12)
    assert talk.heard(ZHANG) == []
    await talk.says(LI, "/inbox", dm=True)
    assert "没送到" not in talk.heard(LI)[0]


async def test_a_notice_among_staff_that_waits_does_not_keep_a_reopening_from_being_told(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    async with talk.database.begin() as uow:
        (owner,) = [m for m in await uow.members.list_staff() if m.name == "小李"]
        await uow.outbox.tell(
            owner, Message(text=("提醒",)), key="notice", now=talk.now, subject=f"feedback:{feedback.id}",
            manners=Manners(quiet_from_minute=0, quiet_until_minute=23 * 60), timezone="Asia/Shanghai",
            language="zh_CN",
        )  # fmt: skip
    talk.heard(ZHANG)
    await talk.says(MIN, f"/reopen {feedback.id} 弄错了", dm=True)
    assert len(talk.heard(ZHANG)) == 1


async def test_a_reopening_needs_its_sentence_and_something_closed(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/reopen {feedback.id} 再看看", dm=True)
    assert talk.heard(LI)[0].startswith(f"#{feedback.id} 现在是「已收到」，接下来可以：/claim、")
    await talk.says(LI, f"/decline {feedback.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"/reopen {feedback.id}", dm=True)
    assert talk.heard(LI) == ["还差一句话，比如：/reopen 128 夜间模式下还是太小"]
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "重开")
    await talk.says(LI, "有新模具了", dm=True)
    assert await status(talk, feedback.id) is Status.IN_REVIEW


# hold


async def test_a_hold_leaves_the_inbox_until_its_day(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/hold {feedback.id} 下周五 等供应商回话", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 先搁到 10月23日，到那天会再提醒。"]
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        notes = await uow.notes.list_of(feedback.id)
    (timer,) = await talk.timers("held")
    assert now.held_until == date(2026, 10, 23)
    assert now.status is Status.RECEIVED
    assert (timer.kind, timer.subject, timer.due.isoformat()) == (
        "held", f"feedback:{feedback.id}", "2026-10-23T01:00:00+00:00",
    )  # fmt: skip
    assert [text for _, text, _ in notes] == ["等供应商回话"]
    await talk.says(LI, "/inbox", dm=True)
    assert "搁置 1" in talk.heard(LI)[0]
    assert talk.last(LI).labels == []


async def test_a_new_hold_replaces_the_old_and_off_lifts_it(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/hold {feedback.id} 2w", dm=True)
    await talk.says(LI, f"搁置 {feedback.id} 月底", dm=True)
    assert [timer.due.date() for timer in await talk.timers("held")] == [date(2026, 10, 31)]
    await talk.says(LI, f"/hold {feedback.id} off", dm=True)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).held_until is None
    assert await talk.timers("held") == []


async def test_moving_on_ends_a_hold(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/hold {feedback.id} 2w", dm=True)
    await talk.says(LI, f"/progress {feedback.id} 开工了", dm=True)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).held_until is None
    assert await talk.timers("held") == []


async def test_a_hold_needs_a_day_to_come_and_something_open(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for words, answer in (
        ("等等看", "搁置到哪天？可以写 月底、下周五、2w，比如：/hold 128 月底 等供应商回话"),
        ("今天", "10月12日不够往后，至少搁到明天。"),
    ):
        await talk.says(LI, f"/hold {feedback.id} {words}", dm=True)
        assert talk.heard(LI) == [answer]
    await talk.says(LI, f"/decline {feedback.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"/hold {feedback.id} 2w", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 现在是「暂不采纳」，接下来可以：/reopen"]
