"""How far a message of several pieces has come is known until it is forgotten."""

from datetime import timedelta

from storage.half_sent import HalfSent
from storage.uow import UnitOfWork
from tests.fakes import at

NOW = at("2026-10-12 02:00")


async def test_the_last_word_about_a_message_is_kept(uow: UnitOfWork) -> None:
    first = HalfSent("run:1", "push", 1, "d1", is_next_gone=True)
    await uow.half_sent.keep(first, NOW)
    await uow.half_sent.keep(HalfSent("run:1", "push", 2, "d2", is_next_gone=False), NOW)
    assert await uow.half_sent.find("run:1") == HalfSent("run:1", "push", 2, "d2", is_next_gone=False)
    assert await uow.half_sent.find("run:2") is None


async def test_what_was_under_way_long_ago_is_forgotten(uow: UnitOfWork) -> None:
    await uow.half_sent.keep(HalfSent("run:1", "push", 1, "d", is_next_gone=True), NOW)
    assert await uow.half_sent.forget(NOW) == 0
    assert await uow.half_sent.forget(NOW + timedelta(seconds=1)) == 1
    assert await uow.half_sent.find("run:1") is None
