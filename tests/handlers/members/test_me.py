"""Dialogues of the intent `me`: a member's own page of honours."""

from __future__ import annotations

from storage.records import ChatKind
from storage.titles import Honour
from tests.fakes import LITTLE
from tests.handlers.kos.test_award import titles
from tests.handlers.members.test_verify import resolve, said
from tests.talk import GROUP, LI, YU, ZHANG, Talk


async def test_who_did_nothing_yet_is_told_how_it_begins_and_not_shamed(talk: Talk) -> None:
    await talk.says(YU, "/me", dm=True)
    [page] = talk.heard(YU)
    assert page == (
        "小雨，这是您在这里做成的事。\n还没有记下什么。说一句 #反馈，改好了就会记在这里。\n"
        "现在是「新声」。\n再往上是「常客」，还差 1 件这样的事，不急。"
    )
    assert talk.last(YU).labels == ["不要荣誉"]


async def test_the_page_says_in_words_what_was_done_and_what_it_opened(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    await talk.presses(ZHANG, "顺手多了")
    await talk.says(ZHANG, "荣誉", dm=True)
    assert talk.heard(ZHANG)[-1] == (
        "张哥，这是您在这里做成的事。\n头衔：品牌荣誉产品顾问（10月12日）\n"
        "记下的：第一个说出来、后来真改好的 1 件；亲自试过并告诉我们 1 次\n"
        "现在是「常客」，为您开放：产品资料。\n再往上是「贡献者」，还差 1 件这样的事，不急。"
    )


async def test_in_the_group_the_page_comes_in_private(talk: Talk) -> None:
    await talk.says(YU, "/start", dm=True)
    talk.heard(YU)
    said_ = await talk.says(YU, "/me")
    assert talk.heard() == []
    assert (GROUP, said_.message_id, "👌") in talk.adapter.reactions
    assert talk.heard(YU)[0].startswith("小雨，这是您")


async def test_opting_out_takes_the_title_from_beside_the_name_and_back(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    await talk.presses(ZHANG, "顺手多了")
    assert talk.adapter.tags == {(GROUP, ZHANG.external_id): "品牌荣誉产品顾问"}
    await talk.says(ZHANG, "/me", dm=True)
    assert await talk.presses(ZHANG, "不要荣誉") == "好，不给头衔，也不上榜了。"
    await talk.advance(minutes=1)
    page = talk.last(ZHANG)
    assert "您选了不要荣誉" in page.text
    assert "头衔：" not in page.text
    assert page.labels == ["还是要荣誉"]
    assert talk.adapter.tags == {(GROUP, ZHANG.external_id): ""}
    assert await talk.presses(ZHANG, "还是要荣誉") == "好，欢迎回来。"
    assert talk.adapter.tags == {(GROUP, ZHANG.external_id): "品牌荣誉产品顾问"}


async def test_who_would_rather_not_be_named_has_no_title_beside_the_name_either(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    await talk.presses(ZHANG, "顺手多了")
    await talk.advance(minutes=1)
    await talk.presses(ZHANG, "别在群里提我")
    assert talk.adapter.tags == {(GROUP, ZHANG.external_id): ""}
    assert await titles(talk, ZHANG) == [Honour.ADVISER]
    await talk.advance(minutes=1)
    await talk.presses(ZHANG, "可以提我的名字")
    assert talk.adapter.tags == {(GROUP, ZHANG.external_id): "品牌荣誉产品顾问"}


async def test_the_wish_can_be_said_in_words(talk: Talk) -> None:
    await talk.says(YU, "荣誉 退出", dm=True)
    assert "您选了不要荣誉" in talk.heard(YU)[-1]
    await talk.says(YU, "/me in", dm=True)
    assert "您选了不要荣誉" not in talk.heard(YU)[-1]


async def test_where_there_are_no_buttons_the_page_says_how(talk: Talk) -> None:
    key = (talk.adapter.platform, ChatKind.PRIVATE)
    talk.dispatcher._capabilities = {**talk.dispatcher._capabilities, key: LITTLE}
    await talk.says(YU, "/me", dm=True)
    assert talk.heard(YU)[-1].endswith("不想要荣誉，回「荣誉 退出」就行。")
    assert talk.last(YU).labels == []


async def test_who_opted_out_before_is_thanked_without_a_title(talk: Talk) -> None:
    await said(talk)
    await talk.says(ZHANG, "/me", dm=True)
    await talk.presses(ZHANG, "不要荣誉")
    await resolve(talk)
    await talk.presses(ZHANG, "顺手多了")
    assert talk.last().text == "谢谢张哥！「按钮太小了」改好了，也亲自确认过了。"
    assert await titles(talk, ZHANG) == []
    assert talk.adapter.tags == {}


async def test_a_second_verified_report_brings_no_second_title(talk: Talk) -> None:
    for number in (1, 2):
        await said(talk, words=f"按钮太小了，第 {number} 处")
        await resolve(talk, number)
        await talk.presses(ZHANG, "顺手多了")
        await talk.advance(hours=1)
    thanks = talk.heard()
    assert ["品牌荣誉产品顾问" in text for text in thanks if text.startswith("谢谢")] == [True, False]
    assert await titles(talk, ZHANG) == [Honour.ADVISER]


async def test_staff_see_their_page_without_a_ladder(talk: Talk) -> None:
    await talk.says(LI, "/me", dm=True)
    [page] = talk.heard(LI)
    assert "现在是" not in page
