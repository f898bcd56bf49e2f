"""Understanding: the words, the meaning and the classes of texts, each loaded late. Built and run by `bot/app.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.background import keep
from bot.late_meaning import LateMeaning
from bot.late_triage import LateTriage
from bot.late_words import LateWords
from bot.logs import get_logger
from handlers.base import Settings
from storage.db import Database

if TYPE_CHECKING:
    from bot.indexing import Indexer

_log = get_logger(__name__)
_LEARNED_SECONDS = 30.0  # how often is looked whether `huixiang retrain` taught something


class Understanding:
    """What both engines know; the lexical one is always there, the semantic one where its extra is installed."""

    def __init__(self, data_dir: Path) -> None:
        """Keep the dictionary's cache, and look for learned models, in the data folder."""
        self.triage = LateTriage(data_dir)
        self.words = LateWords(data_dir / "cache")
        self.meaning = LateMeaning(data_dir)

    async def run(
        self, database: Database, settings: Settings, now: Callable[[], datetime], *, settled_seconds: float
    ) -> None:
        """Keep both indexes once the start has settled, and take up what is taught; until cancelled."""
        await asyncio.sleep(settled_seconds)
        from bot.indexing import Indexer
        from bot.meanings import MeaningIndexer

        words = Indexer(database, self.words, settings.tags)
        meanings = MeaningIndexer(
            database, self.meaning, self.triage, settings.tags, settings.service, now=now
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep(partial(self._index_words, words), "index words"))
            tasks.create_task(keep(meanings.run, "index meanings"))
            tasks.create_task(keep(self._take_up, "learned"))

    async def _index_words(self, indexer: Indexer) -> None:
        try:
            await asyncio.to_thread(self.words.load)
        except OSError as error:
            _log.warning("words_missing", why=str(error))
            return
        await indexer.run()

    async def _take_up(self) -> None:
        """Guess by what `huixiang retrain` taught, without a restart."""
        while True:
            await asyncio.sleep(_LEARNED_SECONDS)
            await asyncio.to_thread(self.refresh)

    def refresh(self) -> None:
        """Read learned models again that are newer than those in use; for a thread."""
        self.triage.refresh()
        self.meaning.refresh()
