"""What a tired KOS types with a thumb: no spaces, full width, two numbers, letters swapped."""

from __future__ import annotations

import pytest

from storage.records import Status
from tests.talk import LI, Captured, Talk


@pytest.mark.parametrize(
    "said",
    ["解决1已修好", "解决１已修好", "解决 1已修好", "/resolve1 已修好", "解决#1已修好", "解决1，已修好"],
)
async def test_a_number_is_found_without_its_space(talk: Talk, captured: Captured, said: str) -> None:
    await captured()
    await talk.says(LI, said, dm=True)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(1)).status is Status.RESOLVED


@pytest.mark.parametrize("said", ["待办。", "待办！", "查看1。", "查看１？"])
async def test_a_mark_at_the_end_changes_nothing(talk: Talk, captured: Captured, said: str) -> None:
    await captured()
    await talk.says(LI, said, dm=True)
    assert "#1 建议" in talk.heard(LI)[-1]


@pytest.mark.parametrize(
    "said", ["/resolve 1 2 都修好了", "解决1 2", "跟进 1 2", "/resolve 1 #2 都修好了", "/resolve 1、2 修好"]
)
async def test_two_numbers_are_refused_before_a_member_reads_the_second(
    talk: Talk, captured: Captured, said: str
) -> None:
    await captured()
    await captured("#反馈 声音太小了")
    talk.heard(LI)
    await talk.says(LI, said, dm=True)
    [line] = talk.heard(LI)
    assert "一次动一条" in line or "带上编号" in line
    async with talk.database.read() as uow:
        assert {(await uow.feedback.get(n)).status for n in (1, 2)} == {Status.RECEIVED}


async def test_a_number_in_the_sentence_that_is_no_feedback_stays_in_it(
    talk: Talk, captured: Captured
) -> None:
    await captured()
    await talk.says(LI, "/reply 1 6021 是您的单号", dm=True)
    assert "#1 答复已备好" in talk.heard(LI)[-1]


@pytest.mark.parametrize(
    ("said", "day"),
    [("下周", "10月23日"), ("本周内", "10月16日"), ("下个月", "11月30日"), ("明儿", "10月13日")],
)
async def test_a_week_or_a_month_ends_with_its_last_day_of_work(
    talk: Talk, captured: Captured, said: str, day: str
) -> None:
    await captured()
    await talk.says(LI, f"/plan 1 {said}", dm=True)
    assert f"排到 {day}" in talk.heard(LI)[-1]
