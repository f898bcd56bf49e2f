"""Dialogues about `/merge` and `/unmerge`: voices and topics become one, and are given back."""

from __future__ import annotations

import pytest

from storage.records import Feedback, Status
from tests.handlers.kos.test_topic import WANG, topic_of
from tests.talk import LI, MIN, YU, ZHANG, Captured, Talk


async def test_merging_links_two_voices_in_a_topic_that_is_undone_in_one_tap(
    talk: Talk, two: tuple[Feedback, Feedback]
) -> None:
    first, second = two
    await talk.says(LI, f"/merge {second.id} {first.id}", dm=True)
    receipt = talk.last(LI)
    assert receipt.text == "连起来了：T1「按钮太小了」现在有 2 条，之后一起动。"
    assert await topic_of(talk, first) == await topic_of(talk, second) == 1
    assert talk.heard(ZHANG) + talk.heard(YU) == []
    toast = await talk.presses(LI, "分开", on=receipt)
    assert toast == f"#{second.id} 从 T1 里分出来了；之前连在一起的人，两边的消息都还会收到。"
    assert await topic_of(talk, second) is None
    await talk.presses(LI, "分开", on=receipt)
    assert talk.toast == f"#{second.id} 没有和别的连在一起。"
    async with talk.database.read() as uow:
        actions = [(entry.action, entry.subject, entry.detail) for entry in await uow.audit.list_last()]
    assert actions == [
        ("topic.unmerge", "topic:1", f"#{second.id}"),
        ("topic.merge", "topic:1", f"#{second.id}"),
    ]


async def test_a_reply_names_what_joins(talk: Talk, captured: Captured) -> None:
    first = await captured()
    said = talk.message(YU, "#反馈 戴手套按不准")
    second = await captured(said.text, YU, said=said)
    await talk.says(LI, "/start", dm=True)
    await talk.says(LI, f"/merge {first.id}", reply_to=said)
    assert await topic_of(talk, second) == await topic_of(talk, first) == 1


async def test_what_was_promised_holds_for_who_joins_and_they_hear_of_it(
    talk: Talk, two: tuple[Feedback, Feedback]
) -> None:
    first, second = two
    await talk.says(LI, f"/plan {first.id} 下周五", dm=True)
    await talk.says(MIN, f"/merge {second.id} {first.id}", dm=True)
    async with talk.database.read() as uow:
        joined = await uow.feedback.get(second.id)
        leader = await uow.feedback.get(first.id)
    assert (joined.status, joined.planned_for, joined.owner_id) == (
        Status.PLANNED,
        leader.planned_for,
        leader.owner_id,
    )
    [echo] = talk.heard(YU)
    assert "戴手套按不准" in echo
    assert "和大家说的是同一件事，已经排上了，10月23日前给您结果。" in echo
    assert len(talk.heard(ZHANG)) == 1


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/merge 1 1", "#1 不能和自己合并。"),
        ("/merge T1 T1", "T1 不能和自己合并。"),
        ("/merge 1", "哪两条是同一件事？比如：/merge 131 128"),
        ("/merge", "哪两条是同一件事？比如：/merge 131 128"),
        ("/merge 1 99", "没有 #99 这一条，看看编号？"),
        ("/merge 1 T99", "没有 T99 这个话题，看看编号？"),
        ("/merge 2 1", "已经都在 T1 里了。"),
        ("/merge T1 1", "已经都在 T1 里了。"),
        ("/merge 3 1", "#3 已经是「暂不采纳」了，先 /reopen 再合并。"),
        ("/merge 4 1", "#4 已经在 T2 里了；要把两个话题并成一个：/merge T2 T1"),
        ("/unmerge 3", "#3 没有和别的连在一起。"),
        ("/unmerge T1", "T1 没有并到别的话题里。"),
        ("/unmerge T99", "没有 T99 这个话题，看看编号？"),
        ("/unmerge", "说的是哪一条？带上编号就行，比如：/unmerge 128；直接回复那条消息也可以。"),
        ("/topic T99", "没有 T99 这个话题，看看编号？"),
        (f"/topic T1 {'长' * 41}", "名字有 41 个字，最多 40 个。"),
    ],
)
async def test_what_cannot_be_linked_gets_one_line(
    talk: Talk, captured: Captured, two: tuple[Feedback, Feedback], text: str, answer: str
) -> None:
    third, fourth, fifth = [await captured(f"#反馈 别的事 {n}", WANG) for n in range(3)]
    await talk.says(LI, f"/merge {two[1].id} {two[0].id}", dm=True)
    await talk.says(LI, f"/merge {fourth.id} {fifth.id}", dm=True)
    await talk.says(LI, f"/decline {third.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, text, dm=True)
    assert talk.heard(LI) == [answer]


async def test_two_topics_become_one_and_are_given_back(
    talk: Talk, captured: Captured, two: tuple[Feedback, Feedback]
) -> None:
    first, second = two
    third = await captured("#反馈 屏幕按键不灵", WANG)
    for each, title in ((first, "按钮小"), (third, "按键不灵")):
        await talk.says(LI, f"/topic {each.id} {title}", dm=True)
    await talk.says(LI, f"/merge {second.id} {first.id}", dm=True)
    await talk.says(LI, "/merge T1 T2", dm=True)
    assert [await topic_of(talk, each) for each in (first, second, third)] == [2, 2, 2]
    await talk.says(LI, "/topic T1", dm=True)
    assert talk.last(LI).text.startswith("T2 按键不灵 · 3 条\n3 人遇到")
    await talk.says(LI, "/merge T2 T1", dm=True)
    assert talk.last(LI).text == "已经都在 T2 里了。"
    await talk.says(LI, "/unmerge T1", dm=True)
    assert [await topic_of(talk, each) for each in (first, second, third)] == [1, 1, 2]


async def test_who_joined_through_the_topic_still_hears_of_what_left_it(
    talk: Talk, captured: Captured, two: tuple[Feedback, Feedback]
) -> None:
    first, second = two
    await talk.says(LI, f"/merge {second.id} {first.id}", dm=True)
    await talk.says(WANG, "+1 T1")
    await talk.says(LI, f"/unmerge {second.id}", dm=True)
    for person in (ZHANG, YU, WANG):
        talk.heard(person)
    await talk.says(LI, f"/progress {second.id} 手套模式在做了", dm=True)
    assert [len(talk.heard(person)) for person in (ZHANG, YU, WANG)] == [0, 1, 1]
    await talk.says(LI, f"/progress {first.id} 按钮在放大了", dm=True)
    assert [len(talk.heard(person)) for person in (ZHANG, YU, WANG)] == [1, 1, 1]
