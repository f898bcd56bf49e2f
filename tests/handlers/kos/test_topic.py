"""Dialogues about topics (handlers/kos/topic.py, merge.py, unmerge.py, handlers/merging.py)."""

from __future__ import annotations

from storage.records import Feedback, Status
from tests.talk import LI, MIN, YU, ZHANG, Captured, Person, Talk

WANG = Person("503", "老王", "wang")


async def topic_of(talk: Talk, feedback: Feedback) -> int | None:
    """Return the topic a feedback is in."""
    async with talk.database.read() as uow:
        return (await uow.feedback.get(feedback.id)).topic_id


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
    for number in range(12):
        feedback = await captured(f"#反馈 第{number}件事")
        await talk.says(LI, f"/topic {feedback.id} 事{number}", dm=True)
    await talk.says(LI, "/topic", dm=True)
    listed = talk.last(LI)
    assert len(listed.text.split("\n")) == 11
    await talk.presses(LI, "下一页", on=listed)
    assert listed.text.split("\n")[1:] == ["T2 事1（1 条）", "T1 事0（1 条）"]


async def test_the_card_of_a_topic_moves_all_of_it_in_one_tap_and_a_sentence(
    talk: Talk, two: tuple[Feedback, Feedback]
) -> None:
    await talk.says(LI, f"/merge {two[1].id} {two[0].id}", dm=True)
    await talk.says(LI, "/show T1", dm=True)
    await talk.presses(LI, "解决了", on=talk.last(LI))
    await talk.says(LI, "4.3 里放大了", dm=True)
    assert talk.last(LI).text == "T1（2 条）已解决。马上告诉张哥和另外 1 位。"
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
    assert talk.last(LI).text == f"#{two[0].id} 已经由阿敏在跟进。"
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
    assert toast.startswith(f"小雨刚改过 #{two[1].id}，现在是「已撤回」")


async def test_a_topic_that_everything_left_says_so(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/topic {feedback.id} 按钮", dm=True)
    await talk.says(LI, f"/unmerge {feedback.id}", dm=True)
    await talk.says(LI, "/topic T1", dm=True)
    assert talk.last(LI).text == "T1 按钮\n里面已经没有反馈了。"
    await talk.says(LI, "/topic", dm=True)
    assert talk.last(LI).text.startswith("还没有话题。")
