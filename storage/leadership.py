"""Which process leads: the one that polls, sends and keeps the rates. Released by the system when it dies.

On SQLite a locked file beside the database; on PostgreSQL an advisory lock on a connection of its own.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from types import TracebackType
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from storage.db import Database
from storage.outages import busy_while_away

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = 7_204_002  # any constant: the advisory lock of the process that leads


class Leadership:
    """At most one process of a database holds it; held until released, or until the process ends."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: int | None = None
        self._connection: AsyncConnection | None = None
        self._turn = asyncio.Lock()  # a session answers one question at a time

    async def try_take(self) -> bool:
        """Take the lead if nobody has it. **Errors**: StorageBusyError when the server is away."""
        if self._database.path is not None:
            return self._lock_file(f"{self._database.path}.lock")
        connection = await self._database.connect()
        try:
            with busy_while_away():
                taken = bool(
                    (
                        await connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK})
                    ).scalar()
                )
                await connection.commit()
        except BaseException:
            await connection.close()
            raise
        if taken:
            self._connection = connection
        else:
            await connection.close()
        return taken

    async def is_ours(self) -> bool:
        """Tell whether we still lead: a server that went away took the lock with it."""
        async with self._turn:
            if self._connection is None:
                return self._file is not None
            try:
                await self._connection.execute(sa.text("SELECT 1"))
                await self._connection.commit()
            except (sa.exc.SQLAlchemyError, OSError):
                await self._hang_up()
                return False
            return True

    async def release(self) -> None:
        """Let another process lead."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        async with self._turn:
            await self._hang_up()

    async def _hang_up(self) -> None:
        """Close the session that holds the lock for good: only that releases it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()

    def _lock_file(self, path: str) -> bool:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.release()
