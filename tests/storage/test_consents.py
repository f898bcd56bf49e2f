"""What members allowed is in force until they take it back, and every answer is kept."""

from __future__ import annotations

from datetime import timedelta

from storage.consents import Purpose, Scope
from storage.db import Database
from storage.records import Platform
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, member

ABOUT = "feedback:1"


async def test_a_consent_is_in_force_until_it_is_taken_back_once(uow: UnitOfWork) -> None:
    zhang = await member(uow)
    given = await uow.consents.give(zhang.id, Purpose.CASE, ABOUT, Scope.NAMED, NOON)
    assert given.allows
    assert await uow.consents.find(zhang.id, Purpose.CASE, ABOUT) == given
    assert await uow.consents.find(zhang.id, Purpose.STORY, ABOUT) is None
    taken_back = await uow.consents.revoke(zhang.id, Purpose.CASE, ABOUT, NOON)
    assert taken_back is not None
    assert not taken_back.allows
    assert await uow.consents.revoke(zhang.id, Purpose.CASE, ABOUT, NOON) is None
    assert await uow.consents.find(zhang.id, Purpose.CASE, ABOUT) is None
    assert await uow.consents.find_by_id(given.id) == taken_back


async def test_the_same_answer_twice_is_one_and_another_replaces_it(uow: UnitOfWork) -> None:
    zhang = await member(uow)
    first = await uow.consents.give(zhang.id, Purpose.STORY, ABOUT, Scope.NAMED, NOON, wording="好用")
    later = NOON + timedelta(hours=1)
    assert (
        await uow.consents.give(zhang.id, Purpose.STORY, ABOUT, Scope.NAMED, later, wording="好用") == first
    )
    edited = await uow.consents.give(zhang.id, Purpose.STORY, ABOUT, Scope.NAMED, later, wording="真好用")
    assert edited.id != first.id
    former, present = await uow.consents.list_of(zhang.id)
    assert (former.id, former.revoked_at) == (first.id, later)
    assert present == edited


async def test_a_refusal_is_an_answer_that_allows_nothing(uow: UnitOfWork) -> None:
    zhang = await member(uow)
    refused = await uow.consents.give(zhang.id, Purpose.CASE, ABOUT, Scope.REFUSED, NOON)
    assert not refused.allows
    assert await uow.consents.find(zhang.id, Purpose.CASE, ABOUT) == refused
    assert await uow.consents.list_in_force(zhang.id) == []


async def test_everything_of_one_member_can_be_taken_back_at_once(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        yu = (await uow.members.meet(Platform.TELEGRAM, [("6", "小雨", "")], NOON))["6"]
        for subject in ("feedback:1", "feedback:2"):
            await uow.consents.give(zhang.id, Purpose.CASE, subject, Scope.NAMELESS, NOON)
        await uow.consents.give(yu.id, Purpose.CASE, "feedback:3", Scope.NAMED, NOON)
    async with database.begin() as uow:
        assert len(await uow.consents.list_in_force(zhang.id)) == 2
        assert {consent.subject for consent in await uow.consents.revoke_all(zhang.id, NOON)} == {
            "feedback:1",
            "feedback:2",
        }
        assert await uow.consents.list_in_force(zhang.id) == []
        assert len(await uow.consents.list_in_force(yu.id)) == 1
