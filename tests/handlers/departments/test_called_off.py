"""Dialogues about who is asked for a sentence and would rather not: nobody is told that (handlers/digressions.py)."""

from __future__ import annotations

import pytest

from storage.records import Attachment, Feedback, Status
from tests.fakes import Shown
from tests.handlers.conftest import open_private
from tests.handlers.departments.conftest import OFFICE, WANG
from tests.talk import ZHANG, Talk


@pytest.mark.parametrize("words", ["算了", "算了吧。", "不写了", "never mind", "取消"])
async def test_who_takes_the_wish_to_say_why_back_says_nothing_to_members(
    office: Talk, asked: Feedback, page: Shown, words: str
) -> None:
    await open_private(office, ZHANG)
    for button in ("不做", "要补充", "接受"):
        await office.presses(WANG, button, on=page)
        await office.says(WANG, words, chat=OFFICE, reply_to=office.last(chat=OFFICE))
        assert office.last(chat=OFFICE).text == "好，先不动它。"
    await office.says(WANG, "11月20日", chat=OFFICE)
    assert office.heard(ZHANG) == []
    async with office.database.read() as uow:
        assert (await uow.feedback.get(asked.id)).status is Status.IN_REVIEW


async def test_a_member_who_would_rather_not_tell_more_tells_the_department_nothing(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    await open_private(office, ZHANG)
    await office.presses(WANG, "要补充", on=page)
    await office.says(WANG, "戴的是哪种手套？", chat=OFFICE, reply_to=office.last(chat=OFFICE))
    office.posts(chat=OFFICE)
    await office.presses(ZHANG, "我来说说")
    await office.says(ZHANG, "算了", dm=True)
    assert office.last(ZHANG).text == "好，先不动它。"
    assert office.posts(chat=OFFICE) == []


async def test_a_picture_alone_is_asked_for_in_words_and_one_beside_words_stays_with_the_voice(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    await open_private(office, ZHANG)
    photo = Attachment("photo", "p", "up")
    await office.presses(WANG, "要补充", on=page)
    await office.says(WANG, "", chat=OFFICE, reply_to=office.last(chat=OFFICE), attachments=[photo])
    assert office.last(chat=OFFICE).text == "这里只能转文字，把要说的写成一句话就好。"
    await office.says(WANG, "戴的是哪种手套？", chat=OFFICE, reply_to=office.last(chat=OFFICE))
    await office.presses(ZHANG, "我来说说")
    await office.says(ZHANG, "", dm=True, attachments=[photo])
    assert office.last(ZHANG).text == "这里只能转文字，把要说的写成一句话就好。"
    await office.says(ZHANG, "像图里这种", dm=True, attachments=[photo])
    assert "像图里这种" in office.last(chat=OFFICE).text
    async with office.database.read() as uow:
        assert (await uow.feedback.get(asked.id)).attachments == (photo,)
