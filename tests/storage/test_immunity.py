"""What hurt, why, whether it came back, who brought it and who recovered, counted on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.records import Feedback, FeedbackClass, Platform, Role, Status
from storage.staff import CHAT, Grant
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, group

DAY = timedelta(days=1)
SINCE, UNTIL = NOON, NOON + 30 * DAY


async def said(
    uow: UnitOfWork, who: str, at: datetime, *, by: str = "", kind: FeedbackClass = FeedbackClass.SUGGESTION,
    negative: bool = True,
) -> Feedback:  # fmt: skip
    """Let somebody have said something, brought in by somebody else perhaps."""
    chat = await group(uow)
    met = await uow.members.meet(Platform.TELEGRAM, [(name, name, "") for name in {who, by or who}], at)
    captured = await uow.feedback.add(
        chat_id=chat.id, contributor_id=met[who].id, captured_by_id=met[by or who].id, message_id=f"{who}{at}",
        text="等了九天", now=at, feedback_class=kind, review_due=at, negative=negative,
    )  # fmt: skip
    assert captured is not None
    return captured


async def move(uow: UnitOfWork, feedback: Feedback, after: Status, at: datetime) -> Feedback:
    """Move a feedback on."""
    await uow.feedback.change(feedback, after, by_id=None, note="", now=at)
    return await uow.feedback.get(feedback.id)


async def test_causes_are_counted_with_how_many_people_they_hurt(uow: UnitOfWork) -> None:
    named = (("a", "logistics"), ("a", "logistics"), ("b", "logistics"), ("b", "design"))
    for hour, (who, cause) in enumerate(named):
        feedback = await said(uow, who, NOON + timedelta(hours=hour))
        await uow.causes.put([feedback.id], cause, feedback.contributor_id, NOON + DAY)
    counts = await uow.immunity.count_causes(SINCE, UNTIL)
    assert [(c.cause, c.count, c.people) for c in counts] == [("logistics", 3, 2), ("design", 1, 1)]
    assert await uow.immunity.count_causes(UNTIL, UNTIL + DAY) == []


async def test_a_topic_is_fixed_once_and_counted_before_and_after(uow: UnitOfWork) -> None:
    old, first, second = [await said(uow, who, NOON + n * DAY) for n, who in ((-40, "a"), (1, "b"), (2, "c"))]
    topic = await uow.topics.add("物流", None, NOON)
    for feedback in (old, first, second):
        await uow.feedback.amend(feedback.id, NOON, topic_id=topic.id)
    for feedback in (first, second):
        await move(uow, feedback, Status.RESOLVED, NOON + 3 * DAY)
    await uow.causes.put([first.id], "logistics", first.contributor_id, NOON + 3 * DAY)
    back = await said(uow, "d", NOON + 5 * DAY)
    await uow.feedback.amend(back.id, NOON, topic_id=topic.id)
    (fix,) = await uow.immunity.list_fixes(SINCE, UNTIL, 9)
    assert (fix.topic_id, fix.title, fix.cause) == (topic.id, "物流", "logistics")
    assert (fix.before, fix.after, fix.fixed_at) == (2, 1, NOON + 3 * DAY)
    assert await uow.immunity.count_unnamed(SINCE, UNTIL) == 1


async def test_what_was_called_no_better_came_back_and_what_is_open_again_is_no_fix(uow: UnitOfWork) -> None:
    twice, again = await said(uow, "a", NOON), await said(uow, "b", NOON)
    for feedback in (twice, again):
        resolved = await move(uow, feedback, Status.RESOLVED, NOON + DAY)
        await move(uow, resolved, Status.IN_REVIEW, NOON + 2 * DAY)
    reopened = await uow.feedback.get(twice.id)
    await move(uow, reopened, Status.RESOLVED, NOON + 3 * DAY)
    (fix,) = await uow.immunity.list_fixes(SINCE, UNTIL, 9)
    assert (fix.feedback_id, fix.topic_id, fix.before, fix.after) == (twice.id, None, 1, 0)


async def test_staff_who_brought_what_others_said_are_thanked_for_what_it_led_to(uow: UnitOfWork) -> None:
    for name in ("li", "wang"):
        await uow.staff.grant(Grant(Platform.TELEGRAM, name, CHAT, Role.KOS, name), NOON)
    brought = [await said(uow, "a", NOON + n * DAY, by="li") for n in range(2)]
    own = await said(uow, "b", NOON)
    unfixed = await said(uow, "c", NOON, by="wang")
    for feedback in (*brought, own):
        await move(uow, feedback, Status.RESOLVED, NOON + 3 * DAY)
    (messenger,) = await uow.immunity.list_messengers(SINCE, UNTIL, 9)
    assert (messenger.member_id, messenger.count) == (brought[0].captured_by_id, 2)
    assert unfixed.captured_by_id != messenger.member_id


async def test_people_who_recovered_are_counted_once_with_who_then_praised(uow: UnitOfWork) -> None:
    mended = [await said(uow, who, NOON + n * DAY) for n, who in ((0, "a"), (1, "a"), (0, "b"), (0, "c"))]
    for feedback in mended:
        resolved = await move(uow, feedback, Status.RESOLVED, NOON + 2 * DAY)
        verified = await move(uow, resolved, Status.VERIFIED, NOON + 3 * DAY)
        await uow.recoveries.put(verified, NOON + 3 * DAY)
    await move(uow, await uow.feedback.get(mended[3].id), Status.IN_REVIEW, NOON + 4 * DAY)
    await said(uow, "a", NOON + 5 * DAY, kind=FeedbackClass.PRAISE, negative=False)
    assert await uow.recoveries.call(mended[2].id, mended[2].contributor_id, NOON + 10 * DAY)
    assert not await uow.recoveries.call(mended[2].id, mended[0].contributor_id, NOON + 10 * DAY)
    counted = await uow.recoveries.count_(SINCE, UNTIL)
    assert (counted.members, counted.called, counted.praised) == (2, 1, 1)
    assert (await uow.recoveries.count_(UNTIL, UNTIL + DAY)).members == 0
