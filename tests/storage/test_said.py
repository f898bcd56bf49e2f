"""What was said lately finds its author again by its text."""

from datetime import timedelta

from storage.records import Platform
from storage.said import Said
from storage.uow import UnitOfWork
from tests.fakes import at

NOW = at("2026-10-12 02:00")


async def test_the_newest_message_with_a_text_is_found_in_its_own_chat_only(uow: UnitOfWork) -> None:
    first, second = Said("g1", "m1", "zhang", "d"), Said("g1", "m2", "yu", "d")
    await uow.said.add(Platform.WECOM, [first], NOW)
    await uow.said.add(Platform.WECOM, [second, first], NOW + timedelta(minutes=1))
    assert await uow.said.find(Platform.WECOM, "g1", "d") == second
    assert await uow.said.find(Platform.WECOM, "g2", "d") is None
    assert await uow.said.find(Platform.TELEGRAM, "g1", "d") is None


async def test_what_was_said_long_ago_is_forgotten(uow: UnitOfWork) -> None:
    await uow.said.add(Platform.WECOM, [Said("g1", "m1", "zhang", "d")], NOW)
    assert await uow.said.forget(Platform.WECOM, NOW + timedelta(seconds=1)) == 1
    assert await uow.said.find(Platform.WECOM, "g1", "d") is None
