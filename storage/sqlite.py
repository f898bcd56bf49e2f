"""How SQLite is driven: statements run in place, only waiting for a lock or the disk leaves the loop.

A statement on a local file takes microseconds; handing each one to a thread costs many times that
(measured: 300–400 µs through a thread, 55 in place under SQLAlchemy's asyncio layer, 25 without it). COMMIT,
which waits for the disk, runs in a thread, and so does BEGIN IMMEDIATE when another process holds the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import sqlalchemy as sa

from storage.aside import Aside

if TYPE_CHECKING:
    from storage.asks import Step
    from storage.prepared import Prepared, Row

_T = TypeVar("_T")

WAIT_FOR_LOCK_SECONDS = 5.0
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# Source: sqlite.org/pragma.html — WAL with FULL syncs the log at each commit, so a power cut loses nothing.
_WRITER = (
    "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA busy_timeout=0",
    "PRAGMA secure_delete=ON",  # what was deleted or replaced is overwritten in the file, wherever SQLite was built
)  # fmt: skip
_READER = ("PRAGMA query_only=ON",)
_MOST_IDLE = 4
_MOST_COMPILED = 1_000  # statements; there are some 700
_wanted: ContextVar[tuple[str, tuple[str, ...]]] = ContextVar("wanted")  # which file is opened, and how


class InPlaceConnection:
    """What repositories use of SQLAlchemy's AsyncConnection, over a connection whose statements run in place."""

    def __init__(self, path: str, pragmas: tuple[str, ...], aside: Aside) -> None:
        """What waits is done `aside`. **Errors**: sqlite3.Error or SQLAlchemyError when the file cannot be opened."""
        _wanted.set((path, pragmas))
        self._connection = _engine().connect()
        self.driver = cast("sqlite3.Connection", self._connection.connection.dbapi_connection)
        self._aside = aside
        self._depth = 0

    @property
    def dialect(self) -> sa.Dialect:
        """Return the dialect, as every connection does."""
        return self._connection.dialect

    async def execute(self, statement: Any, parameters: Any = None) -> sa.CursorResult[*tuple[Any, ...]]:
        """Run a statement."""
        return self._connection.execute(statement, parameters)

    async def scalar(self, statement: Any, parameters: Any = None) -> Any:
        """Run a statement and return the first column of its first row."""
        return self._connection.scalar(statement, parameters)

    async def exec_driver_sql(self, statement: str) -> sa.CursorResult[*tuple[Any, ...]]:
        """Run SQL as it is written."""
        return self._connection.exec_driver_sql(statement)

    async def run_sync(self, work: Callable[[sa.Connection], _T]) -> _T:
        """Let something use the connection itself."""
        return work(self._connection)

    async def fetch(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the rows of a prepared statement."""
        return prepared.compiled.fetch(self.driver, parameters)

    async def apply(self, prepared: Prepared, parameters: Mapping[str, Any]) -> int:
        """Run a prepared statement and return how many rows it touched."""
        return prepared.compiled.run(self.driver, parameters)

    async def fetch_together(self, steps: Sequence[Step]) -> list[Sequence[Row]]:
        """Return the rows of each of several prepared statements."""
        return [step.prepared.compiled.fetch(self.driver, step.parameters) for step in steps]

    async def apply_later(self, step: Step) -> None:
        """Run a prepared statement, now: to wait would gain nothing here."""
        step.prepared.compiled.run(self.driver, step.parameters)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write in one transaction: waits for another process that holds the file, and for the disk at the end."""
        try:
            await self._begin()
            with self._connection.begin():  # SQLAlchemy's own book-keeping: BEGIN is ours, and so is COMMIT
                yield
                await self._aside.do(self.driver.commit)
        finally:
            if self.driver.in_transaction:
                self.driver.rollback()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Read what was there at the first question, whatever is written meanwhile."""
        with self._connection.begin():
            self.driver.execute("BEGIN")
            try:
                yield
            finally:
                if self.driver.in_transaction:
                    self.driver.rollback()

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        """Undo only what happens inside when it raises."""
        name = f"inner_{self._depth}"
        self._depth += 1
        try:
            self.driver.execute(f"SAVEPOINT {name}")
            try:
                yield
            except BaseException:
                if self.driver.in_transaction:  # a full disk has undone it all, and says so itself
                    self.driver.execute(f"ROLLBACK TO {name}")
                raise
            finally:
                if self.driver.in_transaction:
                    self.driver.execute(f"RELEASE {name}")
        finally:
            self._depth -= 1

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    async def _begin(self) -> None:
        try:
            self.driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _BUSY:
                raise
            await self._aside.do(self._wait_and_begin)

    def _wait_and_begin(self) -> None:
        self.driver.execute(f"PRAGMA busy_timeout = {round(WAIT_FOR_LOCK_SECONDS * 1000)}")
        try:
            self.driver.execute("BEGIN IMMEDIATE")
        finally:
            self.driver.execute("PRAGMA busy_timeout = 0").close()


class SqliteFile:
    """One writing connection, and as many reading ones as are in use at a time."""

    def __init__(self, path: str) -> None:
        self._aside = Aside()
        self._path = path
        self._writer: InPlaceConnection | None = None
        self._idle: list[InPlaceConnection] = []

    @asynccontextmanager
    async def write(self) -> AsyncIterator[InPlaceConnection]:
        """Open the one writing transaction; callers take turns."""
        if self._writer is None:
            self._writer = InPlaceConnection(self._path, _WRITER, self._aside)
        async with self._writer.writing():
            yield self._writer

    @asynccontextmanager
    async def read(self) -> AsyncIterator[InPlaceConnection]:
        """Open a reading transaction, on a connection of its own."""
        connection = self._idle.pop() if self._idle else InPlaceConnection(self._path, _READER, self._aside)
        try:
            async with connection.reading():
                yield connection
        finally:
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close every connection that is not in use."""
        idle, self._idle = self._idle, []
        for connection in idle if self._writer is None else [*idle, self._writer]:
            connection.close()
        self._writer = None
        self._aside.close()


@cache
def _engine() -> sa.Engine:
    """Return SQLAlchemy's side of every file: what it has compiled serves whoever reads and whoever writes."""
    return sa.create_engine(
        "sqlite://", creator=_open, poolclass=sa.pool.NullPool, hide_parameters=True,
        query_cache_size=_MOST_COMPILED,
    )  # fmt: skip


def _open() -> sqlite3.Connection:
    path, pragmas = _wanted.get()
    connection = sqlite3.connect(
        path, timeout=WAIT_FOR_LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )
    for pragma in pragmas:
        connection.execute(pragma).close()
    return connection


def copy(source: str, target: str) -> None:
    """Copy a database that is in use, consistently (sqlite3's online backup)."""
    with sqlite3.connect(source) as here, sqlite3.connect(target) as there:
        here.backup(there)
    here.close()
    there.close()
