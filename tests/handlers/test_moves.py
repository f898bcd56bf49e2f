"""Dialogues about orders on a whole topic (handlers/moves.py, handlers/matters.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from storage.records import Feedback, Status
from storage.topics import Topic
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Person, Talk

Linked = Callable[..., Awaitable[Topic]]


@pytest.fixture
def linked(talk: Talk) -> Linked:
    """Give a way to have linked feedback to a topic."""

    async def link(*feedback: Feedback, title: str = "按钮太小") -> Topic:
        async with talk.database.begin() as uow:
            topic = await uow.topics.add(title, None, talk.now)
            await uow.topics.link(feedback, topic, by_id=None, now=talk.now)
        return topic

    return link


async def statuses(talk: Talk, *feedback: Feedback) -> list[Status]:
    """Return where these stand."""
    async with talk.database.read() as uow:
        return [(await uow.feedback.get(each.id)).status for each in feedback]


@pytest.mark.parametrize("named", ["topic", "number"])
async def test_a_topic_moves_as_one_and_each_contributor_hears_of_their_own_words(
    talk: Talk, captured: Callable[..., Awaitable[Feedback]], linked: Linked, named: str
) -> None:
    first = await captured("#反馈 按钮太小了")
    second = await captured("#反馈 戴手套按不准", YU)
    topic = await linked(first, second)
    ref = f"T{topic.id}" if named == "topic" else f"{first.id}"
    await talk.says(LI, f"/plan {ref} 下周五 跟 4.3 一起上", dm=True)
    assert await statuses(talk, first, second) == [Status.PLANNED, Status.PLANNED]
    assert ["按钮太小了" in text for text in talk.heard(ZHANG)] == [True]
    assert ["戴手套按不准" in text for text in talk.heard(YU)] == [True]
    assert talk.heard(LI) == [f"T{topic.id}（2 条）排到 10月23日。马上告诉张哥和另外 1 位。"]
    async with talk.database.read() as uow:
        changes = [await uow.feedback.list_changes(each.id) for each in (first, second)]
        [entry] = await uow.audit.list_last()
    assert [[change.after for change in some] for some in changes] == [[Status.PLANNED], [Status.PLANNED]]
    assert (entry.action, entry.subject) == ("feedback.plan", f"topic:{topic.id}")


async def test_who_follows_several_voices_of_a_topic_hears_once(
    talk: Talk, captured: Callable[..., Awaitable[Feedback]], linked: Linked,
    follow: Callable[[Feedback, Person], Awaitable[None]],
) -> None:  # fmt: skip
    first = await captured()
    second = await captured("#反馈 戴手套按不准")
    topic = await linked(first, second)
    for feedback in (first, second):
        await follow(feedback, YU)
    await talk.says(LI, f"/resolve T{topic.id} 4.3 里放大了", dm=True)
    assert len(talk.heard(YU)) == 1
    assert len(talk.heard(ZHANG)) == 1
    assert await statuses(talk, first, second) == [Status.RESOLVED, Status.RESOLVED]


async def test_what_cannot_follow_stays_where_it_is_while_the_rest_moves(
    talk: Talk, captured: Callable[..., Awaitable[Feedback]], linked: Linked
) -> None:
    first = await captured()
    second = await captured("#反馈 戴手套按不准", YU)
    await talk.says(LI, f"/decline {first.id} 这代改不了", dm=True)
    topic = await linked(first, second)
    await talk.says(LI, f"解决 T{topic.id} 放大了", dm=True)
    assert await statuses(talk, first, second) == [Status.DECLINED, Status.RESOLVED]
    await talk.says(LI, f"/progress T{topic.id} 在做", dm=True)
    assert talk.heard(LI)[-1] == f"#{first.id} 现在是「暂不采纳」，接下来可以：/reopen"


async def test_reopening_a_topic_takes_back_what_was_not_said_yet(
    talk: Talk, captured: Callable[..., Awaitable[Feedback]], linked: Linked
) -> None:
    first = await captured()
    second = await captured("#反馈 戴手套按不准", YU)
    topic = await linked(first, second)
    await talk.advance(hours=13)  # 23:00
    await talk.says(LI, f"/resolve T{topic.id} 放大了", dm=True)
    await talk.says(LI, f"/reopen T{topic.id} 搞错了", dm=True)
    assert talk.heard(LI)[-1] == f"T{topic.id}（2 条）重新打开了，还没发出去的通知已经撤回。"
    await talk.advance(hours=10)
    assert talk.heard(ZHANG) + talk.heard(YU) == []


async def test_a_topic_rests_as_one_and_comes_back_once(
    talk: Talk, captured: Callable[..., Awaitable[Feedback]], linked: Linked
) -> None:
    first = await captured()
    second = await captured("#反馈 戴手套按不准", YU)
    topic = await linked(first, second)
    await talk.says(LI, f"/hold T{topic.id} 2d", dm=True)
    assert talk.heard(LI) == [f"T{topic.id}（2 条）先搁到 10月14日，到那天会再提醒。"]
    await talk.advance(days=2)
    assert len([text for text in talk.heard(LI) if "按钮太小了" in text]) == 1
    await talk.says(LI, f"/hold {second.id} off", dm=True)
    async with talk.database.read() as uow:
        assert [(await uow.feedback.get(f.id)).held_until for f in (first, second)] == [None, None]


async def test_a_number_no_topic_has_gets_one_line(talk: Talk) -> None:
    for text in ("/resolve T99 改好了", "/show T99", "/hold t99 2d"):
        await talk.says(LI, text, dm=True)
        assert talk.heard(LI) == ["没有 T99 这个话题，看看编号？"]


async def test_the_second_of_two_staff_is_told_and_nothing_of_theirs_is_done(
    talk: Talk, captured: Callable[..., Awaitable[Feedback]], linked: Linked
) -> None:
    first = await captured()
    second = await captured("#反馈 戴手套按不准", YU)
    topic = await linked(first, second)
    await talk.says(LI, "/start", dm=True)
    card = talk.last(LI)
    assert await talk.presses_action(LI, f"resolve:T{topic.id}:0", on=card) == ""
    await talk.says(MIN, f"/decline {second.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, "放大了", dm=True)
    assert talk.heard(LI)[0].startswith(f"阿敏刚改过 #{second.id}，现在是「暂不采纳」，这次没有动它。")
    assert await statuses(talk, first, second) == [Status.DECLINED, Status.DECLINED]


async def test_hundreds_of_listeners_of_a_topic_are_promised_one_echo_each(
    talk: Talk, captured: Callable[..., Awaitable[Feedback]], linked: Linked
) -> None:
    first = await captured()
    second = await captured("#反馈 戴手套按不准", YU)
    topic = await linked(first, second)
    async with talk.database.begin() as uow:
        people = [(f"9{i}", f"粉丝{i}", "") for i in range(300)]
        for member in (await uow.members.meet(PLATFORM, people, talk.now)).values():
            await uow.followers.add(first.id, member.id, talk.now)
            await uow.followers.add(second.id, member.id, talk.now)
    said = talk.message(LI, f"/resolve T{topic.id} 改好了", dm=True)
    await talk.dispatcher(PLATFORM, [talk.taken(said)])
    async with talk.database.read() as uow:
        promised = await uow.promises.list_keyed("", talk.now)
    assert len(promised) == 303  # two contributors, the followers and the receipt
