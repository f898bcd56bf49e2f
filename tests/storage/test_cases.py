"""A case is asked for once and stands in one place at a time."""

from __future__ import annotations

from datetime import timedelta

from storage.cases import CaseState
from storage.uow import UnitOfWork
from tests.storage.test_facts import voice
from tests.storage.test_outbox import NOON


async def test_it_is_asked_for_once_and_moves_by_compare_and_set(uow: UnitOfWork) -> None:
    feedback = await voice(uow)
    by = feedback.contributor_id
    case = await uow.cases.ask(feedback.id, chat_id=feedback.chat_id, by_id=by, now=NOON)
    assert case is not None
    assert (case.state, case.subject) == (CaseState.ASKED, f"case:{feedback.id}")
    assert await uow.cases.ask(feedback.id, chat_id=feedback.chat_id, by_id=by, now=NOON) is None
    assert await uow.cases.list_open([feedback.id]) == []
    assert await uow.cases.change(case, CaseState.OPEN, NOON, post_key="k")
    assert not await uow.cases.change(case, CaseState.ENDED, NOON)
    now = await uow.cases.find(feedback.id)
    assert now is not None
    assert (now.state, now.post_key) == (CaseState.OPEN, "k")
    assert await uow.cases.list_open([feedback.id, 99]) == [feedback.id]


async def test_its_newest_lines_come_in_their_order(uow: UnitOfWork) -> None:
    feedback = await voice(uow)
    for number in range(5):
        await uow.cases.add_line(
            feedback.id, feedback.contributor_id, f"{number}", NOON + timedelta(days=number)
        )
    assert [line.text for line in await uow.cases.list_lines(feedback.id, 3)] == ["2", "3", "4"]
