"""Dialogues of the intent `vote`: votes, changed and taken back, and votes in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rituals.base import Question, RitualSettings
from storage.records import Capabilities, ChatKind
from tests.fakes import EVERYTHING, FakeAdapter, Shown
from tests.talk import YU, ZHANG, Person, Talk

NO_POLLS = replace(EVERYTHING, native_polls=False, reactions=False)


@pytest.fixture
def capabilities() -> Capabilities:
    """Give a platform with native polls, unless a test says otherwise."""
    return EVERYTHING


@pytest.fixture
def adapter(capabilities: Capabilities) -> FakeAdapter:
    """Give a platform whose groups can do this much."""
    return FakeAdapter(capabilities={ChatKind.GROUP: capabilities, ChatKind.PRIVATE: capabilities})


@pytest.fixture
def multiple() -> bool:
    """Give a question that takes one choice, unless a test says otherwise."""
    return False


@pytest.fixture
def ritual_settings(multiple: bool) -> tuple[RitualSettings, ...]:
    """Give a poll on Friday afternoon."""
    question = Question("周末去哪儿？", ("露营", "拍照", "睡觉"), multiple)
    return (RitualSettings("weekend", "poll", "0 16 * * fri", close="0 20 * * sun", questions=(question,)),)


async def friday(talk: Talk) -> Shown:
    """Wait for Friday's poll, and return its post."""
    await talk.advance(days=4, hours=7)
    poll = talk.last()
    talk.heard()
    return poll


async def tally(talk: Talk) -> tuple[list[int], int]:
    """Count the votes of the newest poll."""
    async with talk.database.read() as uow:
        run = (await uow.runs.list_last((await talk.group()).id, "weekend", 1))[0]
        return await uow.polls.tally(run.id, 3)


async def test_a_vote_counts_is_replaced_and_taken_back(talk: Talk) -> None:
    poll = await friday(talk)
    await talk.votes(ZHANG, poll, 0)
    await talk.votes(YU, poll, 1)
    assert await tally(talk) == ([1, 1, 0], 2)
    await talk.votes(ZHANG, poll, 1)
    assert await tally(talk) == ([0, 2, 0], 2)
    await talk.votes(YU, poll)
    assert await tally(talk) == ([0, 1, 0], 1)
    assert talk.heard() == []


async def test_a_vote_after_the_close_is_ignored(talk: Talk) -> None:
    poll = await friday(talk)
    await talk.votes(ZHANG, poll, 0)
    await talk.advance(days=3)
    await talk.votes(ZHANG, poll, 1)
    assert await tally(talk) == ([1, 0, 0], 1)


async def test_votes_that_cannot_be_are_ignored(talk: Talk) -> None:
    poll = await friday(talk)
    await talk.votes(ZHANG, poll, 7)
    await talk.votes(ZHANG, poll, 0, 1)
    await talk.votes(Person("1087968824", "Group", is_person=False), poll, 0)
    await talk.votes(ZHANG, Shown("", "", poll.message, poll_id="unknown"), 0)
    assert await tally(talk) == ([0, 0, 0], 0)


async def test_where_one_can_tap_words_are_sent_there(talk: Talk) -> None:
    await friday(talk)
    await talk.says(ZHANG, "/vote 2")
    assert talk.heard() == ["直接点上面的投票就行。"]


@pytest.mark.parametrize("capabilities", [NO_POLLS])
@pytest.mark.parametrize("words", ["投票 2", "投票２", "投票2"])
async def test_words_vote_where_there_are_no_polls(talk: Talk, words: str) -> None:
    await friday(talk)
    await talk.says(ZHANG, words, mentions_us=True)
    assert await tally(talk) == ([0, 1, 0], 1)
    assert talk.heard() == ["记下了：2. 拍照"]


@pytest.mark.parametrize("capabilities", [NO_POLLS])
async def test_a_private_vote_counts_in_the_members_own_group(talk: Talk) -> None:
    await friday(talk)
    await talk.says(ZHANG, "大家好，我是新来的，请多多关照呀")
    await talk.says(ZHANG, "投票 3", dm=True)
    assert await tally(talk) == ([0, 0, 1], 1)


@pytest.mark.parametrize("capabilities", [NO_POLLS])
@pytest.mark.parametrize("multiple", [True])
async def test_several_choices_count_where_they_may(talk: Talk) -> None:
    poll = await friday(talk)
    await talk.says(ZHANG, "/vote 1、3 1", reply_to=poll)
    assert await tally(talk) == ([1, 0, 1], 1)


@pytest.mark.parametrize("capabilities", [NO_POLLS])
@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("/vote 9", "选哪一项？写 1 到 3 之间的编号，比如：投票 2"),
        ("/vote 0", "选哪一项？写 1 到 3 之间的编号，比如：投票 2"),
        ("/vote", "选哪一项？写 1 到 3 之间的编号，比如：投票 2"),
        ("/vote 1 2", "这次只能选一项，比如：投票 2"),
    ],
)
async def test_a_vote_that_cannot_be_is_told_what_can(talk: Talk, words: str, line: str) -> None:
    await friday(talk)
    await talk.says(ZHANG, words)
    assert talk.heard() == [line]
    assert await tally(talk) == ([0, 0, 0], 0)


async def test_without_a_poll_there_is_nothing_to_vote_for(talk: Talk) -> None:
    await talk.says(ZHANG, "/vote 1")
    assert talk.heard() == ["现在没有进行中的投票。"]


async def test_a_vote_for_nothing_that_can_be_counted_is_a_vote_asked_about_not_an_unknown_command(
    talk: Talk,
) -> None:
    await talk.says(ZHANG, "/vote abc", dm=True)
    assert talk.last(ZHANG).text == "现在没有进行中的投票。"
