"""A member who wants a person gets one, and who asks what we are is told."""

from __future__ import annotations

import pytest

from storage.records import FeedbackClass
from tests.talk import LI, YU, ZHANG, Talk


@pytest.mark.parametrize(
    "said",
    [
        "人工",
        "客服！",
        "我要投诉",
        "客服电话多少",
        "有没有人管啊",
        "转人工",
        "充电桩怎么预约？",
        "I need a human please",
    ],
)
async def test_who_asks_for_somebody_is_brought_to_a_colleague(talk: Talk, said: str) -> None:
    for who in (ZHANG, LI):
        await talk.says(who, "/start", dm=True)
        talk.heard(who)
    await talk.says(ZHANG, said, dm=True)
    assert talk.heard(ZHANG) == [f"「{said}」\n要请同事来答吗？"]
    assert await talk.presses(ZHANG, "请同事来答") == "已经请同事了，#1"
    assert talk.last(ZHANG).text == f"已经请同事来答「{said}」（#1），答复会发到您私聊里。"
    await talk.advance(seconds=3)
    assert any("张哥在问" in heard for heard in talk.heard(LI))
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(1)).feedback_class is FeedbackClass.SERVICE


async def test_a_question_to_us_in_the_group_is_offered_to_a_colleague(talk: Talk) -> None:
    await talk.says(ZHANG, "有没有人管？？？", mentions_us=True)
    [offered] = talk.posts()
    assert offered.text == "「有没有人管？？？」\n要请同事来答吗？"
    await talk.presses(YU, "请同事来答", on=offered)  # nobody else speaks for them
    async with talk.database.read() as uow:
        assert await uow.feedback.find(1) is None
    await talk.presses(ZHANG, "请同事来答", on=offered)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(1)).feedback_class is FeedbackClass.SERVICE


@pytest.mark.parametrize("said", ["你能干嘛", "怎么用", "What can you do?"])
async def test_who_asks_what_we_can_do_is_told(talk: Talk, said: str) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, said, dm=True)
    [text] = talk.heard(ZHANG)
    assert text.startswith("在车友会里，这样说我就懂：")


@pytest.mark.parametrize("said", ["你是机器人吗？", "你是真人吗", "Are you a bot?"])
async def test_we_never_pretend_to_be_a_person(talk: Talk, said: str) -> None:
    await talk.says(ZHANG, said, dm=True)
    [text] = talk.heard(ZHANG)
    assert text.startswith("我是车友会的机器人，叫回响")


@pytest.mark.parametrize("said", ["看2", "撤销", "2", "改1"])
async def test_staff_always_hear_back_in_one_line(talk: Talk, said: str) -> None:
    for _ in range(2):
        await talk.says(LI, said, dm=True)
        [line] = talk.heard(LI)
        assert line == f"没看懂「{said}」。写「查看 128」这样就行，/help 看全部命令。"


async def test_who_waits_for_a_parcel_is_not_asked_for_a_version(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "#吐槽 物流太差，等了九天，没人管")
    await talk.advance(minutes=40)
    assert talk.heard(ZHANG) == []


async def test_small_talk_of_staff_is_small_talk(talk: Talk) -> None:
    await talk.says(LI, "谢谢", dm=True)
    assert not any("没看懂" in heard for heard in talk.heard(LI))


async def test_thanks_in_private_are_not_offered_as_feedback(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "Thank you!", dm=True)
    assert all("记成反馈" not in heard for heard in talk.heard(ZHANG))
