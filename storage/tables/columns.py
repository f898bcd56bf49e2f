"""The columns that tables are made of. Every one works on SQLite and on PostgreSQL.

Moments are stored as whole microseconds since the epoch, so both databases compare them alike.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime, kept as an integer. **Units**: microseconds since 1970-01-01T00:00Z."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn a datetime into microseconds."""
        del dialect
        return None if value is None else micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn microseconds into a datetime."""
        del dialect
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def micros(at: datetime) -> int:
    """Return microseconds since the epoch, exactly."""
    return (at - _EPOCH) // _MICROSECOND


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite gives a rowid only to INTEGER PRIMARY KEY; PostgreSQL wants 64 bits.
Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Compared as bytes, which is faster and the same on every server.
Term = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def serial() -> sa.Column[int]:
    """Return the key that the database counts up."""
    return sa.Column("id", Key, primary_key=True, autoincrement=True)


def ref(name: str, to: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[int]:
    """Return a column that refers to the key of another table."""
    return sa.Column(name, Key, sa.ForeignKey(f"{to}.id"), nullable=nullable, primary_key=primary_key)


def text(name: str, default: str = "") -> sa.Column[str]:
    """Return a text that is never null."""
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def flag(name: str) -> sa.Column[bool]:
    """Return a flag that is off unless said otherwise."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    """Return a moment."""
    return sa.Column(name, Moment, nullable=nullable)
