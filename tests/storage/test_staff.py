"""Who is staff: what config and chat say, and whom that touches."""

from __future__ import annotations

from storage.db import Database
from storage.records import Platform, Role
from storage.staff import CHAT, CONFIG, Grant
from tests.storage.test_outbox import NOON, member

TELEGRAM = Platform.TELEGRAM


async def test_what_an_admin_says_about_staff_wins_over_the_config(database: Database) -> None:
    async with database.begin() as uow:
        await uow.staff.declare([Grant(TELEGRAM, "5", CONFIG, Role.KOS, "张", "张哥")], NOON)
        zhang = await member(uow)
        assert (zhang.role, zhang.salutation) == (Role.KOS, "张哥")
        await uow.staff.grant(Grant(TELEGRAM, "5", CHAT, Role.MEMBER, "张"), NOON)
        assert (await uow.members.get(zhang.id)).role is Role.MEMBER
        await uow.staff.declare([], NOON)
        assert (await uow.members.get(zhang.id)).role is Role.MEMBER


async def test_a_word_about_staff_touches_nobody_else(database: Database) -> None:
    async with database.begin() as uow:
        await uow.members.meet(TELEGRAM, [(str(number), "谁", "") for number in range(100)], NOON)
    async with database.begin() as uow:
        of = (
            "pg_stat_get_xact_tuples_updated('members'::regclass)"
            if database.path is None
            else "total_changes()"
        )
        await uow.staff.grant(Grant(TELEGRAM, "5", CHAT, Role.KOS, "张", "张哥"), NOON)
        before = (await uow.connection.exec_driver_sql(f"SELECT {of}")).scalar()
        await uow.staff.declare([], NOON)
        assert (await uow.connection.exec_driver_sql(f"SELECT {of}")).scalar() == before
        zhang = await uow.members.find(TELEGRAM, "5")
    assert zhang is not None
    assert (zhang.role, zhang.salutation) == (Role.KOS, "张哥")
