"""Dialogues about /fb and /for: what a KOS captures for others (handlers/kos/fb.py, onbehalf.py)."""

from __future__ import annotations

import pytest

from storage.records import Attachment, Feedback
from tests.talk import LI, MIN, YU, ZHANG, Captured, Person, Talk


async def all_of(talk: Talk) -> list[Feedback]:
    """Return everything captured."""
    async with talk.database.read() as uow:
        found = [await uow.feedback.find(number) for number in range(1, 10)]
    return [feedback for feedback in found if feedback is not None]


async def name_of(talk: Talk, member_id: int) -> str:
    """Return what a member is called."""
    async with talk.database.read() as uow:
        return (await uow.members.get(member_id)).name


async def test_fb_as_a_reply_captures_the_message_for_its_author(talk: Talk) -> None:
    said = await talk.says(ZHANG, "这个按钮真的太小了，夜里看不清")
    fb = await talk.says(LI, "/fb", reply_to=said)
    (feedback,) = await all_of(talk)
    assert feedback.text == "这个按钮真的太小了，夜里看不清"
    assert await name_of(talk, feedback.contributor_id) == "张哥"
    assert await name_of(talk, feedback.captured_by_id) == "小李"
    assert feedback.message_id == said.message_id
    assert (fb.chat, fb.message_id, "✍") in talk.adapter.reactions


async def test_fb_twice_on_one_message_is_one_feedback(talk: Talk) -> None:
    said = await talk.says(ZHANG, "这个按钮真的太小了，夜里看不清")
    await talk.says(LI, "/fb", reply_to=said)
    await talk.says(MIN, "/fb", reply_to=said)
    assert len(await all_of(talk)) == 1


async def test_fb_keeps_the_pictures(talk: Talk) -> None:
    photo = Attachment("photo", "f1", "u1")
    said = await talk.says(ZHANG, "", attachments=[photo])
    await talk.says(LI, "/fb", reply_to=said)
    (feedback,) = await all_of(talk)
    assert feedback.attachments == (photo,)


async def test_fb_without_a_reply_says_how(talk: Talk) -> None:
    await talk.says(LI, "/fb 按钮太小了")
    assert talk.heard() == ["请回复那条要记下的消息，再发 /fb"]
    assert await all_of(talk) == []


async def test_fb_on_our_own_message_captures_nothing(talk: Talk) -> None:
    await talk.says(LI, "/fb")
    await talk.says(LI, "/fb", reply_to=talk.last())
    assert await all_of(talk) == []


async def test_for_a_known_member_credits_the_member(talk: Talk) -> None:
    await talk.says(YU, "早")
    await talk.says(LI, "/for @yu 电话里说发货太慢了", dm=True)
    (feedback,) = await all_of(talk)
    assert await name_of(talk, feedback.contributor_id) == "小雨"
    assert feedback.on_behalf_of == ""
    assert feedback.text == "电话里说发货太慢了"
    assert talk.heard(LI) == [
        f"替小雨记下了 #{feedback.id}「电话里说发货太慢了」（建议？），有结果会告诉 TA。"
    ]
    assert talk.heard(YU) == []


async def test_whoever_hides_under_a_name_is_not_who_it_was_said_for(talk: Talk, captured: Captured) -> None:
    await captured(who=Person("alias:7f", "安静的蓝鲸"))
    await talk.says(LI, "/for 安静的蓝鲸 电话里说发货太慢了", dm=True)
    async with talk.database.read() as uow:
        carried = await uow.feedback.get(2)
        carrier = await uow.members.get(carried.contributor_id)
    assert (carried.on_behalf_of, carrier.name) == ("安静的蓝鲸", "小李")


