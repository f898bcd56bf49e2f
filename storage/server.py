"""One PostgreSQL server: connections to it, some of which stay open between transactions. Opened by `storage/db.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.errors import StorageBusyError
from storage.outages import is_outage
from storage.postgres import ServerConnection

_MOST_IDLE = 8
_SETTINGS = {  # to get ready what is meant for long questions takes longer than ours do
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}


class Server:
    """The connections to one server; some stay open between transactions."""

    def __init__(self, url: str) -> None:
        # What SQLAlchemy takes for committing each statement at once leaves transactions to us.
        self._engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1), isolation_level="AUTOCOMMIT", pool_size=8,
            pool_pre_ping=True, hide_parameters=True, connect_args={"server_settings": _SETTINGS},
        )  # fmt: skip
        self._idle: list[ServerConnection] = []

    async def connect(self) -> AsyncConnection:
        """Open a connection of its own. **Errors**: StorageBusyError when the server cannot be reached."""
        try:
            return await self._engine.connect()
        except OSError as error:  # no such socket, no such host, no answer
            raise StorageBusyError(str(error) or type(error).__name__) from error
        except Exception as error:
            if not is_outage(error):
                raise
            raise StorageBusyError(str(getattr(error, "orig", error))) from error

    @asynccontextmanager
    async def transaction(self, *, is_reading: bool = False) -> AsyncIterator[ServerConnection]:
        """Open a transaction on a connection that nobody else uses meanwhile."""
        connection = await self._take()
        try:
            async with connection.transaction(is_reading=is_reading):
                yield connection
        except BaseException:
            await connection.close()  # the engine looks at it before it is lent again
            raise
        if connection.is_usable and len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            await connection.close()

    async def _take(self) -> ServerConnection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable:
                return connection
            await connection.close()
        opened = await self.connect()
        raw = await opened.get_raw_connection()
        return ServerConnection(opened, raw.driver_connection)

    async def close(self) -> None:
        """Close every connection that is not in use."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()
        await self._engine.dispose()
