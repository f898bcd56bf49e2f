"""`huixiang retrain`: teach the classifier what people chose where it guessed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.commands.database import check_database
from bot.commands.files import read_config
from bot.commands.outcome import CommandError, say
from bot.config import Config
from bot.late_triage import learned_path, list_learned
from handlers.tags import without_tags
from storage.db import Database
from storage.errors import StorageBusyError
from storage.records import FeedbackClass


def retrain(path: Path) -> int:
    """Learn every correction anew, going on from the shipped model, and keep the result in the data folder."""
    from storage.text.triage import Triage

    config = read_config(path)
    check_database(config)
    try:
        rows = asyncio.run(_corrections(config))
        if not rows:
            print(say("cli.retrain.nothing"))  # noqa: T201 - the answer
            return 0
        tags = config.for_handlers.tags
        learned = Triage.load().learn((without_tags(text, tags), kind) for text, kind in rows)
        folder = config.community.data_dir
        folder.mkdir(parents=True, exist_ok=True)
        target = learned_path(folder)
        learned.save(target)
        for old in list_learned(folder):
            if old != target:
                old.unlink()
    except (StorageBusyError, OSError) as error:
        raise CommandError(say("cli.unreachable", detail=str(error))) from None
    print(say("cli.retrain.done", count=len(rows), file=str(target)))  # noqa: T201 - the answer
    return 0


async def _corrections(config: Config) -> list[tuple[str, FeedbackClass]]:
    database = Database(config.database_url)
    try:
        async with database.read() as uow:
            return await uow.corrections.list_chosen()
    finally:
        await database.close()
