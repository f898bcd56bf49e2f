"""What is taken back never leaves, with whatever was to change it; what left loses its words here."""

from __future__ import annotations

from datetime import timedelta

from storage.messages import Message
from storage.promises import DeliveryState, Receipt
from storage.records import Platform
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, group

ABOUT = "case:1"


async def test_what_has_not_left_is_taken_back_with_its_changes(uow: UnitOfWork) -> None:
    chat = await group(uow)
    await uow.outbox.put(chat.id, Message(text=("张哥",)), key="card", now=NOON, subject=ABOUT)
    await uow.outbox.edit("card", Message(text=("张哥，再",)), now=NOON)
    assert await uow.retractions.take_back("card")
    assert not await uow.retractions.take_back("card")
    assert not await uow.retractions.take_back("nothing")
    due = await uow.deliveries.lease(
        [Platform.TELEGRAM], NOON, owner="me", lease_for=timedelta(minutes=1), limit=9
    )
    assert due == []
    card = await uow.promises.find("card")
    assert card is not None
    assert card.state is DeliveryState.DEAD
    assert "张哥" not in card.content


async def test_what_left_stays_sent_and_loses_its_words(uow: UnitOfWork) -> None:
    chat = await group(uow)
    await uow.outbox.put(chat.id, Message(text=("张哥",)), key="card", now=NOON, subject=ABOUT)
    await uow.outbox.put(chat.id, Message(text=("小雨",)), key="other", now=NOON, subject="case:2")
    (leased,) = await uow.deliveries.lease(
        [Platform.TELEGRAM], NOON, owner="me", lease_for=timedelta(minutes=1), limit=9
    )
    await uow.deliveries.mark_sending([leased.delivery.id])
    await uow.deliveries.mark_sent([leased.delivery.id], Receipt("77"), NOON)
    assert not await uow.retractions.take_back("card")
    assert await uow.retractions.blank(ABOUT) == 1
    assert await uow.retractions.take_back_about("case:2") == 1
    card, other = await uow.promises.find("card"), await uow.promises.find("other")
    assert card is not None
    assert other is not None
    assert (card.state, card.receipt) == (DeliveryState.SENT, "77")
    assert "张哥" not in card.content
    assert other.state is DeliveryState.DEAD


async def test_what_a_relay_holds_already_does_not_leave_once_it_is_taken_back(uow: UnitOfWork) -> None:
    chat = await group(uow)
    await uow.outbox.put(chat.id, Message(text=("张哥",)), key="card", now=NOON, subject=ABOUT)
    (leased,) = await uow.deliveries.lease(
        [Platform.TELEGRAM], NOON, owner="me", lease_for=timedelta(minutes=1), limit=9
    )
    assert await uow.retractions.take_back("card")
    assert await uow.deliveries.mark_sending([leased.delivery.id]) == {}
