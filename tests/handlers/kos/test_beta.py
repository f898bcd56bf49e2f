"""Dialogues about /beta (handlers/kos/beta.py and handlers/members/trial.py): a change that some try first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from storage.contributions import Credit
from storage.records import Feedback, Status
from tests.handlers.conftest import open_private, status
from tests.handlers.kos.test_credit import credited
from tests.talk import LI, MIN, YU, ZHANG, Captured, Person, Talk

Follow = Callable[[Feedback, Person], Awaitable[None]]


async def tried(talk: Talk, feedback: Feedback) -> None:
    """Have 小李 invite to a beta and 张哥 try it; nobody has heard anything else."""
    await open_private(talk, LI)
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    await talk.presses(ZHANG, "我来试")
    await talk.advance(minutes=1)
    for who in (LI, ZHANG, YU):
        talk.heard(who)


async def test_the_contributor_and_who_follows_are_asked_to_try_first(
    talk: Talk, captured: Captured, follow: Follow
) -> None:
    feedback = await captured()
    await follow(feedback, YU)
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版里按钮放大了", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 的内测发出了。马上告诉张哥和另外 1 位。"]
    asked = talk.last(ZHANG)
    assert asked.text == (
        "张哥，您 10月12日提的「按钮太小了」有一版可以先试：4.3 测试版里按钮放大了。愿意帮我们先看看吗？"
        "10月26日前都可以。 —— 小李"
    )
    assert asked.labels == ["我来试", "这次算了"]
    assert await talk.presses(YU, "这次算了") == "好的，下次再说。"
    assert await talk.presses(ZHANG, "我来试") == "太好了，10月26日前试过，点一下就行。"
    assert asked.labels == ["顺手多了", "还不行", "没法试"]
    await talk.says(LI, f"/beta {feedback.id}", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 内测：邀请 2 位，1 位在试。10月26日截止。"]


async def test_the_contributor_who_found_it_better_may_say_so_in_the_original_thread(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await tried(talk, feedback)
    await talk.presses(ZHANG, "顺手多了")
    await talk.advance(minutes=1)
    asked = talk.last(ZHANG)
    assert asked.text.endswith("愿意的话，回到您当初那条消息下面，用自己的话说一句。")
    assert [button.url for row in asked.message.buttons for button in row] == [feedback.link]
    assert talk.heard(LI) == [f"张哥试过 #{feedback.id}「按钮太小了」：顺手多了"]
    assert await credited(talk, ZHANG) == {Credit.VERIFICATION: 1}
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.RECEIVED


async def test_a_follower_and_a_voice_from_a_private_chat_are_not_sent_to_the_thread(
    talk: Talk, captured: Captured, follow: Follow
) -> None:
    feedback = await captured()
    await follow(feedback, YU)
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    await talk.presses(YU, "我来试")
    await talk.advance(minutes=1)
    await talk.presses(YU, "顺手多了")
    await talk.advance(minutes=1)
    assert talk.last(YU).labels == []
    await open_private(talk, ZHANG)
    await talk.says(ZHANG, "#反馈 悄悄说一句座椅太硬了", dm=True)
    await talk.says(LI, "/beta 2 换了坐垫的样车", dm=True)
    await talk.presses(ZHANG, "我来试")
    await talk.advance(minutes=1)
    await talk.presses(ZHANG, "顺手多了")
    await talk.advance(minutes=1)
    assert talk.last(ZHANG).labels == []


async def test_still_not_takes_one_sentence_to_who_asked(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await tried(talk, feedback)
    await talk.presses(ZHANG, "还不行")
    talk.heard(LI)
    await talk.says(ZHANG, "横屏还是太小", dm=True)
    assert talk.last(ZHANG).text == f"收到，会带给做 #{feedback.id} 的人。"
    await talk.says(LI, f"/beta {feedback.id}", dm=True)
    assert "· 张哥：还不行 · 横屏还是太小" in talk.heard(LI)[-1]
    async with talk.database.read() as uow:
        assert (await uow.notes.list_of(feedback.id))[0][1] == "内测反馈：横屏还是太小"


async def test_taps_are_counted_once_and_only_from_who_was_asked(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    asked = talk.last(ZHANG)
    assert await talk.presses_action(YU, "trial:1:better", on=asked) == "这次邀请的不是您。"
    assert await talk.presses_action(ZHANG, "trial:99:try", on=asked) == "这次邀请的不是您。"
    await talk.presses(ZHANG, "我来试")
    await talk.presses_action(ZHANG, "trial:1:better", on=asked)
    assert await talk.presses_action(ZHANG, "trial:1:better", on=asked) == "已经记下了，谢谢！"
    assert await talk.presses_action(ZHANG, "trial:1:pass", on=asked) == "已经记下了，谢谢！"
    assert await credited(talk, ZHANG) == {Credit.VERIFICATION: 1}


async def test_what_cannot_be_tried_any_more_is_said_in_one_line(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/beta {feedback.id}", dm=True)
    await talk.says(MIN, f"/decline {feedback.id} 这代改不了", dm=True)
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    await talk.says(LI, "/beta 999 4.3 测试版", dm=True)
    assert talk.heard(LI) == [
        f"#{feedback.id} 还没有内测，比如：/beta 128 12月5日 4.3 测试版里按钮放大了",
        f"#{feedback.id} 已经是「暂不采纳」，不用再处理了。",
        "没有 #999 这一条，看看编号？",
    ]


async def test_who_tries_and_says_nothing_is_asked_once_how_it_went(
    talk: Talk, captured: Captured, follow: Follow
) -> None:
    feedback = await captured()
    await follow(feedback, YU)
    await tried(talk, feedback)
    await talk.advance(days=5)
    assert talk.heard(ZHANG) == ["张哥，您先试的「4.3 测试版」用着怎么样？点一下告诉我们就好。"]
    assert talk.last(ZHANG).labels == ["顺手多了", "还不行", "没法试"]
    assert talk.heard(YU) == []
    await talk.presses(ZHANG, "顺手多了")
    assert await credited(talk, ZHANG) == {Credit.VERIFICATION: 1}


async def test_who_said_how_it_went_is_not_asked_again(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await tried(talk, feedback)
    await talk.presses(ZHANG, "没法试")
    await talk.advance(minutes=1)
    talk.heard(ZHANG)
    await talk.advance(days=6)
    assert talk.heard(ZHANG) == []


async def test_a_trial_ends_on_the_day_staff_name(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/beta {feedback.id} 10月14日 4.3 测试版", dm=True)
    asked = talk.last(ZHANG)
    assert "可以先试：4.3 测试版。愿意帮我们先看看吗？10月14日前都可以。" in asked.text
    await talk.advance(days=3)
    assert await talk.presses(ZHANG, "我来试", on=asked) == (
        "这次内测 10月14日已经结束了，谢谢您惦记；正式上了再告诉您。"
    )
    assert asked.labels == []
    await talk.says(LI, f"/beta {feedback.id} 10月1日 4.3 测试版", dm=True)
    assert talk.last(LI).text == "10月1日已经过去了，换一个往后的日子吧。"


async def test_what_is_out_is_not_asked_about_as_a_trial_any_more(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    await talk.presses(ZHANG, "我来试")
    await talk.says(LI, f"/resolve {feedback.id} 4.3 里放大了", dm=True)
    await talk.advance(days=5)
    assert not any("先试的" in line for line in talk.heard(ZHANG))


async def test_who_tries_says_how_it_went_in_words_too(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, "/start", dm=True)
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    await talk.presses(ZHANG, "我来试")
    talk.heard(LI)
    await talk.says(ZHANG, "好多了！", dm=True)
    assert talk.heard(LI) == [f"张哥试过 #{feedback.id}「按钮太小了」：顺手多了"]


async def test_words_after_it_is_out_answer_whether_it_is_really_better(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    await talk.presses(ZHANG, "我来试")
    await talk.says(LI, f"/resolve {feedback.id} 4.3 里放大了", dm=True)
    await talk.says(ZHANG, "好了", dm=True)
    assert await status(talk, feedback.id) is Status.VERIFIED


async def test_still_not_in_words_brings_its_sentence_along(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, "/start", dm=True)
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    await talk.presses(ZHANG, "我来试")
    talk.heard(LI)
    await talk.says(ZHANG, "还不行，戴手套还是按不准", dm=True)
    assert any("戴手套还是按不准" in line for line in talk.heard(LI))


async def test_a_later_version_takes_the_place_of_the_earlier_and_the_same_one_is_not_offered_twice(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/beta {feedback.id} 4.3 测试版", dm=True)
    first = talk.last(ZHANG)
    talk.heard(ZHANG)
    await talk.says(MIN, f"/beta {feedback.id} 4.3 测试版", dm=True)
    assert talk.last(MIN).text.startswith(f"#{feedback.id} 的这一版已经请大家试了，")
    assert talk.heard(ZHANG) == []
    await talk.says(LI, f"/beta {feedback.id} 4.3.1 测试版", dm=True)
    assert "4.3.1 测试版" in talk.heard(ZHANG)[-1]
    assert await talk.presses(ZHANG, "我来试", on=first) == "这条说的是上一版，请看后来那条。"
    await talk.presses(ZHANG, "我来试")
    await talk.presses(ZHANG, "顺手多了")
    assert await credited(talk, ZHANG) == {Credit.VERIFICATION: 1}
