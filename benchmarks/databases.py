"""A new, migrated database of either kind, in files or on a server of its own. Used by the benches of storage."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import asyncpg

from storage.db import Database
from storage.migrations import migrate
from tests.postgres import database_url, postgres_server

_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@asynccontextmanager
async def sqlite() -> AsyncIterator[Database]:
    """Open a file that is gone afterwards; in memory where that is a folder: the disk is not what is measured."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        database = Database(f"sqlite:///{Path(folder).as_posix()}/huixiang.db")
        await migrate(database)
        yield database
        await database.close()


@asynccontextmanager
async def postgres() -> AsyncIterator[Database]:
    """Open a database on a server that is stopped afterwards."""
    with postgres_server() as server:
        admin = await asyncpg.connect(server)
        await admin.execute("CREATE DATABASE bench")
        await admin.close()
        database = Database(database_url(server, "bench"))
        await migrate(database)
        yield database
        await database.close()


DATABASES: Mapping[str, Callable[[], AbstractAsyncContextManager[Database]]] = {
    "sqlite": sqlite,
    "postgres": postgres,
}
