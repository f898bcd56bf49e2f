"""Statements of the busiest paths: built and compiled once, then given to the database's driver as they are.

SQLAlchemy prepares each execution anew: 25 µs of which SQLite's own work is 5, and 200 µs on PostgreSQL, whose own
work with the way there and back is 100. What every message or capture runs goes past that; whatever else is
executed by SQLAlchemy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

_Convert: TypeAlias = Callable[[Any], Any]


class Row(Protocol):
    """One row, whoever fetched it."""

    def __getitem__(self, name: str, /) -> Any:
        """Return a column."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """SQL with named parameters, what is always given to it, and how values are turned on the way in and out."""

    sql: str
    constants: dict[str, Any]
    ways_in: tuple[tuple[str, _Convert], ...]
    names: tuple[str, ...]
    ways_out: tuple[tuple[int, _Convert], ...]

    def fetch(self, driver: sqlite3.Connection, parameters: Mapping[str, Any]) -> list[Row]:
        """Run it and return its rows."""
        found = driver.execute(self.sql, self._bound(parameters)).fetchall()
        if not self.ways_out:
            return [dict(zip(self.names, row, strict=True)) for row in found]
        rows: list[Row] = []
        for row in found:
            values = list(row)
            for place, convert in self.ways_out:
                values[place] = convert(values[place])
            rows.append(dict(zip(self.names, values, strict=True)))
        return rows

    def run(self, driver: sqlite3.Connection, parameters: Mapping[str, Any]) -> int:
        """Run it and return how many rows it touched."""
        return driver.execute(self.sql, self._bound(parameters)).rowcount

    def _bound(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        bound = {**self.constants, **parameters}
        for name, convert in self.ways_in:
            bound[name] = convert(bound[name])
        return bound


@dataclass(frozen=True, slots=True)
class _Told:
    """SQL as PostgreSQL's driver takes it: its parameters by place, with what is always given."""

    sql: str
    places: tuple[tuple[str, Any, _Convert | None], ...]
    names: tuple[str, ...]
    ways_out: tuple[tuple[str, _Convert], ...]

    def bound(self, parameters: Mapping[str, Any]) -> list[Any]:
        """Return what stands in each place."""
        bound = []
        for name, constant, convert in self.places:
            value = parameters.get(name, constant)
            bound.append(value if convert is None else convert(value))
        return bound

    def rows(self, found: Iterable[Any]) -> list[Row]:
        """Return rows as their columns' types have them."""
        if not self.ways_out:
            return list(found)
        rows: list[Row] = []
        for record in found:
            row = dict(record)
            for name, convert in self.ways_out:
                row[name] = convert(row[name])
            rows.append(row)
        return rows


class Prepared:
    """One statement in both dialects.

    **Shape**: `keys` are the parameters of an INSERT that takes its columns from them; `returned` are the columns
    of its rows, in order. No parameter may be a list. `is_repeatable` says that its answer is the same when it was
    undone and is run again: so no id that the database chose is in there.
    """

    def __init__(
        self, build: Callable[[bool], Any], *, keys: Sequence[str] = (), returned: Sequence[Any] = (),
        is_repeatable: bool = False,
    ) -> None:  # fmt: skip
        """`build` makes the statement, told whether for PostgreSQL; called once a dialect, on first use."""
        self.is_repeatable = is_repeatable
        self._build = build
        self._keys = list(keys) or None
        self._returned = tuple(returned)
        self._statements: dict[bool, Any] = {}
        self._compiled: _Compiled | None = None
        self._told: _Told | None = None

    def statement(self, *, is_postgres: bool) -> Any:
        """Return the statement for SQLAlchemy."""
        found = self._statements.get(is_postgres)
        if found is None:
            found = self._statements[is_postgres] = self._build(is_postgres)
        return found

    @property
    def compiled(self) -> _Compiled:
        """Return it as SQLite's driver takes it."""
        if self._compiled is None:
            self._compiled = self._compile()
        return self._compiled

    def told_to_postgres(self, dialect: sa.Dialect) -> _Told:
        """Return it as PostgreSQL's driver takes it."""
        if self._told is None:
            self._told = self._tell(dialect)
        return self._told

    def _compile(self) -> _Compiled:
        dialect = sqlite.dialect(paramstyle="named")
        compiled = self.statement(is_postgres=False).compile(dialect=dialect, column_keys=self._keys)
        ways_in = _ways_in(compiled, dialect)
        ways_out = _ways_out(self._returned, dialect)
        return _Compiled(
            str(compiled),
            {name: value for name, value in compiled.params.items() if value is not None},
            tuple(ways_in.items()), tuple(column.name for column in self._returned),
            tuple((place, ways_out[c.name]) for place, c in enumerate(self._returned) if c.name in ways_out),
        )  # fmt: skip

    def _tell(self, dialect: sa.Dialect) -> _Told:
        compiled = self.statement(is_postgres=True).compile(dialect=dialect, column_keys=self._keys)
        ways_in = _ways_in(compiled, dialect)
        return _Told(
            str(compiled),
            tuple((name, compiled.params[name], ways_in.get(name)) for name in compiled.positiontup),
            tuple(column.name for column in self._returned),
            tuple(_ways_out(self._returned, dialect).items()),
        )


def _ways_in(compiled: Any, dialect: sa.Dialect) -> dict[str, _Convert]:
    """Return how the parameters of a statement are turned for the driver, where they are."""
    ways = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
    }
    return {name: convert for name, convert in ways.items() if convert is not None}


def _ways_out(columns: Iterable[Any], dialect: sa.Dialect) -> dict[str, _Convert]:
    """Return how columns are turned as they come from the driver, where they are."""
    ways = {
        column.name: column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
    }
    return {name: convert for name, convert in ways.items() if convert is not None}
