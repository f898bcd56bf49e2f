"""`huixiang export`: voices, topics or insights as a file, for staff.

It holds what members wrote, so the file is readable by its owner only.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.commands.database import check_database
from bot.commands.files import check_new, read_config
from bot.commands.outcome import WRONG_INPUT, CommandError, say
from bot.config import Config
from bot.exports import FORMS, write
from storage.db import Database
from storage.errors import StorageBusyError


def export(path: Path, target: Path, what: str = "feedback") -> int:
    """Write an export to a new file, in the form its ending names."""
    if target.suffix.lower().removeprefix(".") not in FORMS:
        raise CommandError(say("cli.export.ending", file=str(target)), WRONG_INPUT)
    config = read_config(path)
    check_new(target)
    check_database(config)
    try:
        count = asyncio.run(_write(config, target, what))
    except (StorageBusyError, OSError) as error:
        raise CommandError(say("cli.unreachable", detail=str(error))) from None
    text_id = "cli.export.done" if what == "feedback" else "cli.export.rows"
    print(say(text_id, count=count, file=str(target)))  # noqa: T201 - the answer
    return 0


async def _write(config: Config, target: Path, what: str) -> int:
    database = Database(config.database_url)
    try:
        return await write(database, target, what)
    finally:
        await database.close()
