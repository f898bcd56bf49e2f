"""Statements that go to PostgreSQL together: on their own each takes its way there and back, longer than its work.

SQLite runs them one after the other, where a statement has no way to go. So nothing may go together that needs what
another of them writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import sqlalchemy as sa

    from storage.prepared import Prepared, Row

_T = TypeVar("_T")
_PLACE = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Step:
    """A prepared statement with its parameters."""

    prepared: Prepared
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask(Generic[_T]):
    """A step that is answered: `read` makes of its rows what was asked for."""

    step: Step
    read: Callable[[Sequence[Row]], _T]


class Joint:
    """Several prepared statements as one: each sees what was stored before all of them."""

    def __init__(self, statements: Sequence[Prepared], dialect: sa.Dialect) -> None:
        """Write them as one for PostgreSQL, which returns every row with the place of its statement."""
        self._told = [prepared.told_to_postgres(dialect) for prepared in statements]
        parts, answers, before = [], [], 0
        for part, told in enumerate(self._told):
            parts.append(f"part_{part} AS ({_shifted(told.sql, before)})")
            before += len(told.places)
            if told.names:
                answers.append(f"SELECT {part} AS part, part_{part} AS found FROM part_{part}")
        self.sql = f"WITH {', '.join(parts)} {' UNION ALL '.join(answers) or 'SELECT WHERE false'}"

    def bound(self, steps: Sequence[Step]) -> list[Any]:
        """Return what stands in each place."""
        return [
            value
            for told, step in zip(self._told, steps, strict=True)
            for value in told.bound(step.parameters)
        ]

    def rows(self, found: Iterable[Any]) -> list[Sequence[Row]]:
        """Return the rows of each statement; none of one that returns none."""
        of: list[list[Any]] = [[] for _ in self._told]
        for part, record in found:
            of[part].append(dict(zip(self._told[part].names, record, strict=True)))
        return [told.rows(rows) for told, rows in zip(self._told, of, strict=True)]


def _shifted(sql: str, by: int) -> str:
    """Return SQL whose first place is the one after so many others."""
    return _PLACE.sub(lambda place: f"${int(place[1]) + by}", sql)
