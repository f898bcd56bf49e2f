"""Dialogues about topics (handlers/kos/topic.py, merge.py, unmerge.py, handlers/merging.py)."""

from __future__ import annotations

import pytest

from storage.records import Feedback, Status
from tests.handlers.kos.conftest import Captured
from tests.talk import LI, MIN, YU, ZHANG, Person, Talk

WANG = Person("503", "老王", "wang")


async def topic_of(talk: Talk, feedback: Feedback) -> int | None:
    """Return the topic a feedback is in."""
    async with talk.database.read() as uow:
        return (await uow.feedback.get(feedback.id)).topic_id


@pytest.fixture
async def two(captured: Captured) -> tuple[Feedback, Feedback]:
    """Give two voices about the same thing."""
    return await captured("#反馈 按钮太小了"), await captured("#反馈 戴手套按不准", YU)


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
        ("/unmerge", "说的是哪一条？带上编号，比如 /unmerge 128，或者直接回复那条消息。"),
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


async def test_topics_are_listed_latest_first_and_shown_by_a_tap(
    talk: Talk, captured: Captured, two: tuple[Feedback, Feedback]
) -> None:
    await talk.says(LI, "/topic", dm=True)
    assert talk.last(LI).text == "还没有话题。两条说的是同一件事，就发 /merge 131 128。"
    for each in two:
        await talk.advance(minutes=1)
        await talk.says(LI, f"话题 {each.id} 事{each.id}", dm=True)
    await talk.says(LI, "话题", dm=True)
    listed = talk.last(LI)
    assert listed.text == f"2 个话题，最近有动静的在前：\nT2 事{two[1].id}（1 条）\nT1 事{two[0].id}（1 条）"
    await talk.presses(LI, "T1", on=listed)
    assert talk.last(LI).text.startswith(f"T1 事{two[0].id} · 1 条\n1 人遇到\n#{two[0].id} ")


