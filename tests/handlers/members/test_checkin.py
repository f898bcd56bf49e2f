"""Dialogues of the intent `checkin`: saying good morning, in whatever way."""

from __future__ import annotations

import pytest

from handlers.members.checkin import is_greeting
from rituals.base import RitualSettings
from tests.conftest import WORDS
from tests.fakes import FakeAdapter, Shown
from tests.talk import LI, MIN, YU, ZHANG, Person, Talk


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give a check-in each morning."""
    return (RitualSettings("morning", "checkin", "0 9 * * *"),)


async def morning(talk: Talk) -> Shown:
    """Wait for tomorrow's check-in, and return its post."""
    await talk.advance(hours=23)
    post = talk.last()
    talk.heard()
    return post


async def present(talk: Talk) -> int:
    """Count who checked in to the newest check-in."""
    async with talk.database.read() as uow:
        run = (await uow.runs.list_last((await talk.group()).id, "morning", 1))[0]
        return await uow.checkins.count(run.id)


@pytest.mark.parametrize(
    "text",
    [
        "早",
        "早！",
        "早～",
        "早啊",
        "☀️早安☀️",
        "打卡",
        "打卡 ✅",
        "GM",
        "Good  Morning!",
        "早上好呀",
        "☀️",
        "👍🏻",
        "❤️",
        "🌞🌞",
        "👨‍👩‍👧",
        "🇨🇳",
        "1️⃣",
    ],
)
def test_greetings_count_whatever_stands_around_them(text: str) -> None:
    assert is_greeting(text, WORDS) is (text != "1️⃣")


@pytest.mark.parametrize(
    "text", ["", " ", "!!", "早餐吃什么", "早 晚", "好的👍", "+1", "1", "早" * 30, "\u200b", "。"]
)
def test_other_words_are_no_greeting(text: str) -> None:
    assert not is_greeting(text, WORDS)


async def test_the_button_counts_and_says_so_to_who_pressed(talk: Talk) -> None:
    await morning(talk)
    assert await talk.presses(ZHANG, "打卡") == "打卡成功，今天第 1 位！"
    assert await talk.presses(YU, "打卡") == "打卡成功，今天第 2 位！"
    assert await talk.presses(ZHANG, "打卡") == "已经打过卡啦"
    assert await present(talk) == 2


async def test_a_word_a_lone_emoji_and_a_reaction_count_without_an_answer(
    talk: Talk, adapter: FakeAdapter
) -> None:
    post = await morning(talk)
    await talk.says(ZHANG, "早！")
    await talk.says(YU, "☀️")
    await talk.reacts(LI, post)
    await talk.says(ZHANG, "早")
    await talk.reacts(ZHANG, post, "❤")
    assert await present(talk) == 3
    assert talk.heard() == []
    assert {emoji for _, _, emoji in adapter.reactions} == {"🤝"}


async def test_the_counter_is_edited_at_once_and_then_at_most_once_in_ten_seconds(talk: Talk) -> None:
    post = await morning(talk)
    people = [Person(str(800 + number), f"车友{number}") for number in range(8)]
    for person in people:
        await talk.says(person, "早")
    assert post.edits == 1
    await talk.advance(seconds=10)
    assert post.edits == 2
    assert "8" in post.text
    await talk.advance(seconds=60)
    assert post.edits == 2


async def test_a_reaction_on_another_message_or_taken_back_is_nothing(talk: Talk) -> None:
    post = await morning(talk)
    other = await talk.says(YU, "今天有人一起去郊外露营吗，下午三点出发")
    await talk.reacts(ZHANG, other)
    await talk.reacts(ZHANG, post, "")
    assert await present(talk) == 0


async def test_a_word_while_nothing_is_open_is_ordinary_chat(talk: Talk) -> None:
    await talk.says(ZHANG, "早")
    await talk.reacts(ZHANG, await talk.says(MIN, "早"))
    assert talk.heard() == []


async def test_the_button_says_when_it_is_over(talk: Talk) -> None:
    post = await morning(talk)
    button = post.message.buttons[0][0]
    await talk.advance(hours=13)
    assert await talk.presses_action(ZHANG, button.action, on=post) == "今天的打卡已经结束"
    await talk.says(YU, "打卡")
    assert await present(talk) == 0


@pytest.mark.parametrize("action", ["checkin:999", "checkin:x", "checkin", "checkin:1:2"])
async def test_a_forged_button_checks_nobody_in(talk: Talk, action: str) -> None:
    post = await morning(talk)
    await talk.presses_action(ZHANG, action, on=post)
    assert await present(talk) == 0


async def test_an_anonymous_admin_checks_nobody_in(talk: Talk) -> None:
    post = await morning(talk)
    nobody = Person("1087968824", "Group", is_person=False)
    await talk.says(nobody, "早")
    await talk.reacts(nobody, post)
    assert await present(talk) == 0
    assert talk.heard() == []


async def test_a_good_morning_in_private_brings_the_card_and_one_tap_checks_in(talk: Talk) -> None:
    await talk.says(ZHANG, "大家好，我是新来的，请多多关照啊")
    await morning(talk)
    await talk.says(ZHANG, "早", dm=True)
    [card] = talk.posts(ZHANG)
    assert (card.text, card.labels) == ("早呀！今天的打卡开着，点一下就好。", ["打卡"])
    assert await talk.presses(ZHANG, "打卡", on=card) == "打卡成功，今天第 1 位！"
    assert await present(talk) == 1


async def test_a_good_morning_in_private_is_only_that_when_nothing_is_open_or_one_was_there(
    talk: Talk,
) -> None:
    await talk.says(ZHANG, "大家好，我是新来的，请多多关照啊")
    await talk.says(ZHANG, "早安", dm=True)
    await morning(talk)
    await talk.says(ZHANG, "打卡", dm=True)
    await talk.says(ZHANG, "早安", dm=True)
    assert talk.heard(ZHANG) == [
        "早呀，今天也顺顺利利！",
        "打卡成功，今天第 1 位！",
        "早呀，今天也顺顺利利！",
    ]
