"""Indexer: brings the index of likeness up to date in the background, so that no capture waits. Run by `bot/app.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from bot.background import Rounds
from handlers.tags import without_tags
from storage.db import Database

BATCH = 25
"""How many texts are indexed in one transaction: some 10 ms in which nobody else writes."""

GATHER_SECONDS = 5.0
"""How long is waited after a capture, so that a burst is over first, and indexed in few transactions."""


class Cutter(Protocol):
    """What is used of the words of texts."""

    @property
    def name(self) -> str:
        """Name whose words these are."""

    def tokens(self, text: str) -> list[str]:
        """Return the words of a text in order."""


class Indexer:
    """Indexes feedback that was captured or edited since, and all of it after a change of the tokenizer."""

    def __init__(
        self,
        database: Database,
        words: Cutter,
        tags: Mapping[str, str],
        *,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        """`words` are loaded already; `tags` are left out of what is indexed."""
        self._database = database
        self._words = words
        self._tags = tags
        self._is_named = False
        self._rounds = Rounds(database, "feedback", gather_seconds=gather_seconds)

    async def run(self) -> None:
        """Index until cancelled."""
        await self._rounds.run(self.catch_up, "index words")

    async def catch_up(self) -> int:
        """Index everything that is pending; return how much it was. **Errors**: StorageBusyError."""
        if not self._is_named:
            async with self._database.begin() as uow:
                await uow.likeness.name_tokenizer(self._words.name)
            self._is_named = True
        loop = asyncio.get_running_loop()
        total = 0
        while True:
            began = loop.time()
            done = await self._index_some()
            if not done:
                return total
            total += done
            await asyncio.sleep(loop.time() - began if done == BATCH else 0)  # half the time is others'

    async def _index_some(self) -> int:
        async with self._database.read() as uow:
            pending = await uow.likeness.list_pending(BATCH)
        if not pending:
            return 0
        words = await asyncio.to_thread(self._cut, pending)
        async with self._database.begin() as uow:
            await uow.likeness.put_all(words)
        return len(pending)

    def _cut(self, pending: list[tuple[int, str]]) -> dict[int, list[str]]:
        return {number: self._words.tokens(without_tags(text, self._tags)) for number, text in pending}
