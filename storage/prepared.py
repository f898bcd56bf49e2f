"""Statements of the busiest paths: built and compiled once, then given to SQLite's driver as they are.

SQLAlchemy prepares each execution anew: 25 µs of which SQLite's own work is 5. What every message or capture
runs goes past that; whatever else, and everything on PostgreSQL, is executed by SQLAlchemy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

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


class Prepared:
    """One statement in both dialects.

    **Shape**: `keys` are the parameters of an INSERT that takes its columns from them; `returned` are the columns
    of its rows, in order. No parameter may be a list.
    """

    def __init__(
        self, build: Callable[[bool], Any], *, keys: Sequence[str] = (), returned: Sequence[Any] = ()
    ) -> None:
        """`build` makes the statement, told whether for PostgreSQL; called once a dialect, on first use."""
        self._build = build
        self._keys = list(keys) or None
        self._returned = tuple(returned)
        self._statements: dict[bool, Any] = {}
        self._compiled: _Compiled | None = None

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

    def _compile(self) -> _Compiled:
        dialect = sqlite.dialect(paramstyle="named")
        compiled = self.statement(is_postgres=False).compile(dialect=dialect, column_keys=self._keys)
        ways_in = []
        for name, bind in compiled.binds.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                ways_in.append((name, convert))
        ways_out = []
        for place, column in enumerate(self._returned):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                ways_out.append((place, convert))
        return _Compiled(
            str(compiled),
            {name: value for name, value in compiled.params.items() if value is not None},
            tuple(ways_in), tuple(column.name for column in self._returned), tuple(ways_out),
        )  # fmt: skip
