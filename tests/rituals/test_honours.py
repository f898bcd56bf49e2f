"""The monthly honours: who is named, how ties are stated, and who stays out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rituals.base import RitualSettings
from storage.contributions import Credit
from storage.honours import HonoursSettings
from storage.records import Member
from storage.runs import RunState
from storage.seasons import SeasonKind
from storage.titles import Honour
from tests.talk import LI, PLATFORM, YU, ZHANG, Person, Talk

WANG, CHEN = Person("503", "小王"), Person("504", "小陈")


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the honours, on the first of each month."""
    return (RitualSettings("honours", "honours", "0 10 1 * *"),)


async def home(talk: Talk, *people: Person) -> list[Member]:
    """Let people live in the group."""
    chat = await talk.group()
    async with talk.database.begin() as uow:
        met = await uow.members.meet(PLATFORM, [(p.external_id, p.name, "") for p in people], talk.now)
        for member in met.values():
            await uow.members.change(member.id, home_chat_id=chat.id)
    return [met[person.external_id] for person in people]


async def contribute(talk: Talk, member: Member, times: int) -> None:
    """Let somebody have contributed so often."""
    async with talk.database.begin() as uow:
        before = sum((await uow.contributions.count(member.id)).values())
        for number in range(times):
            await uow.contributions.add(
                member.id, Credit.VERIFICATION, f"feedback:{before + number}", talk.now
            )


async def test_titles_and_the_first_ranks_are_named_with_ties_stated(talk: Talk) -> None:
    zhang, yu, wang, li = await home(talk, ZHANG, YU, WANG, LI)
    for member, times in ((zhang, 3), (yu, 3), (wang, 1), (li, 9)):
        await contribute(talk, member, times)
    async with talk.database.begin() as uow:
        await uow.titles.grant(yu.id, Honour.HELPER, talk.now)
    await talk.advance(days=20)  # over 1 November, 10:00
    [post] = talk.posts()
    assert post.text == (
        "荣誉榜\n\n新头衔\n· 热心用户：小雨\n\n2026 年第 4 季，谁帮产品变好\n"
        "1.（并列）张哥、小雨 · 各 3 件\n3. 小王 · 1 件\n\n"
        "记的是改好了的事，不是发了多少言。不想上榜？私信我 /me 就行。"
    )
    assert post.labels == ["我的荣誉"]
    assert post.message.reply_to == ""


async def test_who_opted_out_or_would_not_be_named_is_not_named(talk: Talk) -> None:
    zhang, yu, wang = await home(talk, ZHANG, YU, WANG)
    for member in (zhang, yu, wang):
        await contribute(talk, member, 2)
    async with talk.database.begin() as uow:
        await uow.members.change(yu.id, is_honoured=False)
        await uow.members.change(wang.id, is_named=False)
        await uow.titles.grant(yu.id, Honour.HELPER, talk.now)
        await uow.titles.grant(wang.id, Honour.CREATIVE, talk.now)
    await talk.advance(days=20)
    [text] = talk.heard()
    assert "小雨" not in text
    assert "小王" not in text
    assert "新头衔" not in text
    assert "1.（并列）张哥 · 各 2 件\n还有不具名的朋友，同样谢谢。" in text


async def test_an_alias_never_stands_on_a_board(talk: Talk) -> None:
    zhang, alias = await home(talk, ZHANG, Person("alias:7f", "安静的蓝鲸"))
    await contribute(talk, zhang, 1)
    await contribute(talk, alias, 5)
    async with talk.database.begin() as uow:
        await uow.titles.grant(alias.id, Honour.ADVISER, talk.now)
    await talk.advance(days=20)
    [text] = talk.heard()
    assert "蓝鲸" not in text


async def test_with_nobody_to_honour_the_group_hears_nothing(talk: Talk) -> None:
    await talk.advance(days=20)
    assert talk.heard() == []
    chat = await talk.group()
    async with talk.database.read() as uow:
        runs = await uow.runs.list_last(chat.id, "honours", 5)
    assert [(run.state, run.reason) for run in runs] == [(RunState.SKIPPED, "nothing_moved")]


async def test_the_first_of_january_is_about_the_season_that_has_ended(talk: Talk) -> None:
    [zhang] = await home(talk, ZHANG)
    await talk.advance(days=60)
    await contribute(talk, zhang, 1)
    talk.heard()
    await talk.advance(days=23)  # over 1 January
    assert "2026 年第 4 季，谁帮产品变好\n1. 张哥 · 1 件" in talk.heard()[-1]
    await talk.advance(days=31)
    assert talk.heard() == []


async def test_the_button_opens_ones_own_page(talk: Talk) -> None:
    [zhang] = await home(talk, ZHANG)
    await contribute(talk, zhang, 1)
    await talk.advance(days=20)
    await talk.presses(ZHANG, "我的荣誉")
    assert talk.heard(ZHANG)[-1].startswith("张哥，这是您在这里做成的事。")


async def test_titles_of_another_group_are_not_told_here(talk: Talk) -> None:
    [zhang] = await home(talk, ZHANG)
    async with talk.database.begin() as uow:
        met = await uow.members.meet(PLATFORM, [("999", "远方", "")], talk.now)
        await uow.titles.grant(met["999"].id, Honour.HELPER, talk.now)
        await uow.titles.grant(zhang.id, Honour.ADVISER, talk.now - timedelta(days=90))
    await talk.advance(days=20)
    assert talk.heard() == []


async def test_the_post_ticked_twice_comes_once(talk: Talk) -> None:
    [zhang] = await home(talk, ZHANG)
    await contribute(talk, zhang, 1)
    await talk.advance(days=20)
    await talk.core.clock.catch_up(talk.now)
    await talk.settle()
    assert len(talk.heard()) == 1
    chat = await talk.group()
    async with talk.database.read() as uow:
        runs = await uow.runs.list_last(chat.id, "honours", 5)
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (SeasonKind.YEAR, "2026 年，谁帮产品变好"),
        (SeasonKind.QUARTER, "2026 年第 4 季，谁帮产品变好"),
        (SeasonKind.MONTH, "2026 年 10 月，谁帮产品变好"),
    ],
)
async def test_the_board_is_called_by_its_season(talk: Talk, kind: SeasonKind, words: str) -> None:
    clock = talk.core.clock
    clock._settings = replace(clock._settings, honours=HonoursSettings(season=kind))
    [zhang] = await home(talk, ZHANG)
    await contribute(talk, zhang, 1)
    await talk.advance(days=20)
    assert words in talk.heard()[-1]
