"""What lies in databases of older versions is carried over by the migrations, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import storage.migrations
from bot.covering import cover_plain
from bot.veil import KeyRing
from handlers import mailbag
from handlers.hidden import scope_of
from storage.db import Database
from storage.migrations import migrate
from storage.promises import DeliveryState

RING = KeyRing((b"a key of exactly thirty-two byte",))
MINUTE = 60_000_000
DUE = 1_791_784_800_000_000  # a full quarter of an hour


def _at(revision: str) -> Any:
    """Return what brings an empty database to an older revision."""

    def upgrade(connection: sa.Connection) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(storage.migrations.__file__).parent))
        command.upgrade(config, revision)

    return upgrade


async def _fill(database: Database, table: str, rows: Sequence[dict[str, Any]]) -> None:
    async with database.begin() as uow:
        for row in rows:
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            await uow.connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)


def _delivery(number: int, chat: int, state: str, **values: Any) -> dict[str, Any]:
    return {
        "id": number, "key": f"k{number}", "chat_id": chat, "line": f"{chat}", "kind": "post", "state": state,
        "content": "{}", "member_id": chat, "due_at": DUE + MINUTE, "created_at": DUE, "attempts": 1, **values,
    }  # fmt: skip


async def _as_it_was(database: Database) -> None:
    """Fill a database as an older version left it: an alias with letters that came and letters that wait."""
    async with database.begin() as uow:
        await uow.connection.run_sync(_at("0012"))
    person = {"platform": "telegram", "name": "张哥", "role": "member", "first_seen_at": DUE}
    await _fill(
        database, "members", [{"id": 1, "external_id": "501", **person}, {"id": 2, "external_id": "alias:1", **person}]
    )  # fmt: skip
    chat = {"platform": "telegram", "kind": "private", "state": "served", "language": "en", "timezone": "UTC"}
    await _fill(
        database, "chats",
        [{"id": number, "external_id": name, "rituals": "[]", **chat} for number, name in ((1, "501"), (2, "alias:1"))],
    )  # fmt: skip
    arrived = {"sent_at": DUE + 15 * MINUTE}
    away = {"error": "UnreachableError"}
    await _fill(database, "deliveries", [
        _delivery(1, 2, "sent", **arrived), _delivery(2, 2, "waiting", **away), _delivery(3, 1, "waiting"),
        _delivery(4, 2, "dead", **away), _delivery(5, 1, "sent"),
    ])  # fmt: skip
    await _fill(database, "deliveries", [_delivery(6, 1, "sent", subject="delivery:2")])
    await _fill(database, "timers", [
        {"key": f"reach:{number}:then", "kind": "reach", "subject": f"delivery:{number}", "data": "{}", "due": DUE}
        for number in (2, 3)
    ])  # fmt: skip
    covered = RING.cover("501", scope_of("alias:1"))
    await _fill(database, "veils", [{"member_id": 2, "covered": covered}])
    await _fill(
        database, "letters", [{"mark": "of the first", "member_id": 2}, {"mark": "older", "member_id": 2}]
    )


async def test_letters_that_waited_look_like_those_that_came_and_still_wait(empty: Database) -> None:
    await _as_it_was(empty)
    await migrate(empty)
    await cover_plain(empty, RING)
    async with empty.read() as uow:
        kept = await uow.letters.list_after("", 10)
        found = [await uow.promises.find_by_id(number) for number in range(1, 7)]
        rows = {row.id: row for row in found if row is not None}
        timers = await uow.timers.list_due(rows[1].due_at)
        (way,) = await uow.veils.list_after(0, 5)
    fates = {letter.delivery_id: mailbag.fate_of(RING, 2, letter.covered) for letter in kept}
    assert fates == {1: "sent:", 2: "waits", 4: "lost", None: "sent:"}
    assert {letter.mark for letter in kept} > {"of the first", "older"}
    assert len({len(letter.covered) for letter in kept}) == 1
    states = {number: (row.state, row.error, row.attempts) for number, row in rows.items()}
    assert states[1] == states[2] == states[4] == (DeliveryState.SENT, "", 1)
    assert states[3][0] is DeliveryState.WAITING
    assert rows[1].sent_at == rows[2].sent_at == rows[4].sent_at
    assert rows[6].subject == ""
    assert [timer.subject for timer in timers] == ["delivery:3"]
    assert len(way.mark) == 64


async def test_without_a_key_nothing_is_covered_and_nothing_lost(empty: Database) -> None:
    await _as_it_was(empty)
    await migrate(empty)
    await cover_plain(empty, KeyRing())
    async with empty.read() as uow:
        assert len(await uow.letters.list_plain(10)) == 4
    await cover_plain(empty, KeyRing((b"another key of thirty-two bytes.",)))
    async with empty.read() as uow:
        assert len(await uow.letters.list_plain(10)) == 4
        assert len(await uow.veils.list_unmarked(5)) == 1
    await cover_plain(empty, RING)
    async with empty.read() as uow:
        assert await uow.letters.list_plain(10) == []
        assert await uow.veils.list_unmarked(5) == []
