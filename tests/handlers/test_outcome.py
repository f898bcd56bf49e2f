"""Who is thanked where, when a contributor says that it is better (handlers/outcome.py)."""

from __future__ import annotations

from storage.records import Status
from tests.handlers.members.test_verify import resolve, said, state
from tests.talk import ZHANG, Talk


async def test_what_came_in_private_is_never_thanked_for_in_the_group(talk: Talk) -> None:
    await said(talk, dm=True)
    await resolve(talk)
    await talk.presses(ZHANG, "顺手多了")
    assert talk.heard() == []


async def test_who_wants_peace_is_not_named_in_the_group(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    await talk.says(ZHANG, "/snooze 3d", dm=True)
    await talk.presses(ZHANG, "顺手多了")
    assert (await state(talk)).status is Status.VERIFIED
    assert talk.heard() == []


async def test_thanks_in_the_group_wait_for_the_morning(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    await talk.advance(hours=13)
    await talk.presses(ZHANG, "顺手多了")
    assert talk.heard() == []
    await talk.advance(hours=9)
    assert ["谢谢张哥" in said for said in talk.heard()] == [True]


async def test_an_answered_question_is_closed_without_a_thank_you_in_the_group(talk: Talk) -> None:
    await said(talk, words="怎么把座椅调低一点")
    await resolve(talk, after=Status.ANSWERED)
    await talk.presses(ZHANG, "顺手多了")
    assert (await state(talk)).status is Status.VERIFIED
    assert talk.last(ZHANG).text.endswith("解决了就好，谢谢告诉我！")
    assert talk.heard() == []
