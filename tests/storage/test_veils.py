"""The way back from an alias, claims and allowances, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.letters import Letter
from storage.messages import Message
from storage.records import ChatKind, ChatState, FeedbackClass, Member, Platform
from storage.retention import Kept
from storage.unmaskings import AGREE_WITHIN
from storage.uow import UnitOfWork
from storage.veils import Way
from tests.fakes import at

NOW = at("2026-10-12 02:15")
QUARTER = timedelta(minutes=15)


async def alias(uow: UnitOfWork, external_id: str = "alias:1") -> Member:
    """Store an alias with a chat of its own."""
    met = await uow.members.meet(Platform.TELEGRAM, [(external_id, "青石的松鼠", "")], NOW)
    await uow.chats.add(
        Platform.TELEGRAM, external_id, ChatKind.PRIVATE, title="", state=ChatState.SERVED, language="en",
        timezone="UTC",
    )  # fmt: skip
    return met[external_id]


async def posted(uow: UnitOfWork, subject: str = "feedback:1") -> int:
    """Promise something to the alias; return the number of the promise."""
    member = await alias(uow)
    chat = await uow.chats.find(Platform.TELEGRAM, "alias:1")
    assert chat is not None
    await uow.outbox.put(
        chat.id, Message(text=("好了",)), key=f"{subject}:told", now=NOW, subject=subject, member_id=member.id,
        is_held=True,
    )  # fmt: skip
    delivery = await uow.promises.find(f"{subject}:told")
    assert delivery is not None
    return delivery.id


async def test_a_way_back_is_found_by_its_alias_and_forgotten_for_good(uow: UnitOfWork) -> None:
    member = await alias(uow)
    await uow.veils.put(member.id, "key.cipher", "first")
    way = Way(member.id, "telegram", "alias:1", "en", "key.cipher", "first")
    assert await uow.veils.list_of(Platform.TELEGRAM, ["alias:1", "alias:2"]) == {"alias:1": way}
    assert await uow.veils.list_marked(["first", "second"]) == await uow.veils.list_after(0, 5) == [way]
    await uow.letters.add(member.id, [Letter(await posted(uow), "key.fate")])
    (letter,) = await uow.letters.list_of(member.id)
    assert await uow.letters.find_member(["other", letter.mark]) == member.id
    assert await uow.veils.drop(member.id)
    assert not await uow.veils.drop(member.id)
    assert await uow.veils.find(member.id) is None
    assert await uow.letters.find_member([letter.mark]) is None


async def test_a_way_that_changed_meanwhile_is_not_covered_anew(uow: UnitOfWork) -> None:
    member = await alias(uow)
    await uow.veils.put(member.id, "old.cipher", "")
    (way,) = await uow.veils.list_unmarked(5)
    assert await uow.veils.replace(way, "new.cipher", "first")
    assert not await uow.veils.replace(way, "newer.cipher", "second")
    assert await uow.veils.list_unmarked(5) == []


async def test_no_two_aliases_have_one_mark(uow: UnitOfWork) -> None:
    assert await uow.veils.put((await alias(uow)).id, "key.cipher", "first")
    other = await alias(uow, "alias:2")
    assert not await uow.veils.put(other.id, "key.cipher", "first")
    assert await uow.veils.put(other.id, "key.cipher", "second")
    assert await uow.veils.list_used(["first", "second", "third"]) == {"first", "second"}


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


async def test_a_whisper_leaves_no_gap_in_the_numbers_and_goes_in_its_turn(uow: UnitOfWork) -> None:
    await alias(uow)
    before = await posted(uow)
    chat = await uow.chats.find(Platform.TELEGRAM, "alias:1")
    assert chat is not None
    for number in range(2):
        await uow.veils.whisper(chat.id, f"cipher {number}", key=f"whisper:{number}", now=NOW)
    assert await posted(uow, "feedback:2") == before + 1
    (first,) = await uow.deliveries.lease([Platform.TELEGRAM], NOW, owner="x", lease_for=QUARTER, limit=5)
    assert first.delivery.key == "whisper:0"
    await uow.deliveries.forget([first.delivery.id])
    (second,) = await uow.deliveries.lease([Platform.TELEGRAM], NOW, owner="x", lease_for=QUARTER, limit=5)
    assert second.delivery.key == "whisper:1"


async def test_a_letter_that_went_out_once_more_keeps_its_row(uow: UnitOfWork) -> None:
    member = await alias(uow)
    one, two = await posted(uow), await posted(uow, "feedback:2")
    await uow.letters.add(member.id, [Letter(one, "key.waits"), Letter(two, "key.waits")])
    await uow.deliveries.mark_posted([one, two], NOW)
    await uow.letters.settle([Letter(two, "key.sent")])
    assert [(p.delivery.id, p.covered) for p in await uow.letters.list_posted(member.id)] == [
        (one, "key.waits"), (two, "key.sent"),
    ]  # fmt: skip
    assert len({letter.mark for letter in await uow.letters.list_after("", 5)}) == 2


@pytest.mark.parametrize("way", ["cancel", "cancel_all", "take_back_about", "tell_in_person"])
async def test_what_holds_no_more_waits_for_nobody_whether_it_arrived_or_not(
    uow: UnitOfWork, way: str
) -> None:
    member = await alias(uow)
    gone, kept = await posted(uow), await posted(uow, "feedback:2")
    await uow.letters.add(member.id, [Letter(gone, "a.b"), Letter(kept, "a.b")])
    await uow.deliveries.mark_posted([gone, kept], NOW)
    match way:
        case "cancel":
            await uow.outbox.cancel("feedback:1")
        case "cancel_all":
            await uow.echoes.cancel_all(["feedback:1"])
        case "take_back_about":
            await uow.retractions.take_back_about("feedback:1")
        case _:
            await uow.echoes.tell_in_person("feedback:1", [member.id])
    assert [each.delivery.id for each in await uow.letters.list_posted(member.id)] == [kept]
    assert len(await uow.letters.list_of(member.id)) == 2


async def test_letters_whose_words_were_removed_still_find_their_thread(uow: UnitOfWork) -> None:
    member = await alias(uow)
    one = await posted(uow)
    await uow.letters.add(member.id, [Letter(one, "a.b")])
    await uow.deliveries.mark_posted([one], NOW)
    assert await uow.retention.sweep(Kept.DELIVERIES, NOW + timedelta(days=91), None) is None
    assert await uow.promises.find_by_id(one) is None
    assert await uow.letters.list_posted(member.id) == []
    assert [letter.covered for letter in await uow.letters.list_of(member.id)] == ["a.b"]
