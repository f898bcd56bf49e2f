"""Cards of staff say whose hands it is in (handlers/routing.py)."""

from __future__ import annotations

import pytest

from tests.handlers.departments.conftest import WANG, Routed
from tests.talk import LI, Captured, Talk


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("", "在产品部手里，10月19日前答复"),
        ("答复 1 接受 11月20日", "产品部答应 11月20日前"),
        ("答复 1 要补充 哪个型号？", "产品部在等补充"),
        ("答复 1 不做 改不了", "产品部说不做"),
    ],
)
async def test_a_card_says_what_its_department_said(
    office: Talk, captured: Captured, routed: Routed, word: str, line: str
) -> None:
    feedback = await captured()
    await routed(feedback)
    if word:
        await office.says(WANG, word, dm=True)
        office.heard(LI)
    await office.says(LI, f"/show {feedback.id}", dm=True)
    assert line in office.last(LI).text


async def test_a_topic_is_handed_over_and_read_from_its_card(office: Talk, captured: Captured) -> None:
    for _ in range(2):
        await captured()
    await office.says(LI, "/merge 2 1", dm=True)
    await office.says(LI, "/topic T1", dm=True)
    card = office.last(LI)
    await office.presses(LI, "转交", on=card)
    assert await office.presses(LI, "产品部", on=office.last(LI)) == "T1 交给产品部了，10月19日前等他们答复。"
    await office.presses(LI, "洞察", on=card)
    assert "证据（2 条）：#1 #2" in office.last(LI).text
    await office.says(LI, "/topic T1", dm=True)
    assert "在产品部手里" in office.last(LI).text


async def test_what_is_with_nobody_has_no_such_line(office: Talk, captured: Captured) -> None:
    feedback = await captured()
    await office.says(LI, f"/show {feedback.id}", dm=True)
    assert "产品部" not in office.last(LI).text
