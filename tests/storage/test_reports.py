"""The facts of a voice, on both databases: one an answer, skipped ones known, questions nobody answers counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.db import Database
from storage.records import Feedback, FeedbackClass
from storage.reports import FIELDS, SAID, Field, is_likely_defect
from storage.uow import UnitOfWork
from tests.storage.test_inbox import NOW, say


async def voice(uow: UnitOfWork, text: str = "倒车影像黑屏") -> Feedback:
    return await say(uow, text)


async def test_a_fact_is_kept_apart_and_the_later_answer_wins(database: Database) -> None:
    async with database.begin() as uow:
        feedback = await voice(uow)
        await uow.reports.put(feedback.id, "when", "昨晚", NOW, source=SAID)
        await uow.reports.put(feedback.id, "when", "前天", NOW)
        await uow.reports.put(feedback.id, "where", "", NOW, is_skipped=True)
        facts = await uow.reports.list_facts(feedback.id)
        assert (facts["when"].value, facts["when"].source, facts["where"].is_skipped) == (
            "前天",
            "told",
            True,
        )
        await uow.reports.forget_skips(feedback.id)
        assert list(await uow.reports.list_facts(feedback.id)) == ["when"]
        assert (await uow.feedback.get(feedback.id)).text == "倒车影像黑屏"


async def test_somebody_is_asked_once_about_a_voice(database: Database) -> None:
    async with database.begin() as uow:
        feedback = await voice(uow)
        assert await uow.reports.open(feedback.id, feedback.contributor_id, NOW)
        assert not await uow.reports.open(feedback.id, feedback.contributor_id, NOW)
        await uow.reports.close(feedback.id, NOW)
        report = await uow.reports.find(feedback.id)
        assert report is not None
        assert (report.answered_at, report.closed_at) == (None, NOW)


async def test_questions_left_without_an_answer_are_counted_from_the_last_one(database: Database) -> None:
    async with database.begin() as uow:
        for n in range(4):
            feedback = await voice(uow, f"坏了 {n}")
            await uow.reports.open(feedback.id, feedback.contributor_id, NOW + timedelta(hours=n))
            if n == 1:
                await uow.reports.answer(feedback.id, NOW)
        assert await uow.reports.count_ignored(feedback.contributor_id) == 2


@pytest.mark.parametrize(
    ("kind", "tag", "negative", "likely"),
    [
        (FeedbackClass.SUGGESTION, "", True, True),
        (FeedbackClass.SUGGESTION, "bug", False, True),
        (FeedbackClass.SUGGESTION, "建议", False, False),
        (FeedbackClass.SERVICE, "bug", True, False),
        (FeedbackClass.PRAISE, "", True, False),
    ],
)
async def test_a_bad_experience_with_the_product_or_a_tag_makes_a_likely_defect(
    database: Database, kind: FeedbackClass, tag: str, *, negative: bool, likely: bool
) -> None:
    async with database.begin() as uow:
        feedback = replace(await voice(uow), feedback_class=kind, tag=tag, negative=negative)
    assert is_likely_defect(feedback) is likely
    assert FIELDS[0].is_for(feedback) is likely
    assert Field("x", "?", classes=frozenset({kind})).is_for(feedback)
