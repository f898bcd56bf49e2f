"""The way back from an alias, claims and allowances, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.records import ChatKind, ChatState, FeedbackClass, Member, Platform
from storage.unmaskings import AGREE_WITHIN
from storage.uow import UnitOfWork
from storage.veils import Way
from tests.fakes import at

NOW = at("2026-10-12 02:15")


async def alias(uow: UnitOfWork, external_id: str = "alias:1") -> Member:
    """Store an alias with a chat of its own."""
    met = await uow.members.meet(Platform.TELEGRAM, [(external_id, "青石的松鼠", "")], NOW)
    await uow.chats.add(
        Platform.TELEGRAM, external_id, ChatKind.PRIVATE, title="", state=ChatState.SERVED, language="en",
        timezone="UTC",
    )  # fmt: skip
    return met[external_id]


async def test_a_way_back_is_found_by_its_alias_and_forgotten_for_good(uow: UnitOfWork) -> None:
    member = await alias(uow)
    await uow.veils.put(member.id, "key.cipher")
    way = Way(member.id, "telegram", "alias:1", "en", "key.cipher")
    assert await uow.veils.list_of(["alias:1", "alias:2"]) == {"alias:1": way}
    assert await uow.veils.list_newest(5) == await uow.veils.list_after(0, 5) == [way]
    await uow.veils.add_letter("mark", "alias:1")
    assert await uow.veils.find_by_letter("mark") == member.id
    assert await uow.veils.drop(member.id)
    assert not await uow.veils.drop(member.id)
    assert await uow.veils.find(member.id) is None
    assert await uow.veils.find_by_letter("mark") is None


async def test_a_way_that_changed_meanwhile_is_not_covered_anew(uow: UnitOfWork) -> None:
    member = await alias(uow)
    await uow.veils.put(member.id, "old.cipher")
    way = await uow.veils.find(member.id)
    assert way is not None
    assert await uow.veils.replace(way, "new.cipher")
    assert not await uow.veils.replace(way, "newer.cipher")


async def test_a_mark_is_used_up_and_free_again_when_its_time_is_over(uow: UnitOfWork) -> None:
    until = NOW + timedelta(days=1)
    assert [await uow.veils.spend("mark", 2, NOW, until) for _ in range(3)] == [True, True, False]
    assert await uow.veils.spend("other", 2, NOW, until)
    assert await uow.veils.spend("mark", 2, until, until + timedelta(days=1))


async def test_claims_are_found_by_their_first_letters(uow: UnitOfWork) -> None:
    member = await alias(uow, "sealed:1")
    await uow.veils.add_claim(member.id, "7K2M", "digest")
    assert [claim.member_id for claim in await uow.veils.list_claims("7K2M")] == [member.id]
    assert await uow.veils.list_claims("7K2N") == []


async def test_a_second_admin_agrees_once_within_a_day(uow: UnitOfWork) -> None:
    member = await alias(uow)
    people = await uow.members.meet(Platform.TELEGRAM, [("1", "阿敏", ""), ("2", "阿博", "")], NOW)
    chat = await uow.chats.find(Platform.TELEGRAM, "alias:1")
    assert chat is not None
    feedback = await uow.feedback.add(
        chat_id=chat.id, contributor_id=member.id, captured_by_id=member.id, message_id="x", text="店员骂人了",
        feedback_class=FeedbackClass.SERVICE, review_due=NOW, now=NOW,
    )  # fmt: skip
    assert feedback is not None
    asked = await uow.unmaskings.add(feedback.id, people["1"].id, "有人受伤", NOW)
    assert await uow.unmaskings.find_open(feedback.id, NOW + timedelta(hours=1)) == asked
    assert await uow.unmaskings.find_open(feedback.id, NOW + AGREE_WITHIN) is None
    assert not await uow.unmaskings.agree(asked, people["1"].id, NOW)
    assert await uow.unmaskings.agree(asked, people["2"].id, NOW)
    assert not await uow.unmaskings.agree(asked, people["2"].id, NOW)
    assert await uow.unmaskings.find_open(feedback.id, NOW) is None


@pytest.mark.parametrize("state", ["waiting", "dead"])
async def test_only_aliases_for_whom_something_waits_are_looked_through(uow: UnitOfWork, state: str) -> None:
    member = await alias(uow)
    await uow.veils.put(member.id, "key.cipher")
    chat = await uow.chats.find(Platform.TELEGRAM, "alias:1")
    assert chat is not None
    await uow.connection.exec_driver_sql(
        "INSERT INTO deliveries (key, chat_id, line, kind, state, member_id, due_at, created_at)"
        f" VALUES ('k', {chat.id}, '1', 'post', '{state}', {member.id}, 0, 0)"
    )
    assert len(await uow.veils.list_waiting(5)) == (state == "waiting")
