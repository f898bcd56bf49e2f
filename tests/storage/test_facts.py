"""Updates, people, feedback, runs, check-ins, polls, timers, expectations: the same on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from storage import tables
from storage.contributions import Credit
from storage.db import Database
from storage.errors import ConflictError, InvalidTransitionError, NotFoundError
from storage.records import (
    Attachment,
    ChatState,
    Feedback,
    FeedbackClass,
    Platform,
    Status,
    Verdict,
)
from storage.timers import Timer
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, group, member

TELEGRAM = Platform.TELEGRAM


async def voice(uow: UnitOfWork, message_id: str = "7", text: str = "按钮太小了") -> Feedback:
    """Capture a feedback of 张哥."""
    chat, zhang = await group(uow), await member(uow)
    captured = await uow.feedback.add(
        chat_id=chat.id, contributor_id=zhang.id, captured_by_id=zhang.id, message_id=message_id, text=text, now=NOON,
        feedback_class=FeedbackClass.SUGGESTION, review_due=NOON + timedelta(hours=48),
        attachments=[Attachment("photo", "file", "unique")],
    )  # fmt: skip
    assert captured is not None
    return captured


async def test_a_batch_is_marked_as_seen_and_tells_the_repeats(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.updates.mark_seen(TELEGRAM, ["3", "1", "2"], NOON) == {"1", "2", "3"}
        assert await uow.updates.mark_seen(TELEGRAM, ["2", "9"], NOON) == {"9"}
        assert await uow.updates.mark_seen(Platform.WECOM, ["2"], NOON) == {"2"}
        assert await uow.updates.last_seen(TELEGRAM) == NOON


async def test_activity_adds_up_and_first_voices_are_told_once(database: Database) -> None:
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        await uow.updates.add_activity(chat.id, date(2026, 10, 12), {zhang.id: 2})
        await uow.updates.add_activity(chat.id, date(2026, 10, 12), {zhang.id: 3})
        rows = (await uow.connection.execute(sa.select(tables.activity))).mappings().all()
        assert [(row["day"], row["messages"]) for row in rows] == [(date(2026, 10, 12), 5)]
        assert await uow.updates.add_acquaintances([(chat.id, zhang.id)], NOON) == {(chat.id, zhang.id)}
        assert await uow.updates.add_acquaintances([(chat.id, zhang.id)], NOON) == set()
        assert await uow.members.count_in(chat.id) == 1


async def test_meeting_somebody_again_keeps_them_and_takes_the_new_name(database: Database) -> None:
    async with database.begin() as uow:
        first = await member(uow)
        again = (await uow.members.meet(TELEGRAM, [("5", "老张", "zhang")], NOON))["5"]
        nameless = (await uow.members.meet(TELEGRAM, [("5", "", "")], NOON))["5"]
    assert (again.id, again.name, nameless.name) == (first.id, "老张", "老张")


async def test_one_message_is_one_feedback_and_keeps_its_attachments(database: Database) -> None:
    async with database.begin() as uow:
        captured = await voice(uow)
        again = await uow.feedback.add(
            chat_id=captured.chat_id, contributor_id=captured.contributor_id, captured_by_id=captured.contributor_id,
            message_id="7", text="again", now=NOON, feedback_class=FeedbackClass.PRAISE, review_due=NOON,
        )  # fmt: skip
        assert again is None
        assert (await uow.feedback.get(captured.id)).attachments == (Attachment("photo", "file", "unique"),)


async def test_every_change_is_one_row_and_a_stale_change_is_refused(database: Database) -> None:
    async with database.begin() as uow:
        captured = await voice(uow)
        await uow.feedback.change(captured, Status.IN_REVIEW, by_id=None, note="", now=NOON)
        with pytest.raises(ConflictError):
            await uow.feedback.change(captured, Status.DECLINED, by_id=None, note="no", now=NOON)
    async with database.read() as uow:
        current = await uow.feedback.get(captured.id)
        assert current.status is Status.IN_REVIEW


async def test_of_two_who_say_what_it_is_the_second_learns_that_somebody_was_faster(
    database: Database,
) -> None:
    async with database.begin() as uow:
        captured = await voice(uow)
        await uow.feedback.classify(captured, FeedbackClass.SERVICE, NOON)
        judged = await uow.feedback.get(captured.id)
        with pytest.raises(ConflictError):
            await uow.feedback.classify(captured, FeedbackClass.PRAISE, NOON)
        await uow.feedback.classify(judged, FeedbackClass.PRAISE, NOON)  # who has seen it may say otherwise
        with pytest.raises(ConflictError):
            await uow.feedback.classify(judged, FeedbackClass.SERVICE, NOON)
    async with database.read() as uow:
        assert (await uow.feedback.get(captured.id)).feedback_class is FeedbackClass.PRAISE


async def test_a_status_that_may_not_follow_is_refused(database: Database) -> None:
    async with database.begin() as uow:
        captured = await voice(uow)
        with pytest.raises(InvalidTransitionError):
            await uow.feedback.change(captured, Status.VERIFIED, by_id=None, note="", now=NOON)


async def test_an_edit_keeps_every_version(database: Database) -> None:
    async with database.begin() as uow:
        captured = await voice(uow, text="一")
        await uow.feedback.edit_text(captured, "二", NOON)
        await uow.feedback.edit_text(await uow.feedback.get(captured.id), "三", NOON)
        assert await uow.feedback.list_versions(captured.id) == ["一", "二"]
        assert (await uow.feedback.get(captured.id)).text == "三"


async def test_followers_do_not_include_the_contributor(database: Database) -> None:
    async with database.begin() as uow:
        captured = await voice(uow)
        yu = (await uow.members.meet(TELEGRAM, [("6", "小雨", "")], NOON))["6"]
        assert await uow.followers.add(captured.id, yu.id, NOON) is True
        assert await uow.followers.add(captured.id, yu.id, NOON) is False
        await uow.followers.add(captured.id, captured.contributor_id, NOON)
        assert await uow.followers.list_of(captured.id) == [yu.id]
        assert await uow.followers.remove(captured.id, yu.id) is True


async def test_a_later_answer_to_one_resolution_replaces_the_former(database: Database) -> None:
    async with database.begin() as uow:
        captured = await voice(uow)
        change = await uow.feedback.change(captured, Status.RESOLVED, by_id=None, note="", now=NOON)
        zhang = captured.contributor_id
        for verdict in (Verdict.CANNOT_TRY, Verdict.BETTER):
            await uow.verdicts.put(change.id, captured.id, zhang, verdict, NOON)
        assert await uow.verdicts.find(change.id, zhang) is Verdict.BETTER
        assert [asked.id for asked in await uow.verdicts.list_asked(zhang)] == [captured.id]


async def test_credit_is_given_once_for_one_outcome(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        assert await uow.contributions.add(zhang.id, Credit.FIRST_REPORT, "feedback:1", NOON) is True
        assert await uow.contributions.add(zhang.id, Credit.FIRST_REPORT, "feedback:1", NOON) is False
        assert await uow.contributions.count(zhang.id) == {Credit.FIRST_REPORT: 1}


async def test_a_slot_is_claimed_once_and_closed_once(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        day = date(2026, 10, 12)
        taken = {
            "ritual": "morning",
            "kind": "checkin",
            "chat_id": chat.id,
            "day": day,
            "slot": "09:00",
            "due": NOON,
        }
        run = await uow.runs.claim(**taken, closes_at=NOON + timedelta(hours=12))
        assert run is not None
        assert await uow.runs.claim(**taken) is None
        assert (await uow.runs.list_closing(NOON), await uow.runs.next_closing()) == (
            [],
            NOON + timedelta(hours=12),
        )
        assert [r.id for r in await uow.runs.list_closing(NOON + timedelta(hours=12))] == [run.id]
        assert (await uow.runs.close(run.id), await uow.runs.close(run.id)) == (True, False)


async def test_check_ins_count_people_not_taps(database: Database) -> None:
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        run = await uow.runs.claim(
            ritual="morning", kind="checkin", chat_id=chat.id, day=date(2026, 10, 12), slot="09:00", due=NOON
        )
        assert run is not None
        assert [await uow.checkins.add(run.id, zhang.id, NOON) for _ in range(2)] == [True, False]
        assert await uow.checkins.count(run.id) == 1


async def test_a_vote_can_be_changed_and_taken_back(database: Database) -> None:
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        run = await uow.runs.claim(
            ritual="weekend", kind="poll", chat_id=chat.id, day=date(2026, 10, 16), slot="16:00", due=NOON
        )
        assert run is not None
        await uow.polls.vote(run.id, zhang.id, [0, 2], NOON)
        await uow.polls.vote(run.id, zhang.id, [1], NOON)
        assert await uow.polls.tally(run.id, 3) == ([0, 1, 0], 1)
        await uow.polls.vote(run.id, zhang.id, [], NOON)
        assert await uow.polls.tally(run.id, 3) == ([0, 0, 0], 0)


async def test_a_timer_fires_once_and_can_be_cancelled(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.timers.put("a", "refresh", NOON, subject="run:1") is True
        assert await uow.timers.put("a", "refresh", NOON, subject="run:1") is False
        await uow.timers.put("b", "reminder", NOON, subject="feedback:1")
        await uow.timers.cancel("feedback:1", "reminder")
        [timer] = await uow.timers.list_due(NOON)
        assert [await uow.timers.claim(timer, NOON) for _ in range(2)] == [True, False]
        assert await uow.timers.next_due() is None


async def test_several_timers_are_put_at_once_and_what_stands_already_is_kept(database: Database) -> None:
    def timer(key: str, **data: object) -> Timer:
        return Timer(0, key, "reminder", "feedback:1", NOON, data)

    async with database.begin() as uow:
        await uow.timers.put_all([timer("a", 面='按"钮', change=7), timer("b")])
        await uow.timers.put_all([timer("b", change=8), timer("c", list=[1, None])])
        await uow.timers.put_all([])
        found = {
            each.key: (each.kind, each.subject, each.due, each.data)
            for each in await uow.timers.list_due(NOON)
        }
    assert found == {
        "a": ("reminder", "feedback:1", NOON, {"面": '按"钮', "change": 7}),
        "b": ("reminder", "feedback:1", NOON, {}),
        "c": ("reminder", "feedback:1", NOON, {"list": [1, None]}),
    }


async def test_an_expectation_is_replaced_expires_and_is_dropped(database: Database) -> None:
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        later = NOON + timedelta(minutes=30)
        await uow.expectations.put(chat.id, zhang.id, "resolve", {"id": 1}, later)
        await uow.expectations.put(chat.id, zhang.id, "note", {"id": 2}, later)
        found = await uow.expectations.find(chat.id, zhang.id, NOON)
        assert found is not None
        assert (found.intent, found.data) == ("note", {"id": 2})
        assert await uow.expectations.find(chat.id, zhang.id, later) is None
        assert [await uow.expectations.drop(chat.id, zhang.id) for _ in range(2)] == [True, False]


async def test_somebody_is_cautioned_once_a_window(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        until = NOON + timedelta(minutes=5)
        said = [
            await uow.expectations.caution(zhang.id, "often", now, now + timedelta(minutes=5))
            for now in (NOON, NOON, until)
        ]
    assert said == [True, False, True]


async def test_a_chat_that_moves_keeps_everything_and_a_stray_row_steps_aside(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow, "-5")
        await group(uow, "-1005")
        await uow.chats.rename(TELEGRAM, "-5", "-1005")
        moved = await uow.chats.find(TELEGRAM, "-1005")
        assert moved is not None
        assert (moved.id, moved.state) == (chat.id, ChatState.SERVED)
        with pytest.raises(NotFoundError):
            await uow.chats.get(10_000)


async def test_an_override_of_a_ritual_is_kept_and_removed(database: Database) -> None:
    async with database.begin() as uow:
        await uow.runs.set_override("morning", 0, "time", "08:30", by_id=None, now=NOON)
        await uow.runs.set_override("morning", 0, "time", "08:45", by_id=None, now=NOON)
        assert [(o.key, o.value) for o in await uow.runs.list_overrides()] == [("time", "08:45")]
        await uow.runs.set_override("morning", 0, "time", "", by_id=None, now=NOON)
        assert await uow.runs.list_overrides() == []


async def test_the_seal_key_is_made_once_for_each_database(database: Database) -> None:
    async with database.begin() as uow:
        first, second = await uow.audit.seal_key(), await uow.audit.seal_key()
    assert first == second
    assert len(first) == 32
