"""Dialogues about `/hold`: not now, and until when."""

from __future__ import annotations

from datetime import date

from storage.records import Status
from tests.talk import LI, YU, ZHANG, Captured, Talk


async def test_a_hold_leaves_the_inbox_until_its_day(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/hold {feedback.id} 下周五 等供应商回话", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 先搁到 10月23日，到那天会再提醒。"]
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        notes = await uow.notes.list_of(feedback.id)
    (timer,) = await talk.timers("held")
    assert now.held_until == date(2026, 10, 23)
    assert now.status is Status.RECEIVED
    assert (timer.kind, timer.subject, timer.due.isoformat()) == (
        "held", f"feedback:{feedback.id}", "2026-10-23T01:00:00+00:00",
    )  # fmt: skip
    assert [text for _, text, _ in notes] == ["等供应商回话"]
    await talk.says(LI, "/inbox", dm=True)
    assert "搁置 1" in talk.heard(LI)[0]
    assert talk.last(LI).labels == []


async def test_a_new_hold_replaces_the_old_and_off_lifts_it(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/hold {feedback.id} 2w", dm=True)
    await talk.says(LI, f"搁置 {feedback.id} 月底", dm=True)
    assert [timer.due.date() for timer in await talk.timers("held")] == [date(2026, 10, 31)]
    await talk.says(LI, f"/hold {feedback.id} off", dm=True)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).held_until is None
    assert await talk.timers("held") == []


async def test_moving_on_ends_a_hold(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/hold {feedback.id} 2w", dm=True)
    await talk.says(LI, f"/progress {feedback.id} 开工了", dm=True)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).held_until is None
    assert await talk.timers("held") == []


async def test_a_hold_needs_a_day_to_come_and_something_open(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for words, answer in (
        ("等等看", "搁置到哪天？可以写 月底、下周五、2w，比如：/hold 128 月底 等供应商回话"),
        ("今天", "10月12日不够往后，至少搁到明天。"),
    ):
        await talk.says(LI, f"/hold {feedback.id} {words}", dm=True)
        assert talk.heard(LI) == [answer]
    await talk.says(LI, f"/decline {feedback.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"/hold {feedback.id} 2w", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 现在是「暂不采纳」，接下来可以：/reopen"]


async def test_a_topic_is_spoken_of_once_on_its_day_and_held_again_on_the_later_one_only(
    talk: Talk, captured: Captured
) -> None:
    first, second = await captured(), await captured("#反馈 座椅加热太慢", YU)
    await talk.says(LI, f"/merge {second.id} {first.id}", dm=True)
    await talk.says(LI, f"/hold {second.id} 10月20日", dm=True)
    await talk.says(LI, f"/hold {first.id} 10月23日", dm=True)
    talk.heard(LI)
    assert {timer.subject for timer in await talk.timers("held")} == {
        f"feedback:{each.id}" for each in (first, second)
    }
    await talk.advance(days=9)
    assert [line for line in talk.heard(LI) if "搁置到今天" in line] == []
    await talk.advance(days=30)
    [line] = [line for line in talk.heard(LI) if "搁置到今天" in line]
    assert line.startswith(f"#{first.id}「")


async def test_what_is_left_of_a_held_topic_is_spoken_of_when_the_one_that_was_named_is_taken_back(
    talk: Talk, captured: Captured
) -> None:
    first, second = await captured(), await captured("#反馈 座椅加热太慢", YU)
    await talk.says(LI, f"/merge {second.id} {first.id}", dm=True)
    await talk.says(LI, f"/hold {first.id} 10月20日", dm=True)
    await talk.says(ZHANG, f"/withdraw {first.id} 确认", dm=True)
    talk.heard(LI)
    await talk.advance(days=9)
    [line] = [line for line in talk.heard(LI) if "搁置到今天" in line]
    assert line.startswith(f"#{second.id}「")