async def test_for_somebody_who_is_not_here_the_kos_carries_the_echo(talk: Talk) -> None:
    await talk.says(LI, "代提 王姐 电话里说发货太慢了", dm=True)
    (feedback,) = await all_of(talk)
    assert feedback.on_behalf_of == "王姐"
    assert await name_of(talk, feedback.contributor_id) == "小李"
    assert talk.heard(LI) == [
        f"替王姐记下了 #{feedback.id}「电话里说发货太慢了」（建议？），TA 不在这里，有结果会先告诉你。"
    ]
    await talk.says(MIN, f"/resolve {feedback.id} 换了快递", dm=True)
    assert talk.heard(LI) == [
        "小李，您 10月12日替王姐提的「电话里说发货太慢了」有结果了：换了快递。您看看是不是解决了？ —— 阿敏"
    ]
    assert talk.heard(MIN) == [
        f"#{feedback.id} 已解决。马上告诉小李。王姐不在这里，请亲自说一声，说完发 /told {feedback.id}。"
    ]
    await talk.presses(LI, "查看")
    assert "王姐（小李代提）" in talk.last(LI).text


async def test_for_as_a_reply_takes_the_author_and_the_words(talk: Talk) -> None:
    said = await talk.says(ZHANG, "这个按钮真的太小了，夜里看不清")
    await talk.says(LI, "/for", reply_to=said)
    await talk.says(LI, "/for 他还说声音也小", reply_to=said)
    first, second = await all_of(talk)
    assert (first.text, second.text) == ("这个按钮真的太小了，夜里看不清", "他还说声音也小")
    assert first.contributor_id == second.contributor_id
    assert await name_of(talk, first.contributor_id) == "张哥"


async def test_for_as_a_reply_to_a_channel_keeps_its_name(talk: Talk) -> None:
    channel = Person("-100", "售后频道", is_person=False)
    await talk.says(LI, "/for", reply_to=talk.message(channel, "大家都说按钮小"))
    (feedback,) = await all_of(talk)
    assert feedback.on_behalf_of == "售后频道"


async def test_for_without_words_or_name_says_how(talk: Talk) -> None:
    for text in ("/for", "/for 王姐", "/for @", f"/for {'王' * 50} 太慢"):
        await talk.says(LI, text, dm=True)
        assert talk.heard(LI) == ["谁说的、说了什么？比如：/for 王姐 电话里说发货太慢"], text
    assert await all_of(talk) == []


async def test_for_as_a_reply_to_us_asks_for_the_name(talk: Talk) -> None:
    await talk.says(LI, "/for", dm=True)
    ours = talk.last(LI)
    await talk.says(LI, "/for 太慢了", dm=True, reply_to=ours)
    assert talk.last(LI).text == "这条消息看不出是谁说的，写上名字吧，比如：/for 王姐 电话里说发货太慢"


@pytest.mark.parametrize(
    "said", ["/for 2 2", "/for 2 按钮太小了", "/for T7 按钮太小了", "/for 王姐 慢", "代提 #2 按钮太小"]
)
async def test_a_number_is_nobody_and_a_word_is_nothing(talk: Talk, said: str) -> None:
    await talk.says(LI, "/start", dm=True)
    talk.heard(LI)
    await talk.says(LI, said, dm=True)
    assert talk.heard(LI) == ["谁说的、说了什么？比如：/for 王姐 电话里说发货太慢"]
    async with talk.database.read() as uow:
        assert await uow.feedback.find(1) is None


@pytest.mark.parametrize(
    "said", ["/for 王姐，电话里说发货太慢", "代提 王姐：电话里说发货太慢", "/for @王姐 电话里说发货太慢"]
)
async def test_a_name_ends_where_a_comma_or_a_space_stands(talk: Talk, said: str) -> None:
    await talk.says(LI, "/start", dm=True)
    talk.heard(LI)
    await talk.says(LI, said, dm=True)
    async with talk.database.read() as uow:
        feedback = await uow.feedback.get(1)
    assert (feedback.on_behalf_of, feedback.text) == ("王姐", "电话里说发货太慢")
