"""One root cause a feedback; a later word replaces the former."""

from __future__ import annotations

from storage.uow import UnitOfWork
from tests.storage.test_facts import voice
from tests.storage.test_outbox import NOON


async def test_a_later_word_replaces_the_former(uow: UnitOfWork) -> None:
    feedback = await voice(uow)
    assert await uow.causes.find(feedback.id) is None
    for cause in ("logistics", "quality"):
        await uow.causes.put([feedback.id], cause, feedback.contributor_id, NOON)
    assert await uow.causes.find(feedback.id) == "quality"
