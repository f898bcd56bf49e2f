"""The members' intents in an English group, and whatever people may throw at us."""

from __future__ import annotations

import pytest

from tests.fakes import FakeAdapter
from tests.talk import GROUP, LI, YU, ZHANG, Talk

NASTY = [
    "\x00",
    "\u202e\u2066反馈#",
    "#反馈 \x00\u202e\u200b",
    "#",
    "＃",
    "/",
    "／",
    "//////",
    "/feedback",
    "/feedback #反馈",
    "/follow 99999999999999999999",
    "/follow #٣",
    "/withdraw 0",
    "/withdraw -1",
    "/snooze 99999999999999d",
    "/snooze 9999-99-99",
    "/mine 99999999999",
    "/mine ²",
    "/vote ９９",
    "/vote 1 2 3 4 5 6 7 8 9 10",
    "/help <b>&amp;</b>",
    "/start d99999999999999999999999",
    "/start d1 d2",
    "/start <script>",
    "<b>&amp;</b> {name} {0} %s",
    "#反馈 {number} {quote} <a href='x'>太小了</a> &lt;",
    "👨‍👩‍👧‍👦" * 200,
    "é" * 4_096,
    "#反馈 " + "\u0301" * 4_000,
    "早" * 4_096,
    "📷",
    "\u200b",
]


@pytest.mark.parametrize("dm", [True, False])
async def test_nothing_that_people_type_makes_a_handler_fail(talk: Talk, dm: bool) -> None:
    apology = talk.core.texts.plain("zh_CN", "error.failed")
    for text in NASTY:
        await talk.says(ZHANG, text, dm=dm)
        await talk.says(ZHANG, text, dm=dm, reply_to=talk.message(LI, text))
        assert apology not in [*talk.heard(ZHANG), *talk.heard()], repr(text)


async def test_nothing_that_people_edit_makes_a_feedback_empty(talk: Talk) -> None:
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    waiting = await talk.says(ZHANG, "按钮太小了，戴手套按不准", dm=True)
    for text in NASTY:
        await talk.edits(said, text)
        await talk.edits(waiting, text)
        async with talk.database.read() as uow:
            assert (await uow.feedback.get(1)).text.strip(), repr(text)


@pytest.fixture
async def english(talk: Talk) -> Talk:
    """Give a group that speaks English."""
    async with talk.database.begin() as uow:
        chat = await uow.chats.find(talk.adapter.platform, GROUP)
        assert chat is not None
        await uow.chats.change(chat.id, language="en")
    await talk.says(ZHANG, "Hello everybody, I am new here and happy to be")
    return talk


async def test_everything_is_said_in_english_to_who_lives_in_an_english_group(
    english: Talk, adapter: FakeAdapter
) -> None:
    talk = english
    await talk.says(ZHANG, "#feedback")
    await talk.says(ZHANG, "#feedback the button is too small with gloves on")
    for words in (
        "/start",
        "/help",
        "/mine",
        "/snooze 3d",
        "/snooze off",
        "/follow 1",
        "/vote 1",
        "/withdraw 1",
    ):
        await talk.says(ZHANG, words, dm=True)
    await talk.presses(ZHANG, "Keep")
    await talk.advance(minutes=1)
    await talk.says(ZHANG, "and the seat heating takes much too long", dm=True)
    await talk.presses(ZHANG, "Keep it")
    lines = [*talk.heard(ZHANG), *talk.heard()]
    assert any("Somebody will look at it before Wednesday, 14 Oct" in shown.text for shown in adapter.shown)
    assert not [
        line
        for line in lines
        if any("\u4e00" <= c <= "\u9fff" for c in line.replace("张哥", "").replace("车友会", ""))
    ]


async def test_a_private_chat_opened_before_the_group_was_known_follows_it_later(english: Talk) -> None:
    talk = english
    await talk.says(YU, "/start", dm=True)
    await talk.says(YU, "Good evening to all of you, nice to be here")
    await talk.says(YU, "/start", dm=True)
    before, after = talk.heard(YU)
    assert before.startswith("小雨，您好")
    assert after.startswith("Hello 小雨")
