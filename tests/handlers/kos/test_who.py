"""Dialogues about people: /who, /tag (handlers/kos/) and the city they name themselves (handlers/members/city.py)."""

from __future__ import annotations

import pytest

from storage.modes import ALIAS
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Captured, Person, Talk


async def test_a_card_shows_what_somebody_said_follows_and_is_tagged(talk: Talk) -> None:
    said = await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.says(YU, "#反馈 雨刷太吵了，高速上听不清")
    await talk.says(ZHANG, "/follow 2", dm=True)
    await talk.says(ZHANG, "城市 上海", dm=True)
    await talk.says(LI, "/tag 张哥 摄影 老车主", dm=True)
    assert talk.heard(LI) == ["张哥现在的标签：摄影、老车主"]
    await talk.says(LI, "/who 张哥", dm=True)
    card = talk.last(LI)
    assert card.text == (
        "张哥 @zhang\n2026年10月12日认识\n城市：上海\n所在群：车主群\n标签：摄影、老车主\n具名反馈 1 条：\n"
        "#1 · 已收到 ·「按钮太小了，戴手套按不准」\n关注：#2"
    )
    assert card.labels == ["#1"]
    talk.heard()
    await talk.says(LI, "/who", reply_to=said)
    assert talk.last(LI).text == card.text
    assert talk.heard() == []


async def test_by_username_salutation_and_in_chinese(talk: Talk, captured: Captured) -> None:
    await captured()
    async with talk.database.begin() as uow:
        zhang = await uow.members.find(PLATFORM, ZHANG.external_id)
        assert zhang is not None
        await uow.members.change(zhang.id, salutation="张师傅")
    for words in ("/who @zhang", "成员 张师傅", "/who “张哥”"):
        await talk.says(LI, words, dm=True)
        assert talk.last(LI).text.startswith("张哥 @zhang")


async def test_several_of_one_name_are_told_apart(talk: Talk) -> None:
    other = Person("999", "张哥", "zhang2")
    for who in (ZHANG, other):
        await open_private(talk, who)
    await talk.says(LI, "/who 张哥", dm=True)
    assert talk.last(LI).text == (
        "叫「张哥」的不止一位：张哥 @zhang、张哥 @zhang2。写 @用户名，或者回复 TA 的消息，比如：/who 张哥"
    )
    await talk.says(LI, "/who @zhang2", dm=True)
    assert talk.last(LI).text.startswith("张哥 @zhang2")


async def test_a_name_of_two_words_is_found(talk: Talk) -> None:
    await open_private(talk, Person("998", "Tom Lee", ""))
    await talk.says(LI, "/tag Tom Lee vip", dm=True)
    assert talk.last(LI).text == "Tom Lee 现在的标签：vip"


async def test_the_hidden_and_the_forgotten_are_nobody(talk: Talk) -> None:
    async with talk.database.begin() as uow:
        await uow.members.meet(PLATFORM, [(f"{ALIAS}abc", "蓝色鲸鱼", "")], talk.now)
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.says(ZHANG, "/forget", dm=True)
    await talk.presses(ZHANG, "忘记我")
    for name in ("蓝色鲸鱼", "前成员", "张哥"):
        await talk.says(LI, f"/who {name}", dm=True)
        assert talk.last(LI).text == f"没找到「{name}」，名字要写全，比如：/who 张哥"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/who", "说的是谁？"),
        ("/who 没有这个人", "没找到「没有这个人」"),
        ("/tag 张哥 " + "长" * 17, "不能当标签"),
        ("/tag 张哥 <b>", "不能当标签"),
        ("/tag 张哥 " + " ".join(f"标{n}" for n in range(21)), "最多 20 个标签"),
        ("/tag", "还没有人打过标签"),
    ],
)
async def test_what_is_wrong_gets_one_line(talk: Talk, captured: Captured, words: str, answer: str) -> None:
    await captured()
    await talk.says(LI, words, dm=True)
    assert answer in talk.last(LI).text


async def test_tags_are_taken_away_listed_and_written_down(talk: Talk, captured: Captured) -> None:
    await captured(who=ZHANG)
    await captured("#反馈 雨刷太吵了", who=YU)
    await talk.says(LI, "/tag 张哥 #摄影，新手", dm=True)
    await talk.says(MIN, "标签 小雨 摄影", dm=True)
    await talk.says(LI, "/tag 张哥 老车主 -新手 -没有的", dm=True)
    assert talk.last(LI).text == "张哥现在的标签：摄影、老车主"
    await talk.says(LI, "/tag", dm=True)
    assert talk.last(LI).text == "在用的标签：摄影 <5、老车主 <5"
    async with talk.database.read() as uow:
        last = (await uow.audit.list_last(1))[0]
    assert (last.action, last.detail) == ("member.tag", "+老车主 -新手 -没有的")


async def test_members_may_not_look_each_other_up(talk: Talk, captured: Captured) -> None:
    await captured()
    await talk.says(YU, "/who 张哥", dm=True)
    assert "张哥 @zhang" not in talk.last(YU).text
    await talk.says(YU, "/tag 张哥 坏人", dm=True)
    async with talk.database.read() as uow:
        assert await uow.member_tags.count(5) == []


async def test_a_city_is_noted_changed_and_dropped(talk: Talk) -> None:
    await talk.says(ZHANG, "/city", dm=True)
    assert talk.last(ZHANG).text == "还不知道您在哪个城市，比如：/city 上海"
    await talk.says(ZHANG, "/city 上海", dm=True)
    assert talk.last(ZHANG).text == "记下了，您在上海。附近有活动时叫您。"
    await talk.says(ZHANG, "城市", dm=True)
    assert talk.last(ZHANG).text.startswith("记着您在上海")
    await talk.says(ZHANG, "/city " + "长" * 21, dm=True)
    assert talk.last(ZHANG).text == "城市名最多 20 个字，比如：/city 上海"
    await talk.says(ZHANG, "/city -", dm=True)
    async with talk.database.read() as uow:
        zhang = await uow.members.find(PLATFORM, ZHANG.external_id)
    assert zhang is not None
    assert zhang.city == ""


async def test_a_city_said_in_the_group_gets_a_nod(talk: Talk) -> None:
    await talk.says(ZHANG, "/city 上海")
    assert talk.heard() == []
    assert talk.adapter.reactions[-1][2] == "👌"


@pytest.mark.parametrize("said", ["2", "#99999", "T99999", "-1", "②"])
async def test_what_is_no_city_and_no_name_is_not_noted(talk: Talk, said: str) -> None:
    await talk.says(ZHANG, f"/city {said}", dm=True)
    assert talk.last(ZHANG).text == "这不像城市的名字，比如：/city 上海"
    await talk.says(ZHANG, f"/name {said}", dm=True)
    asked = "好的，T99999，记住了。" if said == "T99999" else "怎么称呼您？12 个字以内，比如：/name 张哥"
    assert talk.last(ZHANG).text == asked
