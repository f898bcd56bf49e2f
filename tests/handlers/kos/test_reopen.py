"""Dialogues about `/reopen`: it was not better after all."""

from __future__ import annotations

from storage.manners import Manners
from storage.messages import Message
from storage.records import Status
from tests.handlers.conftest import status
from tests.talk import LI, MIN, ZHANG, Captured, Talk


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
