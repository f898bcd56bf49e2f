"""`huixiang db` and `huixiang backup`: where the database stands, and a copy of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.commands.files import check_new, read_config
from bot.commands.outcome import CommandError, say
from bot.config import Config
from storage.db import Database
from storage.errors import NewerDatabaseError, StorageBusyError
from storage.migrations import HEAD, migrate, revision

_SQLITE = "sqlite:///"


def show(path: Path, *, upgrade: bool) -> int:
    """Print the revision of the database; with `upgrade` bring it up to date first."""
    print(asyncio.run(_show(read_config(path), upgrade=upgrade)))  # noqa: T201 - it is what the command is for
    return 0


async def _show(config: Config, *, upgrade: bool) -> str:
    if not upgrade:
        check_database(config)
    database = Database(config.database_url)
    try:
        if upgrade:
            await migrate(database)
        found = await revision(database)
    except NewerDatabaseError as error:
        raise CommandError(say("cli.newer", detail=str(error))) from None
    except StorageBusyError as error:
        raise CommandError(say("cli.unreachable", detail=str(error))) from None
    finally:
        await database.close()
    if found == HEAD:
        return say("cli.db.current", revision=found)
    return say("cli.db.old", revision=found or "—", head=HEAD)


def backup(path: Path, target: Path) -> int:
    """Copy the database while the bot runs. **Errors**: CommandError."""
    config = read_config(path)
    check_new(target)
    check_database(config)
    if not config.database_url.startswith(_SQLITE):
        raise CommandError(say("cli.backup.postgres"))
    target.touch(mode=0o600)  # it holds what members wrote
    try:
        asyncio.run(_copy(config, target))
    except (StorageBusyError, OSError) as error:
        target.unlink(missing_ok=True)
        raise CommandError(say("cli.unreachable", detail=str(error))) from None
    size = target.stat().st_size
    print(say("cli.backup.done", file=str(target), kilobytes=-(-size // 1024)))  # noqa: T201 - the answer
    return 0


async def _copy(config: Config, target: Path) -> None:
    database = Database(config.database_url)
    try:
        await database.backup(target)
    finally:
        await database.close()


def check_database(config: Config) -> None:
    """Refuse to make an empty database of a file that is not there. **Errors**: CommandError."""
    file = Path(config.database_url.removeprefix(_SQLITE))
    if config.database_url.startswith(_SQLITE) and not file.exists():
        raise CommandError(say("cli.no_database", file=str(file)))
