"""Dialogues about facets: what matters is asked in one tap, remembered, and told of many only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.base import Settings
from storage.resonances import FacetWords
from tests.handlers.conftest import open_private
from tests.handlers.members.test_resonate import CROWD, MODEL, VERSION, shown, spread
from tests.talk import YU, Captured, Talk


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Ask for the version first, then for the model."""
    english = FacetWords("en", "version", "Which version do you have?")
    return replace(settings, facets=(replace(VERSION, translations=(english,)), MODEL))


async def test_me_too_asks_the_facet_that_matters_in_one_tap_and_remembers_it(
    talk: Talk, captured: Captured
) -> None:
    first, second = await captured(), await captured("#反馈 座椅加热太慢")
    await open_private(talk, YU)
    await talk.says(YU, f"+1 {first.id}")
    question = talk.last(YU)
    assert question.text == "再问一句就好：您用的是哪个版本？"
    assert question.labels == ["4.1", "4.2", "4.3", "撤回"]
    await talk.presses(YU, "4.2", on=question)
    await talk.advance(seconds=10)
    assert question.text == "记下了：4.2。下次就不再问了。"
    talk.heard(YU)
    await talk.says(YU, f"+1 {second.id}")
    assert talk.heard(YU) == []
    assert (await spread(talk, second)).mine == {("版本", "4.2"): 1}


async def test_not_me_asks_which_facet_differs_and_then_its_value(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await open_private(talk, YU)
    await talk.says(YU, f"没遇到 {feedback.id}")
    question = talk.last(YU)
    assert question.labels == ["版本", "型号", "撤回"]
    await talk.presses(YU, "型号", on=question)
    await talk.advance(seconds=10)
    assert question.labels == ["标准", "长续航", "撤回"]
    await talk.presses(YU, "长续航", on=question)
    assert (await spread(talk, feedback)).others == {("型号", "长续航"): 1}


async def test_the_answer_may_be_typed_as_a_number_or_in_words(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for who, said in ((YU, "2"), (CROWD[0], "4.3")):
        await open_private(talk, who)
        await talk.says(who, f"+1 {feedback.id}")
        await talk.says(who, said, dm=True)
    assert (await spread(talk, feedback)).mine == {("版本", "4.2"): 1, ("版本", "4.3"): 1}


async def test_an_old_or_forged_answer_gets_one_line(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await open_private(talk, YU)
    await talk.says(YU, "/help", dm=True)
    for action in (f"facet:{feedback.id}:0:1", f"facet:{feedback.id}:9:0", "facet:99:0:0", "facet:1:0:77"):
        await talk.presses_action(YU, action, on=talk.last(YU))
    async with talk.database.read() as uow:
        assert await uow.resonances.recall(1, "版本") == ""
    assert (await spread(talk, feedback)).me == 1


async def test_the_card_says_from_which_version_on_everybody_meets_it(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    card = await shown(talk, feedback)
    for who, version in zip(CROWD[:6], ("4.2", "4.2", "4.3", "4.2", "4.3", "4.3"), strict=True):
        await open_private(talk, who)
        await talk.presses(who, "我也遇到", on=card)
        await talk.presses(who, version, on=talk.last(who))
    await talk.advance(seconds=10)
    assert card.text.endswith("7 人遇到；6 人都在 4.2 以上")


async def test_a_facet_of_fewer_than_five_people_is_not_shown(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    card = await shown(talk, feedback)
    for who in CROWD[:4]:
        await open_private(talk, who)
        await talk.presses(who, "我也遇到", on=card)
        await talk.presses(who, "4.3", on=talk.last(who))
    await talk.advance(seconds=10)
    assert card.text.endswith("5 人遇到")


async def test_a_group_that_reads_english_is_asked_in_english_and_answers_count_alike(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await open_private(talk, YU)
    async with talk.database.begin() as uow:
        await uow.chats.change(feedback.chat_id, language="en")
    await talk.says(YU, f"not me {feedback.id}")
    assert talk.last(YU).labels == ["version", "型号", "Take it back"]
    await talk.says(YU, "version", dm=True)
    assert talk.last(YU).text.endswith("Which version do you have?")
    await talk.says(YU, "4.1", dm=True)
    assert (await spread(talk, feedback)).others == {("版本", "4.1"): 1}
