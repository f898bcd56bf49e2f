"""Orders: who was faster, what is a sentence and what a command (handlers/orders.py)."""

from __future__ import annotations

from dataclasses import replace

from handlers import HANDLERS, orders
from handlers.base import Context, Settings
from handlers.events import Event
from locales.catalog import Catalog
from storage.messages import plain
from storage.records import Feedback, FeedbackClass, Status
from storage.uow import UnitOfWork
from tests.conftest import FixedTriage
from tests.fakes import EVERYTHING
from tests.talk import LI, MIN, PLATFORM, ZHANG, Talk


async def context(talk: Talk, uow: UnitOfWork, settings: Settings, text: str) -> Context:
    """Make the context of something 小李 says in private."""
    event = talk.taken(talk.message(LI, text, dm=True)).content
    assert isinstance(event, Event)
    met = await uow.members.meet(PLATFORM, [(LI.external_id, LI.name, "")], talk.now)
    chat = await uow.outbox.private_chat(met[LI.external_id], timezone="Asia/Shanghai", language="zh_CN")
    return Context(
        uow=uow, now=talk.now, event=event, chat=chat, sender=met[LI.external_id], settings=settings,
        texts=Catalog(), capabilities={(PLATFORM, chat.kind): EVERYTHING}, plans=talk.core.plans, triage=FixedTriage(),
    )  # fmt: skip


async def captured(talk: Talk, uow: UnitOfWork) -> Feedback:
    """Capture something of 张哥."""
    met = await uow.members.meet(PLATFORM, [(ZHANG.external_id, ZHANG.name, "")], talk.now)
    group = await talk.group()
    feedback = await uow.feedback.add(
        chat_id=group.id, contributor_id=met[ZHANG.external_id].id, captured_by_id=met[ZHANG.external_id].id,
        message_id="1", text="按钮太小了", now=talk.now, feedback_class=FeedbackClass.SUGGESTION, review_due=talk.now,
    )  # fmt: skip
    assert feedback is not None
    return feedback


async def test_who_loses_the_race_is_told_who_won_and_leaves_no_trace(talk: Talk, settings: Settings) -> None:
    async with talk.database.begin() as uow:
        feedback = await captured(talk, uow)
        met = await uow.members.meet(PLATFORM, [(MIN.external_id, MIN.name, "")], talk.now)
        await uow.feedback.change(
            feedback, Status.IN_REVIEW, by_id=met[MIN.external_id].id, note="", now=talk.now
        )
        ctx = await context(talk, uow, settings, f"/resolve {feedback.id} 改好了")
        moved = await orders.move(ctx, feedback, Status.RESOLVED, note="改好了", intent="resolve")
        now = await uow.feedback.get(feedback.id)
        changes = await uow.feedback.list_changes(feedback.id)
        entries = await uow.audit.list_last()
    assert moved is None
    assert now.status is Status.IN_REVIEW
    assert [change.after for change in changes] == [Status.IN_REVIEW]
    assert entries == []
    await talk.settle()
    (line,) = talk.heard(LI)
    assert line.startswith(f"阿敏刚改过 #{feedback.id}，现在是「评估中」，这次没有动它。\n\n#{feedback.id} ")


async def test_what_the_clock_changed_is_said_to_have_changed_by_itself(
    talk: Talk, settings: Settings
) -> None:
    async with talk.database.begin() as uow:
        feedback = await captured(talk, uow)
        change = await uow.feedback.change(feedback, Status.RESOLVED, by_id=None, note="", now=talk.now)
        resolved = replace(feedback, status=Status.RESOLVED, version=change.id)
        ctx = await context(talk, uow, settings, "/reopen 1 不行")
        await orders.say_changed(ctx, resolved)
    await talk.settle()
    assert talk.heard(LI)[0].startswith("自动刚改过")


async def test_where_nothing_can_follow_it_is_said_to_be_over(talk: Talk, settings: Settings) -> None:
    async with talk.database.begin() as uow:
        feedback = replace(await captured(talk, uow), status=Status.WITHDRAWN)
        ctx = await context(talk, uow, settings, "/claim 1")
        refusal = orders.cannot_follow(ctx, feedback)
        words = plain(ctx.say(refusal.text_id, **refusal.params))
    assert words == f"#{feedback.id} 已经是「已撤回」，不用再处理了。"


def test_every_chinese_command_on_its_own_is_a_command_and_no_sentence() -> None:
    words = {word for handler in HANDLERS for word in handler.COMMANDS if not word.isascii()}
    assert words <= orders.LONE_WORDS, f"add to orders.LONE_WORDS: {words - orders.LONE_WORDS}"


async def test_a_command_on_its_own_is_never_told_to_a_member_as_the_sentence(talk: Talk) -> None:
    async with talk.database.begin() as uow:
        feedback = await captured(talk, uow)
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "解决了")
    talk.heard(LI)
    await talk.says(LI, "待办", dm=True)
    assert talk.heard(LI)[0].startswith("待办 1")
    await talk.says(LI, "解决", dm=True)
    assert talk.heard(LI)[0].startswith("说的是哪一条？")
    assert talk.heard(ZHANG) == []
    await talk.says(LI, "改好了", dm=True)
    assert len(talk.heard(ZHANG)) == 1


async def test_an_english_kos_is_spoken_to_in_english(talk: Talk) -> None:
    async with talk.database.begin() as uow:
        feedback = await captured(talk, uow)
        met = await uow.members.meet(PLATFORM, [(LI.external_id, LI.name, "")], talk.now)
        await uow.members.change(met[LI.external_id].id, language="en")
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert talk.last(LI).text.split("\n")[0] == f"#{feedback.id} suggestion? · received · nobody has it yet"
    await talk.presses(LI, "Resolved")
    await talk.says(LI, "bigger in 4.3", dm=True)
    assert talk.last(LI).text == f"#{feedback.id} is resolved. 张哥 will hear right away."
