"""The database: opens it, migrates it, and hands out one UnitOfWork a transaction. Built by `bot/app.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from storage import sqlite
from storage.announcements import Subscription
from storage.errors import StorageBusyError
from storage.outages import busy_while_away
from storage.uow import UnitOfWork

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.server import Server

_SQLITE = "sqlite:///"


class Database:
    """One database file or server. What is stored never shows in an error, so never in a log.

    On SQLite there is one writing connection and writers queue for it in the order they came, so no
    writer of this process ever waits on SQLite's own lock; readers use a read-only engine.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.subscriptions: tuple[Subscription, ...] = ()
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._turn = asyncio.Lock()
        self._file: sqlite.SqliteFile | None = None
        self._server: Server | None = None
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite.SqliteFile(str(self.path))
        else:
            from storage.server import Server

            self._server = Server(url)

    @property
    def path(self) -> Path | None:
        """Return the file of a SQLite database, None for a server."""
        return Path(self.url.removeprefix(_SQLITE)) if self.url.startswith(_SQLITE) else None

    def on_commit(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Call `listener` after each commit with the nouns written ("outbox", "timers", "feedback", …)."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """Open one writing transaction; commits at the end, rolls back on any exception.

        **Errors**: StorageBusyError when the database is locked, full or out of reach.
        """
        if self._file is not None:
            with busy_while_away():
                async with self._turn, self._file.write() as connection:
                    uow = UnitOfWork(connection, self.subscriptions)
                    yield uow
        else:
            async with self._conversation(is_reading=False) as uow:
                yield uow
        written = frozenset(uow.written)
        for listener in self._listeners:
            listener(written)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """Open one reading transaction that never queues behind the writer: all its questions see one moment."""
        if self._file is not None:
            with busy_while_away():
                async with self._file.read() as connection:
                    yield UnitOfWork(connection, self.subscriptions)
        else:
            async with self._conversation(is_reading=True) as uow:
                yield uow

    @asynccontextmanager
    async def _conversation(self, *, is_reading: bool) -> AsyncIterator[UnitOfWork]:
        """Open a transaction with the server."""
        assert self._server is not None  # noqa: S101 - callers have asked
        with busy_while_away():
            async with self._server.transaction(is_reading=is_reading) as connection:
                yield UnitOfWork(connection, self.subscriptions)

    async def connect(self) -> AsyncConnection:
        """Open a connection of its own to the server. **Errors**: StorageBusyError when it cannot be reached."""
        assert self._server is not None  # noqa: S101 - a file is locked, not connected to
        return await self._server.connect()

    async def backup(self, target: Path) -> None:
        """Write a consistent copy of a SQLite database while it is in use."""
        if self.path is None:
            raise StorageBusyError("backup a PostgreSQL database with pg_dump")
        await asyncio.to_thread(sqlite.copy, str(self.path), str(target))

    async def close(self) -> None:
        """Close every connection."""
        if self._file is not None:
            self._file.close()
        if self._server is not None:
            await self._server.close()
