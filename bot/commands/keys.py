"""`huixiang keys new | list | rotate`: the keys that hide people. Never prints a key that is in use."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from bot.commands.database import check_database
from bot.commands.files import read_config
from bot.commands.outcome import CommandError, say
from bot.config import Config
from bot.veil import KeyRing, key_id, new_key
from handlers.hidden import scope_of
from storage.db import Database
from storage.errors import StorageBusyError
from storage.veils import Way

_AT_ONCE = 500


def keys(path: Path, verb: str) -> int:
    """Make a key, list what each covers, or cover everything with the newest. **Errors**: CommandError."""
    if verb == "new":
        print(new_key())  # noqa: T201 - it is what the command is for
        return 0
    config = read_config(path)
    check_database(config)
    if not config.alias_keys:
        raise CommandError(say("cli.keys.none"))
    try:
        lines, is_well = asyncio.run(_rotate(config) if verb == "rotate" else _list(config))
    except StorageBusyError as error:
        raise CommandError(say("cli.unreachable", detail=str(error))) from None
    print("\n".join(lines))  # noqa: T201 - it is what the command is for
    return 0 if is_well else 1


async def _list(config: Config) -> tuple[list[str], bool]:
    """Count what each key covers; what no key covers can never be read again."""
    database = Database(config.database_url)
    covered = Counter[str]()
    try:
        async for ways in _ways(database):
            covered.update(way.covered.partition(".")[0] for way in ways)
    finally:
        await database.close()
    known = [key_id(key) for key in config.alias_keys]
    lines = [say("cli.keys.line", key=key, count=covered.pop(key, 0)) for key in known]
    return [
        *lines,
        *(say("cli.keys.lost", key=key, count=count) for key, count in covered.items()),
    ], not covered


async def _rotate(config: Config) -> tuple[list[str], bool]:
    """Cover every way back with the newest key, some hundred in a transaction, while the bot runs."""
    database, ring = Database(config.database_url), KeyRing(config.alias_keys)
    done = lost = 0
    try:
        async for ways in _ways(database):
            async with database.begin() as uow:
                for way in ways:
                    if way.covered.startswith(f"{ring.newest}."):
                        continue
                    found = ring.uncover(way.covered, scope_of(way.external_id))
                    if found is None:
                        lost += 1
                        continue
                    fresh = ring.cover(found, scope_of(way.external_id))
                    done += await uow.veils.replace(way, fresh)
    finally:
        await database.close()
    lines = [say("cli.keys.rotated", count=done, key=ring.newest)]
    return (lines, True) if not lost else ([*lines, say("cli.keys.unreadable", count=lost)], False)


async def _ways(database: Database) -> AsyncIterator[list[Way]]:
    """Yield all ways back, some hundred at a time."""
    after = 0
    while True:
        async with database.read() as uow:
            ways = await uow.veils.list_after(after, _AT_ONCE)
        if not ways:
            return
        yield ways
        after = ways[-1].member_id
