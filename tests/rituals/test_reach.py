"""What comes due when a message does not reach somebody: a mention, then a person."""

from __future__ import annotations

from storage.messages import Mention, Message
from storage.promises import DeliveryState
from storage.records import ChatKind, ChatState, Feedback, Platform
from storage.uow import UnitOfWork
from tests.fakes import LITTLE, at
from tests.rituals.followed import SUBJECT, capture, li, resolve
from tests.scene import Scene


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
