"""Untagged words that hurt are kept once, taken up by one person, and forgotten."""

from __future__ import annotations

from storage.complaints import Complaint
from storage.uow import UnitOfWork
from tests.storage.test_facts import voice
from tests.storage.test_outbox import NOON, group, member


async def muttered(uow: UnitOfWork, message_id: str = "9") -> Complaint | None:
    """Keep something 张哥 muttered."""
    chat, zhang = await group(uow), await member(uow)
    return await uow.complaints.add(
        chat_id=chat.id,
        member_id=zhang.id,
        message_id=message_id,
        link="https://t.me/c/1/9",
        text="太差了",
        now=NOON,
    )


async def test_the_same_message_is_kept_once(uow: UnitOfWork) -> None:
    first = await muttered(uow)
    assert first is not None
    assert await muttered(uow) is None
    assert await uow.complaints.find(first.id) == first
    assert first.subject == f"complaint:{first.id}"


async def test_of_two_who_take_it_up_one_has_it(uow: UnitOfWork) -> None:
    found = await muttered(uow)
    assert found is not None
    assert await uow.complaints.claim(found.id, found.member_id)
    assert not await uow.complaints.claim(found.id, found.member_id)


async def test_its_words_are_dropped_when_they_are_kept_elsewhere_or_too_old(uow: UnitOfWork) -> None:
    kept, old = await muttered(uow), await muttered(uow, "10")
    assert kept is not None
    assert old is not None
    feedback = await voice(uow)
    await uow.complaints.link_feedback(kept.id, feedback.id)
    await uow.complaints.forget(old.id)
    found = await uow.complaints.find_by_feedback(feedback.id)
    assert found is not None
    assert (found.id, found.text) == (kept.id, "")
    forgotten = await uow.complaints.find(old.id)
    assert forgotten is not None
    assert forgotten.text == ""
