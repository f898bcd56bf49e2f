"""Dialogues about `/plan` and `/progress`: a day is promised, and what comes on the way is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from storage.records import Feedback, Status
from tests.handlers.conftest import status
from tests.talk import LI, MIN, YU, ZHANG, Captured, Person, Talk


@pytest.mark.parametrize(
    ("words", "day", "line"),
    [
        ("2026-12-01 跟 4.3 一起上", date(2026, 12, 1), "排上了，12月1日前给您结果。跟 4.3 一起上。"),
        ("下周五", date(2026, 10, 23), "排上了，10月23日前给您结果。 —— 小李"),
        ("3d，先改字体", date(2026, 10, 15), "排上了，10月15日前给您结果。先改字体。"),
    ],
)
async def test_a_plan_is_told_with_its_day(
    talk: Talk, captured: Captured, follow: Callable[[Feedback, Person], Awaitable[None]],
    words: str, day: date, line: str,
) -> None:  # fmt: skip
    feedback = await captured()
    await follow(feedback, YU)
    await talk.says(LI, f"/plan {feedback.id} {words}", dm=True)
    assert line in talk.heard(ZHANG)[0]
    assert line in talk.heard(YU)[0]
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
    assert (now.status, now.planned_for) == (Status.PLANNED, day)


async def test_a_plan_by_button_reads_the_day_from_the_sentence(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "更多")
    await talk.presses(LI, "排期")
    await talk.says(LI, "什么时候都行", dm=True)
    assert (
        talk.heard(LI)[-1]
        == "没看懂是哪天，可以写 12月1日、下周五、3d，比如：/plan 128 12月1日 跟 4.3 一起上"
    )
    await talk.says(LI, "12月1日 跟 4.3 一起上", dm=True)
    assert await status(talk, feedback.id) is Status.PLANNED


async def test_a_plan_for_a_day_that_has_passed_is_refused(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/plan {feedback.id} 2026-10-01 改", dm=True)
    assert talk.heard(LI) == ["10月1日已经过去了，换一个往后的日子吧。"]
    assert await status(talk, feedback.id) is Status.RECEIVED


async def test_a_plan_said_twice_is_told_once(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/plan {feedback.id} 12月1日 跟 4.3 一起上", dm=True)
    talk.heard(ZHANG)
    for who, words in ((LI, "12月1日 跟 4.3 一起上"), (MIN, "12月1日")):
        await talk.says(who, f"/plan {feedback.id} {words}", dm=True)
        assert talk.last(who).text == f"#{feedback.id} 已经排到 12月1日，大家都听过了，没有再说一遍。"
    assert talk.heard(ZHANG) == []
    for words in ("12月1日 改到周末上", "12月2日"):
        await talk.says(LI, f"/plan {feedback.id} {words}", dm=True)
        assert len(talk.heard(ZHANG)) == 1


async def test_progress_said_twice_is_told_once(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for _ in range(2):
        await talk.says(LI, f"/progress {feedback.id} 样机改好了", dm=True)
    assert len(talk.heard(ZHANG)) == 1
    assert talk.last(LI).text == f"#{feedback.id} 刚说过这句进展，没有再说一遍。"


async def test_progress_is_told_and_can_be_told_again(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/progress {feedback.id} 样机改好了", dm=True)
    await talk.says(LI, f"进展 {feedback.id} 这周内测", dm=True)
    assert talk.heard(ZHANG) == [
        "张哥，您 10月12日提的「按钮太小了」在做了：样机改好了。 —— 小李",
        "张哥，您 10月12日提的「按钮太小了」在做了：这周内测。 —— 小李",
    ]
    assert await status(talk, feedback.id) is Status.IN_PROGRESS


async def test_a_picture_without_words_is_named_in_the_language_of_each_who_reads_of_it(
    talk: Talk, captured: Captured, follow: Callable[[Feedback, Person], Awaitable[None]]
) -> None:
    feedback = await captured("")
    await follow(feedback, YU)
    async with talk.database.begin() as uow:
        await uow.members.change(feedback.contributor_id, language="en")
    await talk.says(LI, f"/progress {feedback.id} 正在看", dm=True)
    assert ["(no words)" in said for said in talk.heard(ZHANG)] == [True]
    assert ["（没有文字）" in said for said in talk.heard(YU)] == [True]
