"""The whole storage suite runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from storage import tables
from storage.db import Database
from storage.migrations import HEAD, migrate
from tests.postgres import database_url, postgres_server

_names = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give a PostgreSQL server for the session."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """Give the name of a database that has just been migrated, to be copied."""
    name = f"huixiang_template_{os.getpid()}"  # two workers may share a server

    async def make() -> None:
        admin = await asyncpg.connect(postgres)
        await admin.execute(f"CREATE DATABASE {name}")
        await admin.close()
        database = Database(database_url(postgres, name))
        await migrate(database)
        await database.close()

    with ThreadPoolExecutor(1) as apart:  # the test that asks first has a loop running already
        apart.submit(lambda: asyncio.run(make())).result()
    return name


@pytest.fixture(scope="session")
def postgres_shared(postgres: str, postgres_template: str) -> Iterator[str]:
    """Give the URL of a database that has just been migrated: tests have it one after the other, each emptied."""
    name = f"huixiang_shared_{os.getpid()}"

    async def tell(words: str) -> None:
        admin = await asyncpg.connect(postgres)
        await admin.execute(words)
        await admin.close()

    with ThreadPoolExecutor(1) as apart:
        apart.submit(
            lambda: asyncio.run(tell(f"CREATE DATABASE {name} TEMPLATE {postgres_template}"))
        ).result()
        yield database_url(postgres, name)
        apart.submit(lambda: asyncio.run(tell(f"DROP DATABASE {name} WITH (FORCE)"))).result()


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Give an empty database of either kind."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/huixiang.db")
        yield database
        await database.close()
    else:
        async with _created(request.getfixturevalue("postgres"), "template0") as database:
            yield database


@pytest.fixture(params=BOTH)
async def database(request: pytest.FixtureRequest, tmp_path: Path, template: Path) -> AsyncIterator[Database]:
    """Give a migrated database of either kind."""
    if request.param == "sqlite":
        shutil.copy(template, tmp_path / "huixiang.db")
        database = Database(f"sqlite:///{tmp_path}/huixiang.db")
        yield database
        await database.close()
    else:
        database = await emptied(request.getfixturevalue("postgres_shared"))
        yield database
        await database.close()


async def emptied(url: str) -> Database:
    """Open a database in which nothing is left of the test before; one of its own would take half a second."""
    admin = await asyncpg.connect(url)
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    await admin.execute(f"SELECT pg_terminate_backend(pid) {others}")
    names = [table.name for table in reversed(tables.metadata.sorted_tables)]
    await admin.execute("; ".join(f"DELETE FROM {name}" for name in names))
    await admin.execute("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
    await admin.execute(f"UPDATE alembic_version SET version_num = '{HEAD}'")
    await admin.close()
    return Database(url)


@asynccontextmanager
async def _created(server: str, template: str) -> AsyncIterator[Database]:
    """Create a database on the server for one test."""
    name = f"huixiang_{os.getpid()}_{next(_names)}"
    admin = await asyncpg.connect(server)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    database = Database(database_url(server, name))
    try:
        yield database
    finally:
        await database.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()
