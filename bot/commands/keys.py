"""`huixiang keys new | list | rotate`: the keys that hide people. Never prints a key that is in use."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from bot import covering
from bot.commands.database import check_database
from bot.commands.files import read_config
from bot.commands.outcome import CommandError, say
from bot.config import Config
from bot.veil import KeyRing, key_id, new_key
from storage.db import Database
from storage.errors import StorageBusyError


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
        async for ways in covering.ways(database):
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
    """Cover everything with the newest key, while the bot runs."""
    database, ring = Database(config.database_url), KeyRing(config.alias_keys)
    try:
        done, lost = await covering.cover_ways(database, ring)
        await covering.cover_letters(database, ring)
    finally:
        await database.close()
    lines = [say("cli.keys.rotated", count=done, key=ring.newest)]
    return (lines, True) if not lost else ([*lines, say("cli.keys.unreadable", count=lost)], False)
