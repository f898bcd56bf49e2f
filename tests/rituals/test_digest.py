"""The digest: what moved since the last one, thanks by name, what comes next, and echoes nobody heard."""

from datetime import date, timedelta
from typing import Any

import pytest

from rituals.base import RitualSettings
from storage.db import Database
from storage.messages import Mention, Message
from storage.promises import DeliveryState
from storage.records import Feedback, FeedbackClass, Platform, Status
from storage.runs import RunState
from tests.fakes import LITTLE, at
from tests.scene import Scene

WEEKLY = RitualSettings("weekly", "digest", "0 18 * * fri")


@pytest.fixture
async def scene(database: Database) -> Scene:
    """Give a group with a digest on Fridays at 18:00, on a Monday morning."""
    scene = Scene(database, rituals=[WEEKLY])
    await scene.open()
    return scene


async def say(scene: Scene, who: str, text: str, *steps: Status, **values: Any) -> Feedback:
    """Let somebody say something in the group, and it pass through these statuses."""
    async with scene.database.begin() as uow:
        member = await scene.member(uow, who)
        feedback = await uow.feedback.add(
            chat_id=scene.chat_id, contributor_id=member.id, captured_by_id=member.id, message_id=text, text=text,
            now=scene.time.at, feedback_class=FeedbackClass.SUGGESTION, review_due=scene.time.at,
            on_behalf_of=values.pop("on_behalf_of", ""),
        )  # fmt: skip
        assert feedback is not None
        for step in steps:
            await uow.feedback.change(feedback, step, by_id=None, note="", now=scene.time.at, **values)
            feedback = await uow.feedback.get(feedback.id)
    return feedback


async def test_it_tells_what_moved_thanks_by_name_and_says_what_comes_next(scene: Scene) -> None:
    scene.time.at = at("2026-10-14 02:00")
    await say(scene, "张哥", "#反馈 按钮太小了", Status.RESOLVED, Status.VERIFIED)
    await say(scene, "小雨", "屏幕太暗", Status.RESOLVED)
    await say(scene, "老王", "#建议 出个黑色款", Status.PLANNED, planned_for=date(2026, 11, 30))
    await say(scene, "阿福", "收到而已")

    await scene.until("2026-10-16 10:00")

    (post,) = await scene.sent()
    assert post.text == (
        "你说，我们做了\n\n"
        "已经改好，提的人也点了头：\n· #1「按钮太小了」谢谢张哥\n\n"
        "刚改好，等提的人试一试：\n· #2「屏幕太暗」\n\n"
        "接下来：\n· 11月30日前：#3「出个黑色款」"
    )
    assert Mention("m张哥", "张哥") in post.message.text
    picture = post.message.picture
    assert picture is not None
    assert picture.template == "bars"
    assert picture.rows == (("已收到", 4), ("已排期", 1), ("处理中", 0), ("待验证", 1), ("已验证", 1))
    assert (await scene.runs("weekly"))[0].state is RunState.CLOSED


async def test_a_week_in_which_nothing_moved_is_skipped_and_recorded(scene: Scene) -> None:
    await say(scene, "张哥", "收到而已")

    await scene.until("2026-10-17 00:00")

    assert [(run.state, run.reason) for run in await scene.runs("weekly")] == [
        (RunState.SKIPPED, "nothing_moved")
    ]
    assert await scene.posts() == []


async def test_nothing_is_told_twice_and_a_skipped_week_loses_nothing(scene: Scene) -> None:
    await say(scene, "张哥", "按钮太小了", Status.RESOLVED)
    await scene.until("2026-10-17 00:00")
    await scene.until("2026-10-24 00:00")
    await say(scene, "小雨", "屏幕太暗", Status.RESOLVED)

    await scene.until("2026-10-31 00:00")

    posts = await scene.posts()
    assert len(posts) == 2
    assert "屏幕太暗" in posts[1]
    assert "按钮太小了" not in posts[1]


async def test_what_moved_on_is_told_as_it_stands_now(scene: Scene) -> None:
    feedback = await say(scene, "张哥", "按钮太小了", Status.RESOLVED)
    async with scene.database.begin() as uow:
        await uow.feedback.change(
            feedback, Status.IN_REVIEW, by_id=None, note="还不行", now=scene.time.at + timedelta(hours=1)
        )

    await scene.until("2026-10-17 00:00")

    assert await scene.posts() == []


async def test_who_did_not_say_it_themselves_is_not_named(scene: Scene) -> None:
    await say(scene, "小李", "客户说太重", Status.RESOLVED, Status.VERIFIED, on_behalf_of="李总")

    await scene.until("2026-10-17 00:00")

    (post,) = await scene.posts()
    assert "谢谢" not in post
    assert "李总" not in post


async def test_long_lists_are_cut(scene: Scene) -> None:
    for number in range(7):
        await say(scene, "张哥", f"第{number}件", Status.RESOLVED)

    await scene.until("2026-10-17 00:00")

    (post,) = await scene.posts()
    assert "第3件" in post
    assert "第4件" not in post
    assert "还有 3 件" in post


async def wait(scene: Scene, who: str, key: str) -> int:
    async with scene.database.begin() as uow:
        member = await scene.member(uow, who)
        chat = await uow.outbox.private_chat(member, timezone="Asia/Shanghai", language="zh_CN")
        await uow.outbox.put(
            chat.id,
            Message(("改好了：悄悄话",)),
            key=key,
            now=scene.time.at,
            subject="feedback:9",
            member_id=member.id,
        )
        delivery = await uow.promises.find(key)
        assert delivery is not None
        await uow.deliveries.settle([delivery.id], DeliveryState.WAITING, "never started")
    return delivery.id


async def test_who_has_an_echo_waiting_for_a_week_is_named_once_without_what_it_says(scene: Scene) -> None:
    first = await wait(scene, "张哥", "a")
    await wait(scene, "张哥", "b")

    await scene.until("2026-10-17 00:00")
    assert await scene.posts() == []
    await scene.until("2026-10-31 00:00")

    (post,) = await scene.sent()
    assert post.text == "你说，我们做了\n\n张哥，您惦记的事有回音了，点下面就能看到。"
    assert post.buttons == {"张哥的回音": f"d{first}"}
    assert post.message.picture is None


async def test_without_deep_links_they_are_told_how_to_read_it(scene: Scene) -> None:
    scene.can = LITTLE
    scene.clock()
    await wait(scene, "张哥", "a")

    await scene.until("2026-10-24 00:00")

    (post,) = await scene.sent()
    assert "私聊我" in post.text
    assert post.buttons == {}


async def test_feedback_said_in_private_stays_out_of_the_group(scene: Scene) -> None:
    async with scene.database.begin() as uow:
        member = await scene.member(uow, "张哥")
        private = await uow.outbox.private_chat(member, timezone="Asia/Shanghai", language="zh_CN")
        feedback = await uow.feedback.add(
            chat_id=private.id, contributor_id=member.id, captured_by_id=member.id, message_id="1", text="悄悄话",
            now=scene.time.at, feedback_class=FeedbackClass.SUGGESTION, review_due=scene.time.at,
        )  # fmt: skip
        assert feedback is not None
        await uow.feedback.change(feedback, Status.RESOLVED, by_id=None, note="", now=scene.time.at)
        assert await uow.chats.find(Platform.TELEGRAM, "m张哥") is not None

    await scene.until("2026-10-17 00:00")

    assert await scene.posts() == []