async def test_many_topics_are_turned_page_by_page(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    async with talk.database.begin() as uow:
        for number in range(12):
            await uow.topics.add(f"事{number}", None, talk.now)
    assert feedback.topic_id is None
    await talk.says(LI, "/topic", dm=True)
    listed = talk.last(LI)
    assert len(listed.text.split("\n")) == 11
    await talk.presses(LI, "下一页", on=listed)
    assert listed.text.split("\n")[1:] == ["T2 事1（0 条）", "T1 事0（0 条）"]


async def test_the_card_of_a_topic_moves_all_of_it_in_one_tap_and_a_sentence(
    talk: Talk, two: tuple[Feedback, Feedback]
) -> None:
    await talk.says(LI, f"/merge {two[1].id} {two[0].id}", dm=True)
    await talk.says(LI, "/show T1", dm=True)
    await talk.presses(LI, "解决了", on=talk.last(LI))
    await talk.says(LI, "4.3 里放大了", dm=True)
    assert talk.last(LI).text == "T1（2 条） 已解决。马上告诉张哥和另外 1 位。"
    assert len(talk.heard(ZHANG)) == len(talk.heard(YU)) == 1
    await talk.presses(ZHANG, "顺手多了")
    async with talk.database.read() as uow:
        found = [(await uow.feedback.get(each.id)).status for each in two]
    assert found == [Status.VERIFIED, Status.RESOLVED]


async def test_the_group_sees_the_title_of_a_topic_and_counts_over_all_its_voices(
    talk: Talk, two: tuple[Feedback, Feedback]
) -> None:
    first, second = two
    await talk.says(LI, f"/topic {first.id}")
    await talk.says(LI, f"/topic {second.id}")
    old = talk.posts()
    await talk.presses(WANG, "我也遇到", on=old[1])
    await talk.says(LI, f"/merge {second.id} {first.id}", dm=True)
    await talk.says(LI, "/topic T1 戴手套按不准", dm=True)
    await talk.says(LI, "/show T1", dm=True)
    assert await talk.presses(LI, "发到群里", on=talk.last(LI)) == "卡片在群里了。"
    [card] = talk.posts()
    assert card.text == "T1 「戴手套按不准」\n3 人遇到"
    await talk.presses(WANG, "我也遇到", on=card)
    await talk.presses(Person("504", "小陈"), "我也遇到", on=old[0])
    await talk.advance(seconds=10)
    assert [shown.text for shown in (card, *old)] == ["T1 「戴手套按不准」\n4 人遇到"] * 3


async def test_what_was_said_in_private_is_not_shown_to_the_group_before_it_has_a_name(talk: Talk) -> None:
    await talk.says(ZHANG, "/feedback 我的车门关不上了", dm=True)
    await talk.says(LI, "/topic 1")
    assert talk.heard()[-1] == "这里没有能给群里看的原话，先起个名再发，比如：/topic 1 …"
    await talk.says(LI, "/topic 1 车门", dm=True)
    await talk.says(LI, "/topic 1")
    assert talk.last().text == "T1 「车门」\n1 人遇到"


async def test_members_cannot_touch_topics(talk: Talk, two: tuple[Feedback, Feedback]) -> None:
    for text in (f"/merge {two[0].id} {two[1].id}", "/unmerge 1", "/topic"):
        await talk.says(ZHANG, text, dm=True)
        assert talk.heard(ZHANG) == ["这个操作只有工作人员可以用哦。"]
    assert await topic_of(talk, two[0]) is None


async def test_who_spoke_twice_of_a_topic_is_asked_once_and_answers_for_both(
    talk: Talk, captured: Captured
) -> None:
    first, second = await captured("#反馈 按钮太小了"), await captured("#反馈 戴手套按不准")
    await talk.says(LI, f"/merge {second.id} {first.id}", dm=True)
    for answer, status in (("还不行", Status.IN_REVIEW), ("顺手多了", Status.VERIFIED)):
        await talk.says(LI, "/resolve T1 放大了", dm=True)
        assert len([text for text in talk.heard(ZHANG) if "顺手多了" in text]) == 1
        await talk.presses(ZHANG, answer)
        async with talk.database.read() as uow:
            assert [(await uow.feedback.get(each.id)).status for each in (first, second)] == [status, status]
    await talk.advance(days=8)
    assert not [text for text in talk.heard(ZHANG) if "顺手些了吗" in text]


async def test_the_card_of_a_voice_names_its_topic_and_how_many_met_it(
    talk: Talk, two: tuple[Feedback, Feedback]
) -> None:
    await talk.says(WANG, f"+1 {two[0].id}")
    await talk.says(LI, f"/show {two[0].id}", dm=True)
    assert "2 人遇到" in talk.last(LI).text.split("\n")
    await talk.says(LI, f"/merge {two[1].id} {two[0].id}", dm=True)
    await talk.says(LI, f"/show {two[1].id}", dm=True)
    assert "T1 按钮太小了（2 条） · 3 人遇到" in talk.last(LI).text.split("\n")


async def test_words_taken_back_leave_the_card_and_the_count(
    talk: Talk, two: tuple[Feedback, Feedback]
) -> None:
    await talk.says(LI, f"/topic {two[0].id}")
    card = talk.last()
    await talk.presses(WANG, "我也遇到", on=card)
    await talk.says(ZHANG, f"/withdraw {two[0].id} 确认", dm=True)
    await talk.advance(seconds=10)
    assert card.text == f"#{two[0].id} 已经撤回了。"
    assert card.labels == []


async def test_a_topic_is_followed_by_its_name(talk: Talk, two: tuple[Feedback, Feedback]) -> None:
    await talk.says(LI, f"/merge {two[1].id} {two[0].id}", dm=True)
    await talk.says(WANG, "/follow T1", dm=True)
    assert talk.heard(WANG)[-1] == "好，T1「按钮太小了」有消息会告诉您。"
    await talk.says(LI, f"/progress {two[1].id} 在改", dm=True)
    assert len(talk.heard(WANG)) == 1


async def test_who_follows_a_topic_begun_in_private_never_reads_those_words(
    talk: Talk, captured: Captured
) -> None:
    await talk.says(ZHANG, "/feedback 我的车门关不上了", dm=True)
    other = await captured("#反馈 车门难关", YU)
    await talk.says(LI, f"/merge {other.id} 1", dm=True)
    await talk.says(WANG, "/follow T1", dm=True)
    await talk.says(LI, "/progress T1 在查了", dm=True)
    await talk.says(LI, "/topic T1 车门", dm=True)
    await talk.says(LI, "/progress T1 查到了", dm=True)
    heard = talk.heard(WANG)
    assert not [text for text in heard if "关不上" in text]
    assert "您关注的「车门难关」在做了：在查了" in heard[-2]  # the one that was said openly
    assert "您关注的「车门难关」在做了：查到了" in heard[-1]


async def test_claiming_one_voice_of_a_topic_takes_the_rest_of_it_too(
    talk: Talk, captured: Captured, two: tuple[Feedback, Feedback]
) -> None:
    third = await captured("#反馈 屏幕按键不灵", WANG)
    for other in (two[1], third):
        await talk.says(LI, f"/merge {other.id} {two[0].id}", dm=True)
    await talk.says(MIN, f"/claim {third.id}", dm=True)
    await talk.says(LI, "/claim T1", dm=True)
    assert talk.last(LI).text == f"#{two[0].id} 已经由 阿敏 在跟进。"
    async with talk.database.read() as uow:
        found = [await uow.feedback.get(each.id) for each in (*two, third)]
    assert {(each.status, each.owner_id) for each in found} == {(Status.IN_REVIEW, found[2].owner_id)}


async def test_who_was_faster_with_another_voice_of_the_topic_is_named(
    talk: Talk, captured: Captured, two: tuple[Feedback, Feedback]
) -> None:
    await talk.says(LI, f"/merge {two[1].id} {two[0].id}", dm=True)
    await talk.says(LI, "/show T1", dm=True)
    card = talk.last(LI)
    await talk.says(YU, f"/withdraw {two[1].id} 确认", dm=True)
    toast = await talk.presses(LI, "解决了", on=card)
    assert toast.startswith(f"小雨 刚改过 #{two[1].id}，现在是「已撤回」")


async def test_a_topic_that_everything_left_says_so(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/topic {feedback.id} 按钮", dm=True)
    await talk.says(LI, f"/unmerge {feedback.id}", dm=True)
    await talk.says(LI, "/topic T1", dm=True)
    assert talk.last(LI).text == "T1 按钮\n里面已经没有反馈了。"
