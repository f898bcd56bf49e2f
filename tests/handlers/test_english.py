"""Whoever reads English is shown no Chinese but names and words that somebody said."""

from __future__ import annotations

import re

import pytest

from handlers import HANDLERS
from handlers.base import Handler
from locales.catalog import Catalog
from tests.talk import LI, MIN, YU, ZHANG, Person, Talk

CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
CALLED = [handler for handler in HANDLERS if handler.COMMANDS]
ANSWERING = [handler for handler in CALLED if handler.NAME != "mydata"]  # which is a file of what is stored
# Names of people (小满 lives in the demo) and groups, what was said, and the marks of a quote: not ours to word.
DATA = ("「", "」", "小满", "张哥", "小雨", "小李", "阿敏", "车主群", "车友会", "按钮太小了", "声音太小了")


def chinese(text: str) -> list[str]:
    """Return the Chinese of a text that nobody said and that is no name."""
    for said in DATA:
        text = text.replace(said, "")
    return CJK.findall(text)


def test_no_english_text_holds_chinese() -> None:
    texts = Catalog()
    found = {
        text_id: form
        for text_id in texts.ids("en") - {"webchat.language.other"}  # the other language names itself
        for form in texts.raw("en", text_id)[text_id]
        if chinese(form)
    }
    assert not found


@pytest.mark.parametrize("handler", CALLED, ids=lambda handler: handler.NAME)
def test_every_command_has_an_example_without_chinese(handler: Handler) -> None:
    texts = Catalog()
    own = f"{handler.NAME}.example"
    example = texts.plain("en", own) if own in texts.ids("en") else handler.EXAMPLE
    assert not chinese(example)


@pytest.mark.parametrize("handler", ANSWERING, ids=lambda handler: handler.NAME)
async def test_right_and_wrong_uses_are_answered_in_english_only(talk: Talk, handler: Handler) -> None:
    who: Person = MIN if handler.__name__.startswith("handlers.admins") else LI
    if handler.__name__.startswith("handlers.members"):
        who = ZHANG
    for person in (ZHANG, who):
        await talk.says(person, "/start", dm=True)
    async with talk.database.begin() as uow:
        for person in (ZHANG, LI, MIN):
            member = await uow.members.find(talk.adapter.platform, person.external_id)
            if member is not None:
                await uow.members.change(member.id, language="en")
    await talk.says(ZHANG, "/feedback 按钮太小了", dm=True)
    await talk.says(YU, "#反馈 声音太小了")
    talk.heard(who)
    name = next(command for command in handler.COMMANDS if command.isascii())
    for rest in ("", " 1", " x y"):
        await talk.says(who, f"/{name}{rest}", dm=True)
        for shown in talk.posts(who):
            assert not chinese(shown.text), (rest, shown.text)
            assert not any(chinese(label) for label in shown.labels), (rest, shown.labels)


async def test_help_for_each_role_is_english(talk: Talk) -> None:
    for person in (ZHANG, LI, MIN):
        await talk.says(person, "/start", dm=True)
        async with talk.database.begin() as uow:
            member = await uow.members.find(talk.adapter.platform, person.external_id)
            assert member is not None
            await uow.members.change(member.id, language="en")
        talk.heard(person)
        await talk.says(person, "/help", dm=True)
        [text] = talk.heard(person)
        assert not chinese(text)
        for handler in CALLED:
            await talk.says(person, f"/help {handler.NAME}", dm=True)
        for text in talk.heard(person):
            assert not chinese(text)
