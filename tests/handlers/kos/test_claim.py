"""Dialogues about /claim (handlers/kos/claim.py)."""

from __future__ import annotations

from storage.records import Status
from tests.talk import LI, MIN, ZHANG, Captured, Talk


async def test_who_claims_becomes_the_owner_and_it_is_in_review(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"跟进 {feedback.id}", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id}「按钮太小了」归你跟进了。"]
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        owner = await uow.members.get(now.owner_id or 0)
        entries = [(entry.action, entry.subject) for entry in await uow.audit.list_last()]
    assert now.status is Status.IN_REVIEW
    assert owner.name == "小李"
    assert entries == [("feedback.claim", f"feedback:{feedback.id}")]
    assert talk.heard(ZHANG) == []


async def test_claiming_again_is_harmless(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/claim {feedback.id}", dm=True)
    await talk.says(LI, f"/claim {feedback.id}", dm=True)
    assert talk.heard(LI)[-1] == f"#{feedback.id} 本来就在你手里。"
    async with talk.database.read() as uow:
        assert len(await uow.feedback.list_changes(feedback.id)) == 1


async def test_a_second_kos_is_told_who_has_it(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/claim {feedback.id}", dm=True)
    await talk.says(MIN, f"/claim {feedback.id}", dm=True)
    assert talk.heard(MIN) == [f"#{feedback.id} 已经由小李在跟进。"]


async def test_of_two_who_press_at_once_one_has_it_and_the_other_knows(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    for kos in (LI, MIN):
        await talk.says(kos, f"/show {feedback.id}", dm=True)
    mine, theirs = talk.last(LI), talk.last(MIN)
    assert await talk.presses(LI, "我来跟进", on=mine) == f"#{feedback.id}「按钮太小了」归你跟进了。"
    assert await talk.presses(MIN, "我来跟进", on=theirs) == f"#{feedback.id} 已经由小李在跟进。"
    assert "评估中 · 小李" in mine.text
    assert "我来跟进" not in mine.labels


async def test_what_is_planned_by_nobody_can_be_taken_without_going_back(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/plan {feedback.id} 下周五", dm=True)
    async with talk.database.begin() as uow:
        await uow.feedback.amend(feedback.id, talk.now, owner_id=None)
    await talk.says(MIN, f"/claim {feedback.id}", dm=True)
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
    assert now.status is Status.PLANNED
    assert now.owner_id is not None


async def test_what_is_over_cannot_be_claimed(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/decline {feedback.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"/claim {feedback.id}", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 现在是「暂不采纳」，接下来可以：/reopen"]
