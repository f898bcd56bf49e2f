"""Dialogues about /told (handlers/kos/told.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.adapters.base import UnreachableError
from storage.contributions import Credit
from storage.promises import DeliveryState
from storage.records import Feedback, Status
from tests.talk import LI, YU, ZHANG, Captured, Person, Talk


async def resolved(talk: Talk, captured: Captured, *, arrives: bool = False) -> Feedback:
    """Resolve something whose contributor cannot be reached."""
    feedback = await captured()
    if not arrives:
        talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("never started")
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    talk.heard(LI)
    return feedback


async def test_what_did_not_arrive_is_settled_and_nothing_more_is_asked(
    talk: Talk, captured: Captured
) -> None:
    feedback = await resolved(talk, captured)
    await talk.says(LI, f"/told {feedback.id}", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 记下了：已亲自告诉张哥，不再另外通知。"]
    async with talk.database.read() as uow:
        assert await uow.promises.list_stuck() == []
        (echo,) = await uow.promises.list_about(f"feedback:{feedback.id}")
        now = await uow.feedback.get(feedback.id)
    assert echo.state is DeliveryState.SENT
    assert [timer.kind for timer in await talk.timers("verify_reminder", "unconfirmed")] == ["unconfirmed"]
    assert now.status is Status.RESOLVED
    del talk.adapter.unreachable[ZHANG.external_id]
    await talk.says(ZHANG, "/start", dm=True)
    assert not any("改好了" in text for text in talk.heard(ZHANG))
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert "告诉张哥：已当面说过" in talk.last(LI).text
    assert "备注 10月12日 小李：已当面告知。" in talk.last(LI).text


async def test_told_at_night_the_morning_echo_is_not_sent_as_well(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.advance(hours=13)
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    await talk.says(LI, f"/told {feedback.id} 刚才电话里说了", dm=True)
    await talk.advance(hours=12)
    assert talk.heard(ZHANG) == []


async def test_better_verifies_it_with_credit_for_who_said_it(talk: Talk, captured: Captured) -> None:
    feedback = await resolved(talk, captured)
    await talk.says(LI, f"/told {feedback.id} better 电话里很开心", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 已验证，张哥说好了。"]
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.VERIFIED
        credit = await uow.contributions.count(feedback.contributor_id)
    assert credit == {Credit.CAUSED_CHANGE: 1, Credit.FIRST_REPORT: 1, Credit.VERIFICATION: 1}
    assert await talk.timers("unconfirmed") == []


async def test_still_reopens_it_with_half_the_time_and_needs_the_reason(
    talk: Talk, captured: Captured
) -> None:
    feedback = await resolved(talk, captured)
    await talk.says(LI, f"/told {feedback.id} 还不行", dm=True)
    assert talk.heard(LI) == ["还不行在哪？写一句，比如：/told 128 still 夜间模式还是小"]
    await talk.says(LI, f"已告知 {feedback.id} 还不行，夜间模式还是小", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 重新打开了，张哥说还不行。"]
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        change = (await uow.feedback.list_changes(feedback.id))[-1]
    assert now.status is Status.IN_REVIEW
    assert now.review_due == talk.now + timedelta(hours=24)
    assert change.note == "夜间模式还是小"


async def test_what_arrived_can_be_told_as_well(talk: Talk, captured: Captured) -> None:
    feedback = await resolved(talk, captured, arrives=True)
    await talk.says(LI, f"/told {feedback.id}", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 记下了：已亲自告诉张哥，不再催问。"]


async def test_a_verdict_on_what_was_never_resolved_is_refused(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/told {feedback.id} better", dm=True)
    assert talk.heard(LI)[0].startswith(f"#{feedback.id} 现在是「已收到」")
    async with talk.database.read() as uow:
        assert await uow.notes.list_of(feedback.id) == []


async def test_when_only_a_follower_did_not_hear_it_is_the_follower_who_was_told(
    talk: Talk, captured: Captured, follow: Callable[[Feedback, Person], Awaitable[None]]
) -> None:
    feedback = await captured()
    await follow(feedback, YU)
    talk.adapter.unreachable[YU.external_id] = UnreachableError("never started")
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"/told {feedback.id}", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 记下了：已亲自告诉小雨，不再另外通知。"]
    async with talk.database.read() as uow:
        assert await uow.promises.list_stuck() == []
