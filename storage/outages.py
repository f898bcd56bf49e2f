"""Tells a database that is locked, full or gone for the moment from a mistake of ours. Used by db and uow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from storage.errors import StorageBusyError

_SQLITE_OUTAGES = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB,
    }
)  # fmt: skip
# Source: PostgreSQL's manual, appendix A: connection, rollback, resources, operator, system; read-only.
_POSTGRES_OUTAGES = ("08", "25006", "40", "53", "57", "58")


def is_outage(error: BaseException) -> bool:
    """Tell whether the same work may succeed later: nothing is wrong with what was asked."""
    if isinstance(error, (sa.exc.TimeoutError, ConnectionError)):
        return True
    if isinstance(error, sa.exc.DBAPIError):
        if error.connection_invalidated or isinstance(error, sa.exc.InterfaceError):
            return True
        return _is_outage_of(error.orig)
    return _is_outage_of(error)


@contextmanager
def busy_while_away() -> Iterator[None]:
    """Let an outage be one error. **Errors**: StorageBusyError."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, sqlite3.Error, ConnectionError) as error:
        if not any(map(is_outage, _chain(error))):
            raise
        raise StorageBusyError(str(getattr(error, "orig", error))) from error


def _chain(error: BaseException | None) -> Iterator[Exception]:
    """Yield an error and what came before it: undoing what an outage broke off may fail for a reason of its own."""
    while error is not None:
        if isinstance(error, Exception):
            yield error
        error = error.__context__


def _is_outage_of(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_OUTAGES  # the low byte is what failed, the rest says how
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_POSTGRES_OUTAGES)
    return isinstance(error, sqlite3.OperationalError)
