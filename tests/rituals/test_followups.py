"""What comes due after a resolution, after a hold, after an unreachable message, and before a year nobody knows."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from storage.messages import Mention, Message
from storage.promises import DeliveryState
from storage.records import ChatKind, ChatState, Feedback, FeedbackClass, Member, Platform, Status, Verdict
from storage.uow import UnitOfWork
from tests.fakes import LITTLE, FakeClock, at
from tests.scene import MORNING, Scene

SUBJECT = "feedback:1"


@pytest.fixture
async def told(scene: Scene) -> Feedback:
    """Let 张哥 have said something that 小李 resolved, with the timers that follow; nobody has answered."""
    scene.rituals = []
    await scene.open()
    async with scene.database.begin() as uow:
        feedback = await capture(scene, uow, "#反馈 按钮太小了")
        return await resolve(scene, uow, feedback)


async def capture(scene: Scene, uow: UnitOfWork, text: str, *, chat_id: int = 0, **values: Any) -> Feedback:
    zhang = await scene.member(uow, "张哥")
    feedback = await uow.feedback.add(
        chat_id=chat_id or scene.chat_id, contributor_id=zhang.id, captured_by_id=zhang.id, message_id=text,
        text=text, now=scene.time.at, feedback_class=FeedbackClass.SUGGESTION, review_due=scene.time.at, **values,
    )  # fmt: skip
    assert feedback is not None
    return feedback


async def li(uow: UnitOfWork) -> Member:
    found = await uow.members.find(Platform.TELEGRAM, "601")
    assert found is not None
    return found


async def resolve(
    scene: Scene, uow: UnitOfWork, feedback: Feedback, after: Status = Status.RESOLVED
) -> Feedback:
    change = await uow.feedback.change(feedback, after, by_id=(await li(uow)).id, note="", now=scene.time.at)
    data = {"change": change.id, "member": feedback.contributor_id}
    for kind, days in (("verify_reminder", 3), ("unconfirmed", 7)):
        due = scene.time.at + timedelta(days=days)
        await uow.timers.put(f"{change.id}:{kind}", kind, due, subject=f"feedback:{feedback.id}", data=data)
    return await uow.feedback.get(feedback.id)


async def status(scene: Scene, feedback_id: int = 1) -> Status:
    async with scene.database.read() as uow:
        return (await uow.feedback.get(feedback_id)).status


async def test_after_three_days_of_silence_one_reminder_asks_with_the_three_buttons(
    scene: Scene, told: Feedback
) -> None:
    await scene.until("2026-10-15 00:00")

    (reminder,) = await scene.sent(private=True)
    assert reminder.text == "张哥，您提的「按钮太小了」改好有几天了，用着顺手些了吗？点一下就好。"
    version = told.version
    assert reminder.buttons == {
        "顺手多了": f"verify:1:{version}:better",
        "还不行": f"verify:1:{version}:still",
        "没法试": f"verify:1:{version}:cannot_try",
    }
    assert reminder.subject == SUBJECT


async def test_after_seven_days_it_is_unconfirmed_and_the_kos_is_told_in_one_line(
    scene: Scene, told: Feedback
) -> None:
    await scene.until("2026-10-19 00:00")

    assert await status(scene) is Status.UNCONFIRMED
    last = (await scene.sent(private=True))[-1]
    assert last.text == "#1「按钮太小了」等了张哥 7 天没有回音，先记为「未确认」。"
    async with scene.database.read() as uow:
        assert last.member_id == (await li(uow)).id
        assert (await uow.feedback.list_changes(1))[-1].by_id is None


async def test_a_question_about_an_answer_asks_whether_it_is_solved(scene: Scene) -> None:
    scene.rituals = []
    await scene.open()
    async with scene.database.begin() as uow:
        await resolve(scene, uow, await capture(scene, uow, "怎么开机？"), Status.ANSWERED)

    await scene.until("2026-10-15 00:00")

    (reminder,) = await scene.sent(private=True)
    assert "解决了吗" in reminder.text
    assert list(reminder.buttons) == ["解决了", "还没有"]


@pytest.mark.parametrize("verdict", [Verdict.BETTER, Verdict.STILL, Verdict.CANNOT_TRY])
async def test_who_answered_is_not_reminded(scene: Scene, told: Feedback, verdict: Verdict) -> None:
    async with scene.database.begin() as uow:
        await uow.verdicts.put(told.version, 1, told.contributor_id, verdict, scene.time.at)

    await scene.until("2026-10-15 00:00")

    assert await scene.sent(private=True) == []


async def test_who_could_not_try_is_asked_once_more(scene: Scene, told: Feedback) -> None:
    async with scene.database.begin() as uow:
        await uow.verdicts.put(told.version, 1, told.contributor_id, Verdict.CANNOT_TRY, scene.time.at)
        data = {"change": told.version, "member": told.contributor_id, "again": True}
        await uow.timers.put("again", "verify_reminder", scene.time.at, subject=SUBJECT, data=data)

    await scene.until("2026-10-12 01:00")

    assert len(await scene.sent(private=True)) == 1


async def test_a_feedback_that_moved_on_is_neither_reminded_nor_unconfirmed(
    scene: Scene, told: Feedback
) -> None:
    async with scene.database.begin() as uow:
        await uow.feedback.change(
            told, Status.VERIFIED, by_id=told.contributor_id, note="", now=scene.time.at
        )

    await scene.until("2026-10-20 00:00")

    assert await status(scene) is Status.VERIFIED
    assert await scene.sent(private=True) == []


async def test_a_timer_of_an_earlier_resolution_does_nothing_to_a_later_one(
    scene: Scene, told: Feedback
) -> None:
    await scene.until("2026-10-13 12:00")
    async with scene.database.begin() as uow:
        change = await uow.feedback.change(
            told, Status.IN_REVIEW, by_id=told.contributor_id, note="还不行", now=scene.time.at
        )
        again = replace(told, status=Status.IN_REVIEW, version=change.id)
        await resolve(scene, uow, again)

    await scene.until("2026-10-19 12:00")

    assert await status(scene) is Status.RESOLVED
    assert len(await scene.sent(private=True)) == 1


async def wait(scene: Scene, told: Feedback, *, who: str = "张哥", subject: str = SUBJECT) -> int:
    """Let an echo be undeliverable, as the relay settles it."""
    async with scene.database.begin() as uow:
        member = await scene.member(uow, who)
        key = f"{subject}:change:{told.version}:member:{member.id}"
        await uow.outbox.tell(
            member, Message(("改好了",)), key=key, now=scene.time.at, manners=scene.settings.manners,
            subject=subject, timezone="Asia/Shanghai", language="zh_CN",
        )  # fmt: skip
        delivery = await uow.promises.find(key)
        assert delivery is not None
        await uow.deliveries.settle([delivery.id], DeliveryState.WAITING, "never started")
        await uow.timers.put(
            f"reach:{delivery.id}:1", "reach", scene.time.at, subject=f"delivery:{delivery.id}"
        )
    return delivery.id


async def test_the_second_rung_is_a_mention_in_the_group_that_says_nothing_of_what_it_is(
    scene: Scene, told: Feedback
) -> None:
    delivery_id = await wait(scene, told)

    await scene.until("2026-10-12 00:01")

    (mention,) = await scene.sent()
    assert mention.text == "张哥 您之前提的事有回音了，点这里看。"
    assert mention.message.text[0] == Mention("m张哥", "张哥")
    assert mention.buttons == {"看看回音": f"d{delivery_id}"}
    assert mention.subject == f"delivery:{delivery_id}"
    async with scene.database.read() as uow:
        assert [entry.action for entry in await uow.audit.list_last()] == ["reach"]


async def test_without_deep_links_the_mention_says_how(scene: Scene, told: Feedback) -> None:
    scene.can = LITTLE
    scene.clock()
    await wait(scene, told)

    await scene.until("2026-10-12 00:01")

    (mention,) = await scene.sent()
    assert mention.text.endswith("私聊我说声「你好」就能看到。")
    assert mention.buttons == {}


async def test_a_mention_waits_for_the_end_of_quiet_hours(scene: Scene, told: Feedback) -> None:
    await scene.until("2026-10-12 15:00")
    await wait(scene, told)

    await scene.until("2026-10-12 15:01")

    assert (await scene.sent())[-1].due_at == at("2026-10-13 00:00")


async def test_however_much_waits_a_member_is_named_once_a_day(scene: Scene, told: Feedback) -> None:
    await wait(scene, told)
    async with scene.database.begin() as uow:
        other = await resolve(scene, uow, await capture(scene, uow, "屏幕太暗"))
    await wait(scene, other, subject=f"feedback:{other.id}")

    await scene.until("2026-10-12 00:01")

    assert len(await scene.sent()) == 1


async def test_followers_are_called_together_once_and_nobody_is_named(scene: Scene, told: Feedback) -> None:
    before = len(await scene.posts())
    await wait(scene, told, who="小雨")
    await wait(scene, told, who="老周")

    await scene.until("2026-10-15 00:01")

    calls = [text for text in (await scene.posts())[before:] if "关注的事里有回音了" in text]
    assert len(calls) == 1
    assert not any("小雨" in text or "老周" in text for text in calls)
    lines = [sent.text for sent in await scene.sent(private=True)]
    assert not any("送不到小雨" in line or "送不到老周" in line for line in lines)


async def test_after_three_days_staff_are_asked_to_tell_them(scene: Scene, told: Feedback) -> None:
    await wait(scene, told)

    await scene.until("2026-10-15 00:01")

    lines = [sent.text for sent in await scene.sent(private=True)]
    assert "#1「按钮太小了」的回音送不到张哥那里，麻烦亲自说一声。说过之后发 /told 1。" in lines
    assert not any("顺手些了吗" in line for line in lines)


async def test_who_was_reached_meanwhile_climbs_no_further(scene: Scene, told: Feedback) -> None:
    delivery_id = await wait(scene, told)
    await scene.until("2026-10-12 00:01")
    async with scene.database.begin() as uow:
        await uow.outbox.release(delivery_id, scene.time.at)

    await scene.until("2026-10-15 12:00")

    assert not any("送不到" in sent.text for sent in await scene.sent(private=True))


async def test_where_no_group_is_known_staff_are_told_at_once(scene: Scene) -> None:
    scene.rituals = []
    await scene.open()
    async with scene.database.begin() as uow:
        private = await uow.chats.add(
            Platform.TELEGRAM, "m张哥", ChatKind.PRIVATE, title="张哥", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
        feedback = await resolve(scene, uow, await capture(scene, uow, "悄悄话", chat_id=private.id))
        await uow.members.change(feedback.contributor_id, home_chat_id=None)
    async with scene.database.begin() as uow:
        delivery = await put_waiting(uow, scene, feedback)
        await uow.timers.put("reach", "reach", scene.time.at, subject=f"delivery:{delivery}")

    await scene.until("2026-10-12 00:01")

    assert await scene.posts() == []
    assert any("送不到张哥" in sent.text for sent in await scene.sent(private=True))


async def put_waiting(uow: UnitOfWork, scene: Scene, feedback: Feedback) -> int:
    await uow.outbox.put(
        feedback.chat_id, Message(("改好了",)), key="echo", now=scene.time.at, subject=f"feedback:{feedback.id}",
        member_id=feedback.contributor_id,
    )  # fmt: skip
    delivery = await uow.promises.find("echo")
    assert delivery is not None
    await uow.deliveries.settle([delivery.id], DeliveryState.WAITING, "never started")
    return delivery.id


async def test_a_message_to_staff_climbs_no_ladder(scene: Scene, told: Feedback) -> None:
    async with scene.database.begin() as uow:
        owner = await li(uow)
        await uow.members.change(owner.id, home_chat_id=scene.chat_id)
        private = await uow.outbox.private_chat(owner, timezone="Asia/Shanghai", language="zh_CN")
        await uow.outbox.put(
            private.id, Message(("x",)), key="line", now=scene.time.at, subject=SUBJECT, member_id=owner.id
        )
        line = await uow.promises.find("line")
        assert line is not None
        await uow.deliveries.settle([line.id], DeliveryState.WAITING, "never started")
        await uow.timers.put("reach", "reach", scene.time.at, subject=f"delivery:{line.id}")

    await scene.until("2026-10-12 00:01")

    assert await scene.posts() == []


async def hold(scene: Scene, until: date) -> None:
    async with scene.database.begin() as uow:
        feedback = await capture(scene, uow, "#建议 出个黑色款")
        owner = (await li(uow)).id
        await uow.feedback.amend(feedback.id, scene.time.at, held_until=until, owner_id=owner)
        due = at("2026-10-14 01:00")
        await uow.timers.put("held", "held", due, subject=f"feedback:{feedback.id}")


async def test_when_a_hold_is_over_its_owner_is_told(scene: Scene) -> None:
    scene.rituals = []
    await scene.open()
    await hold(scene, date(2026, 10, 14))

    await scene.until("2026-10-14 02:00")

    (line,) = await scene.sent(private=True)
    assert line.text == "#1「出个黑色款」搁置到今天，该再看看了：/show 1"


async def test_a_hold_that_was_moved_says_nothing_yet(scene: Scene) -> None:
    scene.rituals = []
    await scene.open()
    await hold(scene, date(2026, 10, 20))

    await scene.until("2026-10-14 02:00")

    assert await scene.sent(private=True) == []


async def test_from_december_admins_are_told_once_that_next_year_is_unknown(scene: Scene) -> None:
    scene.time = FakeClock(at("2026-11-29 16:30"))
    scene.rituals = [replace(MORNING, calendar="workdays")]
    await scene.open()
    await scene.until("2026-11-30 15:00")
    assert not any("2027" in sent.text for sent in await scene.sent(private=True))

    await scene.until("2027-01-20 00:00")

    warned = [sent for sent in await scene.sent(private=True) if "2027 年" in sent.text]
    assert len(warned) == 1


async def test_nobody_is_bothered_about_a_year_that_no_ritual_needs(scene: Scene) -> None:
    scene.time = FakeClock(at("2026-12-01 00:00"))
    await scene.open()

    await scene.until("2026-12-03 00:00")

    assert not any("2027" in sent.text for sent in await scene.sent(private=True))


async def test_a_timer_about_something_that_is_gone_does_nothing(scene: Scene) -> None:
    clock = await scene.open()
    async with scene.database.begin() as uow:
        for kind in ("refresh", "verify_reminder", "unconfirmed", "reach", "held"):
            await uow.timers.put(kind, kind, scene.time.at, subject="run:9" if kind == "refresh" else "")

    await clock.run_due(scene.time.at)

    assert await scene.sent(private=True) == []
