"""The whole storage suite runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from storage.db import Database
from storage.migrations import migrate
from tests.postgres import database_url, postgres_server

_names = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give a PostgreSQL server for the session."""
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Give an empty database of either kind."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/huixiang.db")
        yield database
        await database.close()
        return
    server = request.getfixturevalue("postgres")
    name = f"huixiang_{next(_names)}"
    admin = await asyncpg.connect(server)
    await admin.execute(f"CREATE DATABASE {name}")
    database = Database(database_url(server, name))
    try:
        yield database
    finally:
        await database.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@pytest.fixture
async def database(empty: Database) -> Database:
    """Give a migrated database of either kind."""
    await migrate(empty)
    return empty
