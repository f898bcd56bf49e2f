"""How voices are captured: what is told of one is what is stored, and limits hold as it is stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.db import Database
from storage.records import Feedback, FeedbackClass
from storage.uow import UnitOfWork
from tests.storage.test_facts import voice
from tests.storage.test_outbox import NOON, group, member

LIMITS = ((timedelta(seconds=5), 1), (timedelta(minutes=5), 2))


async def say(uow: UnitOfWork, message_id: str, now: datetime) -> Feedback | None:
    """Capture what 张哥 says at a moment, within the limits."""
    chat, zhang = await group(uow), await member(uow)
    return await uow.feedback.add(
        chat_id=chat.id, contributor_id=zhang.id, captured_by_id=zhang.id, message_id=message_id, text="太小了",
        now=now, feedback_class=FeedbackClass.SUGGESTION, review_due=now + timedelta(hours=48), negative=True,
        limits=[(now - window, most) for window, most in LIMITS],
    )  # fmt: skip


async def test_what_a_capture_tells_is_what_is_stored(database: Database) -> None:
    async with database.begin() as uow:
        captured = [await voice(uow), await say(uow, "8", NOON + timedelta(microseconds=5_000_001))]
    async with database.read() as uow:
        assert [await uow.feedback.get(each.id) for each in captured if each] == captured


async def test_a_capture_is_found_by_its_message_and_counted_since_each_moment(database: Database) -> None:
    moments = [NOON, NOON - timedelta(seconds=5), NOON - timedelta(days=1)]
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        assert await uow.feedback.count_since(zhang.id, moments) == [0, 0, 0]
        feedback = await voice(uow)
        found = await uow.feedback.find_by_message(chat.id, feedback.message_id)
        other = await uow.feedback.find_by_message(chat.id, "another")
        counts = await uow.feedback.count_since(zhang.id, moments)
    assert found is not None
    assert (found.id, found.review_due, counts, other) == (feedback.id, feedback.review_due, [0, 1, 1], None)


async def test_a_limit_that_is_reached_keeps_a_voice_out_until_its_time_is_over(database: Database) -> None:
    at = [NOON + timedelta(seconds=s) for s in (0, 4, 5, 11, 299, 300)]
    async with database.begin() as uow:
        kept = [await say(uow, f"{number}", now) is not None for number, now in enumerate(at)]
    assert kept == [True, False, True, False, False, True]


async def test_who_has_no_limit_is_never_kept_out_and_another_is_not_either(database: Database) -> None:
    async with database.begin() as uow:
        for number in range(9):
            await voice(uow, f"{number}")
        assert await say(uow, "10", NOON + timedelta(seconds=1)) is None
        somebody = await uow.feedback.add(
            chat_id=(await group(uow)).id, contributor_id=(await member(uow)).id,
            captured_by_id=(await uow.members.meet((await member(uow)).platform, [("6", "小雨", "yu")], NOON))["6"].id,
            message_id="11", text="太小了", now=NOON, feedback_class=FeedbackClass.SUGGESTION, review_due=NOON,
            limits=[(NOON - timedelta(days=1), 1)],
        )  # fmt: skip
    assert somebody is not None
