"""The base of every repository: one connection, both dialects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.asks import Ask, Step
from storage.prepared import Prepared, Row

if TYPE_CHECKING:
    from storage.uow import UnitOfWork

_A = TypeVar("_A")
_B = TypeVar("_B")
_C = TypeVar("_C")


class Repository:
    """One file of queries inside one UnitOfWork."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._connection = uow.connection

    @property
    def _is_postgres(self) -> bool:
        return self._connection.dialect.name == "postgresql"

    def _insert(self, table: sa.Table) -> Any:
        """Return the dialect's INSERT, which knows ON CONFLICT."""
        return insert(table, is_postgres=self._is_postgres)

    async def _one(self, statement: Any, parameters: Any = None) -> sa.RowMapping | None:
        return (await self._connection.execute(statement, parameters)).mappings().first()

    async def _all(self, statement: Any, parameters: Any = None) -> list[sa.RowMapping]:
        found = (await self._connection.execute(statement, parameters)).mappings()
        return list(found.all())  # at once: one by one takes twice as long

    async def _scalar(self, statement: Any, parameters: Any = None) -> Any:
        return (await self._connection.execute(statement, parameters)).scalar()

    async def _fetch(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the rows of a statement of the busiest paths."""
        return await self._connection.fetch(prepared, parameters)

    async def _apply(self, prepared: Prepared, parameters: Mapping[str, Any]) -> int:
        """Run a statement of the busiest paths; return how many rows it touched."""
        return await self._connection.apply(prepared, parameters)

    async def _spread(
        self, spread: Spread, rows: Sequence[Sequence[Any]], parameters: Mapping[str, Any]
    ) -> Sequence[Row]:
        """Run a statement over many rows; return its own."""
        carried = spread.carried(rows, is_postgres=self._is_postgres)
        return await self._connection.fetch(spread.prepared, {**parameters, **carried})

    def _over(self, spread: Spread, rows: Sequence[Sequence[Any]]) -> Step:
        """Return a statement over many rows as a step."""
        return Step(spread.prepared, spread.carried(rows, is_postgres=self._is_postgres))

    async def _later(self, step: Step) -> None:
        """Run a statement of the busiest paths whose outcome nobody waits for; whatever is run after it sees it.

        Not what else nobody waits for: on PostgreSQL that goes to the server together.
        """
        await self._connection.apply_later(step)

    async def _answer(self, ask: Ask[_A]) -> _A:
        """Return what is asked for."""
        return ask.read(await self._fetch(ask.step.prepared, ask.step.parameters))

    @overload
    async def _answers(self, a: Ask[_A], b: Ask[_B], /) -> tuple[_A, _B]: ...

    @overload
    async def _answers(self, a: Ask[_A], b: Ask[_B], c: Ask[_C], /) -> tuple[_A, _B, _C]: ...

    async def _answers(self, *asks: Ask[Any]) -> tuple[Any, ...]:
        """Return what is asked for by several, none of which needs what another writes, in one go."""
        found = await self._connection.fetch_together([ask.step for ask in asks])
        return tuple(ask.read(rows) for ask, rows in zip(asks, found, strict=True))

    async def _bulk(self, bulk: Bulk, parameters: dict[str, Any]) -> Any:
        return await self._connection.execute(bulk.statement(is_postgres=self._is_postgres), parameters)

    def _among(self, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
        """Tell whether a column is one of the ids in parameter `rows` (see `ids_as_json`), however many there are."""
        shape = unroll("i:bigint", is_postgres=self._is_postgres)
        if self._is_postgres:  # as an array its index is looked into, also beside another condition by OR
            return column.op("= ANY", is_comparison=True)(sa.text(f"(ARRAY(SELECT i FROM {shape}))"))
        return column.in_(sa.select(sa.column("i", sa.BigInteger())).select_from(sa.text(shape)))

    async def _run(self, statement: Any, parameters: Any = None) -> int:
        return (await self._connection.execute(statement, parameters)).rowcount


def insert(table: sa.Table, *, is_postgres: bool) -> Any:
    """Return a dialect's INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)


class Bulk:
    """One statement that carries a whole batch as JSON, at about a microsecond a row; built once.

    **Shape**: `columns` is "a:text b:bigint"; each row is a JSON array in that order. `{rows}` in the SQL stands
    for the FROM item that unrolls parameter `rows`, named `r`.
    """

    def __init__(self, columns: str, sql: str, *returned: sa.Column[Any]) -> None:
        self._by_dialect: dict[bool, Any] = {}
        for is_postgres in (False, True):
            statement = sa.text(sql.replace("{rows}", unroll(columns, is_postgres=is_postgres)))
            self._by_dialect[is_postgres] = statement.columns(*returned) if returned else statement

    def statement(self, *, is_postgres: bool) -> Any:
        """Return the statement in a dialect; its rows come back as the returned columns, if any are named."""
        return self._by_dialect[is_postgres]


def prepared(columns: str, sql: str, *returned: sa.Column[Any], is_repeatable: bool = False) -> Prepared:
    """Return a Bulk of the busiest paths; its rows have the names and types of `returned`."""

    def build(is_postgres: bool) -> Any:  # noqa: FBT001 - the shape Prepared asks for
        statement = sa.text(sql.replace("{rows}", unroll(columns, is_postgres=is_postgres)))
        return statement.columns(*returned) if returned else statement

    return Prepared(build, returned=returned, is_repeatable=is_repeatable)


def prepared_among(kind: str, sql: str, *returned: sa.Column[Any]) -> Prepared:
    """Return a statement of the busiest paths that looks ids up; its rows have the names and types of `returned`.

    **Shape**: `{among}` in the SQL says that what stands before it is one of those in parameter `rows`, a JSON array.
    """

    def build(is_postgres: bool) -> Any:  # noqa: FBT001 - the shape Prepared asks for
        # Joined to such rows, which it takes for a hundred, PostgreSQL would read all of a small table.
        each = f"SELECT CAST(i AS {kind}) FROM jsonb_array_elements_text(CAST(:rows AS jsonb)) AS i"
        among = f"= ANY (ARRAY({each}))" if is_postgres else "IN (SELECT value FROM json_each(:rows))"
        return sa.text(sql.replace("{among}", among)).columns(*returned)

    return Prepared(build, returned=returned, is_repeatable=True)


class Spread:
    """A `prepared` that carries long texts in many rows: JSON to SQLite, to PostgreSQL one array a column.

    What takes texts out of JSON again takes PostgreSQL a quarter of the time that writing them does.
    """

    def __init__(self, columns: str, sql: str, *returned: sa.Column[Any]) -> None:
        self._names = [pair.split(":")[0] for pair in columns.split()]
        arrays = ", ".join(f"CAST(:rows_{pair.replace(':', ' AS ')}[])" for pair in columns.split())
        unnested = f"unnest({arrays}) AS r ({', '.join(self._names)})"

        def build(is_postgres: bool) -> Any:  # noqa: FBT001 - the shape Prepared asks for
            rows = unnested if is_postgres else unroll(columns, is_postgres=False)
            return sa.text(sql.replace("{rows}", rows)).columns(*returned)

        self.prepared = Prepared(build, returned=returned)

    def carried(self, rows: Sequence[Sequence[Any]], *, is_postgres: bool) -> dict[str, Any]:
        """Return the parameters that carry the rows."""
        if not is_postgres:
            return {"rows": as_json(rows)}
        columns = zip(*rows, strict=True) if rows else [()] * len(self._names)
        return {f"rows_{name}": list(column) for name, column in zip(self._names, columns, strict=True)}


def unroll(columns: str, *, is_postgres: bool) -> str:
    """Return the FROM item, named `r`, that unrolls the JSON rows in parameter `rows`; see Bulk.

    What it is joined with comes by CROSS JOIN: so SQLite goes through these rows first, whatever it believes.
    """
    pairs = [pair.split(":") for pair in columns.split()]
    if is_postgres:
        cells = ", ".join(f"(e->>{i})::{kind} AS {name}" for i, (name, kind) in enumerate(pairs))
        return f"(SELECT {cells} FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS e) AS r"
    cells = ", ".join(f"json_extract(value, '$[{i}]') AS {name}" for i, (name, _) in enumerate(pairs))
    return f"(SELECT {cells} FROM json_each(:rows)) AS r"


def ids_as_json(ids: Iterable[int]) -> str:
    """Write ids for `_among`."""
    return as_json([[each] for each in ids])


def as_json(rows: Any) -> str:
    """Write rows for `unroll`."""
    return msgspec.json.encode(rows).decode()
