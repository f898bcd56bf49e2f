"""Dialogues of the intent `verify`: whether it is really better."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.contributions import Credit
from storage.manners import Manners
from storage.messages import Button, Message
from storage.records import Change, Feedback, Status, Verdict
from storage.uow import UnitOfWork
from tests.fakes import FakeAdapter
from tests.talk import LI, MIN, YU, ZHANG, Person, Said, Talk

BUTTONS = {"顺手多了": Verdict.BETTER, "还不行": Verdict.STILL, "没法试": Verdict.CANNOT_TRY}


async def said(talk: Talk, *, dm: bool = False, who: Person = ZHANG, words: str = "按钮太小了") -> Said:
    """Let somebody tell us something, with staff known and everybody reachable."""
    for person in (LI, MIN, who):
        await talk.says(person, "/start", dm=True)
        talk.heard(person)
    message = await talk.says(who, f"#反馈 {words}", dm=dm)
    talk.heard(who)
    return message


async def resolve(
    talk: Talk, number: int = 1, *, after: Status = Status.RESOLVED, tell: tuple[Person, ...] = (ZHANG,)
) -> Change:
    """Let 小李 resolve a feedback, and those told be asked."""
    async with talk.database.begin() as uow:
        feedback = await uow.feedback.get(number)
        li = await uow.members.find(talk.adapter.platform, LI.external_id)
        assert li is not None
        change = await uow.feedback.change(
            feedback, after, by_id=li.id, note="放大了", now=talk.now, owner_id=li.id
        )
        data = {"change": change.id, "member": feedback.contributor_id}
        for kind in ("verify_reminder", "unconfirmed"):
            await uow.timers.put(
                f"{kind}:{change.id}",
                kind,
                talk.now + timedelta(days=30),
                subject=f"feedback:{number}",
                data=data,
            )
        for person in tell:
            await ask(talk, uow, number, change, person)
    await talk.settle()
    return change


async def ask(talk: Talk, uow: UnitOfWork, number: int, change: Change, person: Person) -> None:
    """Promise the question to one person."""
    member = await uow.members.find(talk.adapter.platform, person.external_id)
    assert member is not None
    row = tuple(Button(label, action=f"verify:{number}:{change.id}:{v}") for label, v in BUTTONS.items())
    await uow.outbox.tell(
        member, Message(text=(f"#{number} 改好了，是不是顺手多了？",), buttons=(row,), about=f"#{number}"),
        key=f"feedback:{number}:change:{change.id}:member:{member.id}", now=talk.now, manners=Manners(),
        subject=f"feedback:{number}", timezone="Asia/Shanghai", language="zh_CN",
    )  # fmt: skip


async def state(talk: Talk, number: int = 1) -> Feedback:
    """Return a feedback as it stands."""
    async with talk.database.read() as uow:
        return await uow.feedback.get(number)


async def timers(talk: Talk) -> list[str]:
    """Return the kinds of the timers that ask for a verdict and have yet to fire."""
    return sorted(timer.kind for timer in await talk.timers("verify_reminder", "unconfirmed"))


async def test_better_verifies_thanks_here_and_where_it_started_and_tells_the_owner(
    talk: Talk, adapter: FakeAdapter
) -> None:
    message = await said(talk)
    await resolve(talk)
    asked = talk.last(ZHANG)
    assert await talk.presses(ZHANG, "顺手多了") == "谢谢您！"
    assert (await state(talk)).status is Status.VERIFIED
    assert asked.labels == ["别在群里提我"]
    assert (
        "记下了，谢谢您亲自确认！#1 因为您说了才变好。从今天起，您是我们的「品牌荣誉产品顾问」。"
        in asked.text
    )
    thanks = talk.last()
    assert thanks.text == (
        "谢谢张哥！「按钮太小了」改好了，也亲自确认过了。从今天起，TA 是我们的「品牌荣誉产品顾问」。"
    )
    assert thanks.message.reply_to == message.message_id
    assert talk.heard(LI) == ["张哥确认 #1「按钮太小了」好了。"]
    assert await timers(talk) == []
    async with talk.database.read() as uow:
        feedback = await uow.feedback.get(1)
        credit = await uow.contributions.count(feedback.contributor_id)
        assert credit == {Credit.FIRST_REPORT: 1, Credit.VERIFICATION: 1}


async def test_better_pressed_twice_thanks_once(talk: Talk) -> None:
    await said(talk)
    change = await resolve(talk)
    asked = talk.last(ZHANG)
    await talk.presses(ZHANG, "顺手多了")
    talk.heard()
    assert await talk.presses_action(ZHANG, f"verify:1:{change.id}:better", on=asked) == "已经记下了，谢谢！"
    assert talk.heard() == []


async def test_still_reopens_at_once_for_the_same_owner_in_half_the_time(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    owner = (await state(talk)).owner_id
    assert await talk.presses(ZHANG, "还不行") == "#1 已经重新打开"
    feedback = await state(talk)
    assert (feedback.status, feedback.owner_id) == (Status.IN_REVIEW, owner)
    assert feedback.review_due == talk.now + timedelta(hours=24)
    assert "哪里还不行" in talk.last(ZHANG).text
    assert talk.last(ZHANG).labels == []
    line = "张哥说 #1「按钮太小了」还不行，已经重新打开，10月13日周二 10:00 前要有答复。"
    assert talk.heard(LI) == [line]
    assert talk.heard(MIN) == [line]
    assert await timers(talk) == []
    assert talk.heard() == []


async def test_the_sentence_after_still_reaches_the_change_and_the_owner(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    await talk.presses(ZHANG, "还不行")
    talk.heard(LI)
    await talk.says(ZHANG, "戴手套还是按不准", dm=True)
    assert talk.heard(ZHANG)[-1] == "记下了，#1 接着处理，有结果我来告诉您。"
    assert talk.heard(LI) == ["张哥补充 #1「按钮太小了」：「戴手套还是按不准」"]
    async with talk.database.read() as uow:
        changes = await uow.feedback.list_changes(1)
    assert (changes[-1].after, changes[-1].note) == (Status.IN_REVIEW, "戴手套还是按不准")
    await talk.says(ZHANG, "另外声音也有点大，夜里吵", dm=True)
    assert "记成反馈吗" in talk.heard(ZHANG)[-1]


async def test_a_sentence_that_never_comes_changes_nothing(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    await talk.presses(ZHANG, "还不行")
    await talk.advance(hours=25)
    await talk.says(ZHANG, "今天路上看到一辆同款，挺好看", dm=True)
    assert "记成反馈吗" in talk.last(ZHANG).text
    assert (await state(talk)).status is Status.IN_REVIEW


async def test_cannot_try_is_asked_once_more_and_keeps_the_other_buttons(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    asked = talk.last(ZHANG)
    assert (await talk.presses(ZHANG, "没法试")).startswith("没关系，3 天后我再问您一次")
    assert asked.labels == ["顺手多了", "还不行"]
    assert (await state(talk)).status is Status.RESOLVED
    due = {t.kind: t.due - talk.now for t in await talk.timers("verify_reminder", "unconfirmed")}
    assert due == {"verify_reminder": timedelta(hours=72), "unconfirmed": timedelta(days=7)}
    await talk.presses(ZHANG, "顺手多了")
    assert (await state(talk)).status is Status.VERIFIED


async def test_cannot_try_a_second_time_leaves_it_to_the_member(talk: Talk) -> None:
    await said(talk)
    change = await resolve(talk)
    asked = talk.last(ZHANG)
    await talk.presses(ZHANG, "没法试")
    before = await timers(talk)
    toast = await talk.presses_action(ZHANG, f"verify:1:{change.id}:cannot_try", on=asked)
    assert toast == "没关系，什么时候试了再告诉我 #1 就好。"
    assert await timers(talk) == before


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("顺手多了", Status.VERIFIED),
        ("好了！", Status.VERIFIED),
        ("Fixed", Status.VERIFIED),
        ("没好", Status.IN_REVIEW),
        ("还不行，戴手套还是按不准", Status.IN_REVIEW),
        ("还没试", Status.RESOLVED),
    ],
)
async def test_plain_words_answer_the_one_open_question(talk: Talk, words: str, status: Status) -> None:
    await said(talk)
    await resolve(talk)
    await talk.says(ZHANG, words, dm=True)
    assert (await state(talk)).status is status


@pytest.mark.parametrize(
    "words", ["好多了，但是还有点慢", "解决了，不过又黑屏了一次", "Better, but still slow"]
)
async def test_what_is_half_done_is_asked_about_and_never_taken_for_verified(talk: Talk, words: str) -> None:
    await said(talk)
    await resolve(talk)
    talk.heard(ZHANG)
    await talk.says(ZHANG, words, dm=True)
    assert talk.heard(ZHANG) == ["听着像好了一半。#1 算好了，还是还要接着改？点一个就行。"]
    assert (await state(talk)).status is Status.RESOLVED
    await talk.presses(ZHANG, "还不行")
    assert (await state(talk)).status is Status.IN_REVIEW


async def test_words_with_two_questions_open_ask_which(talk: Talk) -> None:
    await said(talk)
    await talk.advance(minutes=1)
    await talk.says(ZHANG, "#反馈 声音也有点大")
    await resolve(talk, 1)
    await resolve(talk, 2)
    await talk.says(ZHANG, "好了", dm=True)
    assert "#1「按钮太小了」、#2「声音也有点大」" in talk.heard(ZHANG)[-1]
    assert (await state(talk, 1)).status is Status.RESOLVED


async def test_words_without_a_question_are_ordinary_talk(talk: Talk) -> None:
    await said(talk)
    await talk.says(ZHANG, "好了", dm=True)
    await talk.says(ZHANG, "还不行，导航每次都绕远路", dm=True)
    assert "记成反馈吗" in talk.heard(ZHANG)[-1]
    assert (await state(talk)).status is Status.RECEIVED


async def test_a_button_of_an_earlier_resolution_does_nothing(talk: Talk) -> None:
    await said(talk)
    first = await resolve(talk)
    asked = talk.last(ZHANG)
    await talk.presses(ZHANG, "还不行")
    await talk.advance(hours=1)
    await resolve(talk)
    toast = await talk.presses_action(ZHANG, f"verify:1:{first.id}:better", on=asked)
    assert toast.startswith("这是之前那一次的问题了")
    assert (await state(talk)).status is Status.RESOLVED


async def test_a_press_after_unconfirmed_still_verifies(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    async with talk.database.begin() as uow:
        feedback = await uow.feedback.get(1)
        await uow.feedback.change(feedback, Status.UNCONFIRMED, by_id=None, note="", now=talk.now)
    await talk.presses(ZHANG, "顺手多了")
    assert (await state(talk)).status is Status.VERIFIED


async def test_a_followers_verdict_is_kept_and_moves_nothing(talk: Talk) -> None:
    await said(talk)
    await talk.says(YU, "/follow 1", dm=True)
    change = await resolve(talk, tell=(ZHANG, YU))
    assert await talk.presses(YU, "顺手多了") == "记下了，谢谢您帮忙试 #1。"
    assert (await state(talk)).status is Status.RESOLVED
    async with talk.database.read() as uow:
        yu = await uow.members.find(talk.adapter.platform, YU.external_id)
        assert yu is not None
        assert await uow.verdicts.find(change.id, yu.id) is Verdict.BETTER


@pytest.mark.parametrize("action", ["verify:1:{change}:better", "verify:99:1:better", "verify:1:0:still"])
async def test_a_forged_press_moves_nothing(talk: Talk, action: str) -> None:
    await said(talk)
    change = await resolve(talk)
    assert await talk.presses_action(YU, action.format(change=change.id), on=talk.last(ZHANG))
    assert (await state(talk)).status is Status.RESOLVED


@pytest.mark.parametrize("action", ["verify:1", "verify:x:y:better", "verify:1:1:perhaps", None])
async def test_a_press_that_makes_no_sense_is_ignored(talk: Talk, action: str | None) -> None:
    await said(talk)
    await resolve(talk)
    await talk.presses_action(ZHANG, action, on=talk.last(ZHANG))
    assert (await state(talk)).status is Status.RESOLVED


async def test_two_questions_in_one_message_are_answered_apart(talk: Talk, adapter: FakeAdapter) -> None:
    await said(talk)
    await talk.advance(minutes=1)
    await talk.says(ZHANG, "#反馈 声音也有点大")
    await talk.advance(hours=13)
    await resolve(talk, 1)
    await resolve(talk, 2)
    await talk.advance(hours=9)
    asked = talk.last(ZHANG)
    assert len(asked.labels) == 6
    await talk.presses(ZHANG, "#1 顺手多了")
    assert len(asked.labels) == 6
    await talk.presses(ZHANG, "#2 还不行")
    assert (await state(talk, 1)).status is Status.VERIFIED
    assert (await state(talk, 2)).status is Status.IN_REVIEW


async def test_nobody_hears_about_their_own_act(talk: Talk) -> None:
    await said(talk, who=LI)
    await resolve(talk, tell=(LI,))
    talk.heard(LI)
    await talk.presses(LI, "顺手多了")
    assert talk.heard(LI) == []
