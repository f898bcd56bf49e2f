"""Statements that go to the server together do what they do one after the other, on both databases."""

from __future__ import annotations

from contextlib import suppress

import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.members import is_as_met
from storage.records import Platform
from storage.uow import UnitOfWork
from tests.storage.test_facts import TELEGRAM
from tests.storage.test_outbox import NOON, group, member


async def _put(uow: UnitOfWork, key: str) -> None:
    await uow.timers.put_new(key, "refresh", NOON, subject="")


async def _due(database: Database) -> set[str]:
    async with database.read() as uow:
        return {timer.key for timer in await uow.timers.list_due(NOON)}


async def _reactions(uow: UnitOfWork) -> list[str]:
    d = tables.deliveries
    return list((await uow.connection.execute(sa.select(d.c.content).order_by(d.c.id))).scalars())


async def test_a_batch_begins_with_what_is_new_and_what_is_stored_of_where_and_who(
    database: Database,
) -> None:
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        first = await uow.intake.take(
            TELEGRAM, ["1", "2"], {chat.external_id, "-9"}, {zhang.external_id, "9"}, NOON
        )
        again = await uow.intake.take(TELEGRAM, ["2", "3", "3"], set(), set(), NOON)
        elsewhere = await uow.intake.take(
            Platform.WECOM, ["1"], {chat.external_id}, {zhang.external_id}, NOON
        )
    assert (first.fresh, first.chats, first.members) == (
        {"1", "2"},
        {chat.external_id: chat},
        {zhang.external_id: zhang},
    )
    assert (again.fresh, again.chats, again.members) == ({"3"}, {}, {})
    assert (elsewhere.fresh, elsewhere.chats, elsewhere.members) == ({"1"}, {}, {})


async def test_what_nobody_waits_for_is_seen_by_whatever_comes_next(database: Database) -> None:
    async with database.begin() as uow:
        await _put(uow, "a")
        await _put(uow, "a")
        await _put(uow, "b")
        assert {timer.key for timer in await uow.timers.list_due(NOON)} == {"a", "b"}
        await _put(uow, "at the end")
    assert await _due(database) == {"a", "b", "at the end"}


async def test_what_nobody_waits_for_is_undone_with_the_savepoint_it_is_in(database: Database) -> None:
    async with database.begin() as uow:
        await _put(uow, "before")
        async with uow.savepoint():
            await _put(uow, "kept")
        with suppress(KeyError):
            async with uow.savepoint():
                await _put(uow, "undone before the server heard of the savepoint")
                raise KeyError
        with suppress(KeyError):
            async with uow.savepoint():
                await uow.timers.next_due()
                await _put(uow, "undone after it")
                async with uow.savepoint():
                    await _put(uow, "undone with what it is in")
                    await uow.timers.next_due()
                await _put(uow, "undone after that was over")
                raise KeyError
        async with uow.savepoint():
            await uow.timers.next_due()
            await _put(uow, "kept as well")
        await _put(uow, "after all")
    assert await _due(database) == {"before", "kept", "kept as well", "after all"}


async def test_what_nobody_waits_for_is_undone_with_the_transaction(database: Database) -> None:
    with suppress(KeyError):
        async with database.begin() as uow:
            await _put(uow, "never told")
            raise KeyError
    assert await _due(database) == set()


async def test_of_two_reactions_on_one_message_the_last_is_given_however_fast_they_come(
    database: Database,
) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        await uow.outbox.react(chat.id, "17", "🎉", key="first", now=NOON)
        await uow.outbox.react(chat.id, "18", "❤", key="other", now=NOON)
        await uow.outbox.react(chat.id, "17", "✍", key="second", now=NOON)
        await uow.outbox.react(chat.id, "17", "✍", key="second", now=NOON)
        assert sorted(await _reactions(uow)) == sorted(["❤", "✍"])


async def test_who_goes_by_another_name_is_to_be_met_anew(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
    assert is_as_met(zhang, zhang.name, zhang.username)
    assert is_as_met(zhang, "", zhang.username)
    assert not is_as_met(zhang, "老张", zhang.username)
    assert not is_as_met(zhang, zhang.name, "")
    assert not is_as_met(None, "张哥", "zhang")
