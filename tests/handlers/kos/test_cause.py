"""Dialogues about root causes (handlers/kos/cause.py, handlers/rootcause.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.base import Settings
from storage.complaints import ComplaintSettings
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, Captured, Talk

ASKED = "#1「按钮太小了」解决了。根子在哪？点一个就行。"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings of who has causes of their own."""
    return replace(settings, complaints=ComplaintSettings(causes=("logistics", "design", "门店")))


async def cause(talk: Talk, number: int = 1) -> str | None:
    async with talk.database.read() as uow:
        return await uow.causes.find(number)


async def test_resolving_something_negative_asks_for_its_cause_and_any_button_may_be_pressed_again(
    talk: Talk, captured: Captured
) -> None:
    await open_private(talk, LI)
    await captured(negative=True)
    await talk.says(LI, "/resolve 1 新版放大了", dm=True)
    question = talk.last(LI)
    assert question.text == ASKED
    assert question.labels == ["物流", "设计", "门店", "先不选"]
    assert await talk.presses(LI, "设计") == "#1 的原因记为「设计」。"
    assert await cause(talk) == "design"
    await talk.advance(seconds=15)
    assert question.labels == ["物流", "✓ 设计", "门店"]
    await talk.presses(LI, "门店", on=question)
    assert await cause(talk) == "门店"


async def test_what_is_not_negative_is_not_asked_about(talk: Talk, captured: Captured) -> None:
    await captured()
    await talk.says(LI, "/resolve 1 新版放大了", dm=True)
    assert not any("根子" in line for line in talk.heard(LI))


async def test_who_asks_before_it_is_fixed_is_not_told_that_it_is(talk: Talk, captured: Captured) -> None:
    await captured(negative=True)
    await talk.says(LI, "/cause 1", dm=True)
    assert talk.last(LI).text.startswith("#1「按钮太小了」的根子在哪？")


async def test_it_may_be_skipped_and_said_later_in_words(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    await captured(negative=True)
    await talk.says(LI, "/resolve 1 新版放大了", dm=True)
    question = talk.last(LI)
    assert await talk.presses(LI, "先不选") == "#1 先不记原因，想起来发 /cause 1。"
    await talk.advance(seconds=15)
    assert (question.labels, await cause(talk)) == ([], None)
    await talk.says(MIN, "原因 1 Design", dm=True)
    assert talk.heard(MIN)[-1] == "#1 的原因记为「设计」。"
    assert await cause(talk) == "design"
    await talk.says(MIN, "/cause 1", dm=True)
    assert talk.last(MIN).labels == ["物流", "✓ 设计", "门店"]


@pytest.mark.parametrize(
    ("order", "line"),
    [
        ("/cause 1 天气", "没有这个原因。可以是：物流、设计、门店。例如：/cause 128 物流"),
        ("/cause 9 物流", "没有 #9"),
        ("/cause", "/cause 128"),
    ],
)
async def test_a_wrong_order_gets_one_line(talk: Talk, captured: Captured, order: str, line: str) -> None:
    await captured(negative=True)
    await talk.says(LI, order, dm=True)
    (answer,) = talk.heard(LI)
    assert line in answer


async def test_a_cause_that_left_the_config_is_one_line(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    await captured(negative=True)
    await talk.says(LI, "/resolve 1 新版放大了", dm=True)
    assert "没有这个原因" in await talk.presses_action(LI, "cause:1:weather", on=talk.last(LI))


async def test_a_whole_topic_has_one_cause(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    for words in ("#反馈 按钮太小了", "#反馈 按钮还是太小"):
        await captured(words, negative=True)
    await captured("#反馈 按钮大一点就好")
    await talk.says(LI, "/merge 2 1", dm=True)
    await talk.says(LI, "/merge 3 1", dm=True)
    await talk.says(LI, "/resolve 1 新版放大了", dm=True)
    assert len([line for line in talk.heard(LI) if "根子" in line]) == 1
    await talk.presses(LI, "设计")
    assert [await cause(talk, number) for number in (1, 2, 3)] == ["design", "design", None]
