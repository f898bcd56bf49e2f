"""Parts that serve in the background: nobody waits for their end, so one that fails says so and begins again.

Used by `bot/app.py`, whose start waits for the database here, and by what works off rows that others write: the
indexers, the assistant, the menus.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from bot.logs import get_logger
from storage.db import Database
from storage.errors import StorageBusyError

AGAIN_SECONDS = 60.0

HEARTBEAT_SECONDS = 60.0
"""How often is looked without being woken: another process may have written."""

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 10.0
_T = TypeVar("_T")
_log = get_logger(__name__)


async def patiently(work: Callable[[], Awaitable[_T]]) -> _T:
    """Do what must be done before anything else, waiting for a database that is away."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            return await work()
        except StorageBusyError as error:
            _log.warning("storage_busy", why=str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


async def keep(
    begin: Callable[[], Coroutine[Any, Any, None]], name: str, *, again_seconds: float = AGAIN_SECONDS
) -> None:
    """Run a part until it ends by itself or is cancelled; a failure is logged, and a while later it begins again."""
    while True:
        part = asyncio.create_task(begin(), name=name)
        try:
            await asyncio.wait({part})
        finally:
            part.cancel()
            await asyncio.wait({part})
        error = None if part.cancelled() else part.exception()
        if error is None:
            return
        _log.error("background_failed", part=name, exc_info=error)
        await asyncio.sleep(again_seconds)


class Rounds:
    """Works off what is written: after each commit that touches a noun, and once a heartbeat."""

    def __init__(self, database: Database, noun: str, *, gather_seconds: float = 0.0) -> None:
        """Wait `gather_seconds` after a commit, so that a burst of them is worked off at once."""
        self._noun = noun
        self._gather_seconds = gather_seconds
        self._woken = asyncio.Event()
        database.on_commit(self._notice)

    async def run(self, catch_up: Callable[[], Awaitable[object]], name: str) -> None:
        """Catch up round by round until cancelled; a database that is away is waited for."""
        while True:
            self._woken.clear()
            try:
                await catch_up()
            except StorageBusyError as error:
                _log.warning("background_waits", part=name, why=str(error))
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(self._gather_seconds)

    def _notice(self, written: frozenset[str]) -> None:
        if self._noun in written:
            self._woken.set()
