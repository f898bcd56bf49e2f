"""Dialogues about /similar and the card's line of what is alike (handlers/kos/similar.py, handlers/likeness.py)."""

from __future__ import annotations

import pytest

from bot.indexing import Indexer
from handlers.guesses import NoWords, Words
from storage.text.tokens import Tokens
from tests.conftest import TAGS
from tests.talk import LI, YU, ZHANG, Captured, Talk

NOT_READY = "刚启动，词典还在加载，过几秒再试一次。"


@pytest.fixture
def words(tokens: Tokens) -> Words:
    """Give the bot its dictionary."""
    return tokens


@pytest.fixture
def index(talk: Talk, tokens: Tokens) -> Indexer:
    """Give what indexes in the background."""
    return Indexer(talk.database, tokens, TAGS)


async def test_the_likest_are_listed_with_the_words_both_say(
    talk: Talk, captured: Captured, index: Indexer
) -> None:
    tunnel = await captured("#反馈 高速进隧道以后导航就卡顿")
    await captured("#反馈 座椅加热太慢", YU)
    await index.catch_up()
    await talk.says(LI, "/similar 一进隧道导航就开始卡顿", dm=True)
    answer = talk.last(LI)
    assert answer.text.split("\n") == [
        "和这句话最像的：",
        f"#{tunnel.id} 建议？ · 1 分钟 · 张哥：高速进隧道以后导航就卡顿",
        "　↳ 很像，都提到「卡顿、导航、隧道」",
    ]
    await talk.presses(LI, f"#{tunnel.id}")
    assert talk.last(LI).text.startswith(f"#{tunnel.id} ")


async def test_what_is_like_a_feedback_leaves_itself_out(
    talk: Talk, captured: Captured, index: Indexer
) -> None:
    first = await captured("高速进隧道以后导航就卡顿")
    second = await captured("隧道里导航一直卡顿", YU)
    await index.catch_up()
    await talk.says(LI, f"相似 {first.id}", dm=True)
    lines = talk.last(LI).text.split("\n")
    assert lines[0] == f"和 #{first.id} 最像的："
    assert lines[1].startswith(f"#{second.id} ")
    assert len(lines) == 3


async def test_a_reply_needs_no_number(talk: Talk, captured: Captured, index: Indexer) -> None:
    said = talk.message(ZHANG, "#反馈 高速进隧道以后导航就卡顿")
    first = await captured(said.text, said=said)
    await index.catch_up()
    await talk.says(LI, "/start", dm=True)
    await talk.says(LI, "/similar", reply_to=said)
    assert talk.last(LI).text == f"没有找到和 #{first.id} 相像的待处理反馈。"
    await talk.says(LI, "/similar", dm=True)
    assert talk.last(LI).text.startswith("说的是哪一条？")


async def test_where_nothing_is_alike_it_is_said_in_one_line(
    talk: Talk, captured: Captured, index: Indexer
) -> None:
    await captured("座椅加热太慢")
    await index.catch_up()
    await talk.says(LI, "/similar 雨刮器漏水", dm=True)
    assert talk.last(LI).text == "没有找到和这句话相像的待处理反馈。"
    assert talk.last(LI).labels == []


async def test_members_are_refused(talk: Talk) -> None:
    await talk.says(ZHANG, "/similar 128", dm=True)
    assert "没有找到" not in talk.last(ZHANG).text
    assert "最像" not in talk.last(ZHANG).text


async def test_the_card_names_what_may_be_the_same_thing_and_why(
    talk: Talk, captured: Captured, index: Indexer
) -> None:
    first = await captured("高速进隧道以后导航就卡顿")
    second = await captured("隧道里导航一直卡顿", YU)
    await captured("座椅加热太慢", YU)
    await index.catch_up()
    await talk.says(LI, f"/show {second.id}", dm=True)
    same = f"可能是同一件事：#{first.id}（都提到「卡顿、导航、隧道」）"
    assert same in talk.last(LI).text.split("\n")
    await talk.says(LI, f"/show {first.id}", dm=True)
    assert f"可能是同一件事：#{second.id}（都提到「卡顿、导航、隧道」）" in talk.last(LI).text


async def test_the_card_names_nothing_that_is_hardly_alike_or_over(
    talk: Talk, captured: Captured, index: Indexer
) -> None:
    first = await captured("高速进隧道以后导航就卡顿")
    second = await captured("导航语音太小声了，老人家听不见", YU)
    third = await captured("隧道里导航一直卡顿", YU)
    await index.catch_up()
    await talk.says(LI, f"/show {second.id}", dm=True)
    assert "可能是同一件事" not in talk.last(LI).text
    await talk.says(LI, f"/decline {third.id} 这代改不了", dm=True)
    for feedback in (first, third):
        await talk.says(LI, f"/show {feedback.id}", dm=True)
        assert "可能是同一件事" not in talk.last(LI).text


class TestWithoutADictionary:
    """Before it is read, or where it cannot be."""

    @pytest.fixture
    def words(self) -> Words:
        return NoWords()

    async def test_a_text_has_to_wait_and_a_feedback_has_not(
        self, talk: Talk, captured: Captured, index: Indexer
    ) -> None:
        first = await captured("高速进隧道以后导航就卡顿")
        await captured("隧道里导航一直卡顿", YU)
        await index.catch_up()
        await talk.says(LI, "/similar 导航卡顿", dm=True)
        assert talk.last(LI).text == NOT_READY
        await talk.says(LI, f"/similar {first.id}", dm=True)
        assert talk.last(LI).text.startswith(f"和 #{first.id} 最像的：")
        fresh = await captured("雨刮器异响", YU)
        await talk.says(LI, f"/show {fresh.id}", dm=True)
        assert "可能是同一件事" not in talk.last(LI).text
