"""Claim codes said without their command (handlers/letters.py)."""

from __future__ import annotations

import pytest

from tests.handlers.members.test_private import CODE, say_hidden
from tests.talk import LI, PLATFORM, ZHANG, Talk


@pytest.mark.parametrize("words", ["{}", "取信 {}", "claim code: {}", "取信码：{}。"])
async def test_a_code_alone_is_read_as_one_and_never_kept_beside_a_name(talk: Talk, words: str) -> None:
    feedback = await say_hidden(talk, how="密封着说")
    found = CODE.search("\n".join(talk.heard(ZHANG)))
    assert found is not None
    await talk.says(LI, f"/reply {feedback.id} 店长换了人", dm=True)
    await talk.advance(hours=1)
    await talk.says(ZHANG, words.format(found.group().replace("-", " ")), dm=True)
    assert "店长换了人" in talk.heard(ZHANG)[-1]
    async with talk.database.read() as uow:
        zhang = await uow.members.find(PLATFORM, ZHANG.external_id)
        chat = await uow.chats.find(PLATFORM, ZHANG.external_id)
        assert zhang is not None
        assert chat is not None
        awaited = await uow.expectations.find(chat.id, zhang.id, talk.now)
    assert awaited is None or awaited.intent != "confirm"


@pytest.mark.parametrize("words", ["/private 取信 {}", "@回响 取信 {}", "@回响 {}"])
async def test_a_code_said_in_the_group_opens_nothing_and_is_warned_of(talk: Talk, words: str) -> None:
    await say_hidden(talk, how="密封着说")
    found = CODE.search("\n".join(talk.heard(ZHANG)))
    assert found is not None
    await talk.says(ZHANG, words.format(found.group()), mentions_us=True)
    (line,) = talk.heard()
    assert line.startswith("取信码谁拿着都能看信、回信，请马上把刚才那条删掉。")


@pytest.mark.parametrize(
    "words", ["that went well when they left", "6222 0212 3456 7890 1234 5678", "订单 AB12CD34"]
)
async def test_what_only_looks_like_a_code_is_ordinary_talk(talk: Talk, words: str) -> None:
    await talk.says(ZHANG, words, dm=True)
    assert not any("取信码" in line for line in talk.heard(ZHANG))
