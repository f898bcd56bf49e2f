"""Dialogues about finding feedback by words and by meaning (handlers/searching.py): /inbox words, /show words."""

from __future__ import annotations

import pytest

from bot.indexing import Indexer
from bot.late_meaning import LateMeaning
from bot.late_triage import LateTriage
from bot.meanings import MeaningIndexer
from handlers.guesses import Words
from storage.service import ServiceSettings
from storage.text.tokens import Tokens
from tests.conftest import TAGS
from tests.meanings import MadeUp, needs_extra
from tests.talk import LI, YU, Captured, Talk

TOPICS = {
    "按钮太小了": "size",
    "图标点不准": "size",
    "看不清字": "size",
    "座椅太硬": "seat",
    "老人家点不中": "size",
}


@pytest.fixture
def words(tokens: Tokens) -> Words:
    """Give the bot its dictionary."""
    return tokens


@pytest.fixture
def meaning(request: pytest.FixtureRequest) -> LateMeaning:
    """Give a semantic engine whose vectors are made up; without the extra it stays out of the way."""
    found = LateMeaning(meaning=MadeUp(TOPICS))
    if request.node.get_closest_marker("skipif") is None:
        found.is_there = False
    return found


async def index_all(talk: Talk, words: Words, meaning: LateMeaning) -> None:
    await Indexer(talk.database, _named(words), TAGS).catch_up()
    if meaning.is_there:
        await MeaningIndexer(
            talk.database, meaning, LateTriage(), TAGS, ServiceSettings(), now=lambda: talk.now
        ).catch_up()


def _named(words: Words) -> Tokens:
    assert isinstance(words, Tokens)
    return words


async def test_words_find_what_shares_the_rare_ones_the_best_first(
    talk: Talk, captured: Captured, words: Words, meaning: LateMeaning
) -> None:
    lag = await captured("#反馈 高速进隧道以后导航就卡顿")
    quiet = await captured("#反馈 导航声音太小", YU)
    await captured("#反馈 座椅加热太慢", YU)
    await index_all(talk, words, meaning)
    await talk.says(LI, "/inbox 导航卡顿", dm=True)
    assert talk.last(LI).labels[0] == f"#{lag.id}"
    await talk.says(LI, "/inbox 导航", dm=True)
    assert set(talk.last(LI).labels) == {f"#{lag.id}", f"#{quiet.id}"}


async def test_show_opens_the_one_and_offers_the_several(
    talk: Talk, captured: Captured, words: Words, meaning: LateMeaning
) -> None:
    lag = await captured("#反馈 高速进隧道以后导航就卡顿")
    quiet = await captured("#反馈 导航声音太小", YU)
    await index_all(talk, words, meaning)
    await talk.says(LI, "/show 隧道", dm=True)
    assert talk.last(LI).text.startswith(f"#{lag.id} ")
    await talk.says(LI, "查看 导航", dm=True)
    answer = talk.last(LI)
    assert answer.text.startswith("说「导航」的有这几条：")
    assert set(answer.labels) == {f"#{lag.id}", f"#{quiet.id}"}
    await talk.presses(LI, f"#{quiet.id}")
    assert talk.last(LI).text.startswith(f"#{quiet.id} ")
    await talk.says(LI, "/show 火箭", dm=True)
    assert talk.last(LI).text == "没有找到说「火箭」的反馈，换个说法，或者用编号：/show 128。"


async def test_what_was_said_a_moment_ago_is_found_by_its_very_words(talk: Talk, captured: Captured) -> None:
    said = await captured("#反馈 后视镜收不回来")
    await talk.says(LI, "/show 后视镜", dm=True)
    assert talk.last(LI).text.startswith(f"#{said.id} ")


@needs_extra
async def test_meaning_finds_what_shares_no_word(
    talk: Talk, captured: Captured, words: Words, meaning: LateMeaning
) -> None:
    small = await captured("按钮太小了")
    icons = await captured("图标点不准", YU)
    await captured("座椅太硬", YU)
    await index_all(talk, words, meaning)
    await talk.says(LI, "/inbox 看不清字", dm=True)
    assert set(talk.last(LI).labels) == {f"#{small.id}", f"#{icons.id}"}
    await talk.says(LI, "/similar 老人家点不中", dm=True)
    lines = talk.last(LI).text.split("\n")
    assert lines[2] == lines[4] == "　↳ 很像，意思相近"
    await talk.says(LI, f"/show {small.id}", dm=True)
    assert f"#{icons.id}（意思相近）" in talk.last(LI).text
