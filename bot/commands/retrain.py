"""`huixiang retrain`: teach the classifier what people chose where it guessed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.commands.database import check_database
from bot.commands.files import read_config
from bot.commands.outcome import CommandError, say
from bot.config import Config
from bot.late_meaning import SEMANTIC
from bot.late_triage import KIND
from bot.learned import Learned
from handlers.tags import without_tags
from storage.db import Database
from storage.errors import StorageBusyError
from storage.records import FeedbackClass


def retrain(path: Path) -> int:
    """Learn every correction anew, going on from the shipped models, and keep the results in the data folder.

    The running bot takes them up by itself. Both engines learn; the semantic one where its extra is installed.
    """
    from storage.text.triage import SHIPPED, Triage

    config = read_config(path)
    check_database(config)
    try:
        rows = asyncio.run(_corrections(config))
        if not rows:
            print(say("cli.retrain.nothing"))  # noqa: T201 - the answer
            return 0
        tags = config.for_handlers.tags
        known = [(without_tags(text, tags), kind) for text, kind in rows]
        folder = config.community.data_dir
        target = Learned(folder, KIND).keep(SHIPPED, Triage.load().learn(known).save)
        _learn_meaning(folder, known)
    except (StorageBusyError, OSError) as error:
        raise CommandError(say("cli.unreachable", detail=str(error))) from None
    print(say("cli.retrain.done", count=len(rows), file=str(target)))  # noqa: T201 - the answer
    return 0


def _learn_meaning(folder: Path, known: list[tuple[str, FeedbackClass]]) -> None:
    """Teach the semantic engine too, if it is here."""
    from storage.text.meaning import Meaning, MeaningMissingError, is_installed
    from storage.text.semantic import SHIPPED, SemanticTriage

    if not is_installed():
        return
    shipped = SemanticTriage.load()
    meaning = Meaning()
    if shipped.model != meaning.name:
        return
    try:
        vectors = meaning.vectors([text for text, _ in known])
    except MeaningMissingError:
        return
    rows = [(text, vector, kind) for (text, kind), vector in zip(known, vectors, strict=True)]
    Learned(folder, SEMANTIC).keep(SHIPPED, shipped.learn(rows).save)


async def _corrections(config: Config) -> list[tuple[str, FeedbackClass]]:
    database = Database(config.database_url)
    try:
        async with database.read() as uow:
            return await uow.corrections.list_chosen()
    finally:
        await database.close()
