"""How PostgreSQL is driven: the busiest statements and the words of the transaction go to its driver as they are.

A statement takes the server about 0.1 ms with the way there and back; SQLAlchemy's asyncio layer makes that 0.3, of
a savepoint 0.6, of opening and closing a transaction 0.7. So BEGIN, SAVEPOINT and RELEASE wait here until a
statement needs them and go together, as do statements that nobody waits for; prepared statements pass SQLAlchemy
by, and connections are kept open (`storage/server.py`). As long as all that was asked in a transaction may be asked
again, a savepoint is its beginning: only a failure takes a way, back to it and through those questions.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.asks import Joint, Step
from storage.errors import StorageBusyError, StorageError
from storage.outages import is_outage

if TYPE_CHECKING:
    from storage.prepared import Prepared, Row

_T = TypeVar("_T")
_BEGIN_WRITING = "BEGIN"
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"  # one moment, however many questions
_RELEASE = "RELEASE "
_Answered: TypeAlias = "tuple[Sequence[Step], list[Sequence[Row]]]"


class ServerConnection:
    """What repositories use of SQLAlchemy's AsyncConnection, over one that is told itself when to begin and commit."""

    def __init__(self, connection: AsyncConnection, driver: Any) -> None:
        self._connection = connection
        self._driver = driver
        # Words of the transaction that no statement has needed yet, and statements that nobody has.
        self._waiting: list[str | Step] = []
        self._joints: dict[tuple[Prepared, ...], Joint] = {}
        self._depth = 0
        self._goes = 0
        # What was asked in this transaction and answered, while all of it may be asked again.
        self._opening: list[_Answered] | None = None

    @property
    def dialect(self) -> sa.Dialect:
        """Return the dialect, as every connection does."""
        return self._connection.dialect

    @property
    def is_usable(self) -> bool:
        """Tell whether the server still listens, as far as is known here."""
        return not self._driver.is_closed() and not self._connection.invalidated

    async def execute(self, statement: Any, parameters: Any = None) -> sa.CursorResult[*tuple[Any, ...]]:
        """Run a statement."""
        await self._catch_up()
        found: sa.CursorResult[*tuple[Any, ...]] = await self._connection.execute(statement, parameters)
        return found

    async def scalar(self, statement: Any, parameters: Any = None) -> Any:
        """Run a statement and return the first column of its first row."""
        await self._catch_up()
        return await self._connection.scalar(statement, parameters)

    async def exec_driver_sql(self, statement: str) -> sa.CursorResult[*tuple[Any, ...]]:
        """Run SQL as it is written."""
        await self._catch_up()
        return await self._connection.exec_driver_sql(statement)

    async def run_sync(self, work: Callable[[sa.Connection], _T]) -> _T:
        """Let something use the connection itself."""
        await self._catch_up()
        return await self._connection.run_sync(work)

    async def fetch(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the rows of a prepared statement."""
        await self._catch_up()
        told = prepared.told_to_postgres(self.dialect)
        with _plainly():
            found = await self._driver.fetch(told.sql, *told.bound(parameters))
        return told.rows(found)

    async def apply(self, prepared: Prepared, parameters: Mapping[str, Any]) -> int:
        """Run a prepared statement and return how many rows it touched."""
        await self._catch_up()
        told = prepared.told_to_postgres(self.dialect)
        with _plainly():
            status = await self._driver.execute(told.sql, *told.bound(parameters))
        return int(status.rpartition(" ")[2])

    async def fetch_together(self, steps: Sequence[Step]) -> list[Sequence[Row]]:
        """Return the rows of each of several prepared statements, none of which needs what another writes."""
        is_first = not any(isinstance(each, Step) for each in self._waiting)
        opening = self._opening if is_first and all(step.prepared.is_repeatable for step in steps) else None
        await self._catch_up()
        found = await self._run_together(steps)
        if opening is not None:
            self._opening = [*opening, (steps, found)]
        return found

    async def apply_later(self, step: Step) -> None:
        """Run a prepared statement before the next one, or at the end: with its like, which it does not see."""
        place = len(self._waiting)
        while place and _is_release(self._waiting[place - 1]):
            place -= 1  # into what is over, to go with what is in there
        self._waiting.insert(place, step)

    @asynccontextmanager
    async def transaction(self, *, is_reading: bool = False) -> AsyncIterator[None]:
        """Do what happens inside at once or not at all. **Errors**: StorageError when the server undid it all."""
        self._waiting = [_BEGIN_READING if is_reading else _BEGIN_WRITING]
        self._opening = None if is_reading else []
        try:
            yield
            if self._driver.is_in_transaction() or any(isinstance(each, Step) for each in self._waiting):
                self._waiting.append("COMMIT")
                if await self._catch_up() != "COMMIT":
                    raise StorageError("a statement had failed, so the server undid the whole transaction")
        finally:
            self._waiting = []
            if self.is_usable and self._driver.is_in_transaction():
                with _plainly():
                    await self._driver.execute("ROLLBACK")

    def begin_nested(self) -> AbstractAsyncContextManager[None]:
        """Undo only what happens inside when it raises.

        **Errors**: StorageBusyError, which ends it all, when what came before is not as it was any more.
        """
        return self._from_a_savepoint() if self._opening is None else self._from_the_beginning(self._opening)

    @asynccontextmanager
    async def _from_a_savepoint(self) -> AsyncIterator[None]:
        name = f"inner_{self._depth}"
        begin = f"SAVEPOINT {name}"
        self._depth += 1
        self._waiting.append(begin)
        try:
            yield
        except BaseException:
            if begin in self._waiting:  # the server never hears of it
                del self._waiting[self._waiting.index(begin) :]
            else:  # and so it never hears of what waits inside either
                self._waiting = [f"ROLLBACK TO {name}", f"{_RELEASE}{name}"]
            raise
        else:
            if begin in self._waiting:
                self._waiting.remove(begin)
            else:
                self._waiting.append(f"{_RELEASE}{name}")
        finally:
            self._depth -= 1

    @asynccontextmanager
    async def _from_the_beginning(self, opening: list[_Answered]) -> AsyncIterator[None]:
        goes, waiting = self._goes, list(self._waiting)
        self._opening = None
        try:
            yield
        except BaseException:
            if self._goes == goes:  # the server never hears of it
                self._waiting, self._opening = waiting, opening
            elif self.is_usable:
                await self._begin_anew(opening)
            raise
        else:
            if self._goes == goes and self._waiting == waiting:
                self._opening = opening

    async def _begin_anew(self, opening: list[_Answered]) -> None:
        self._waiting, self._opening = ["ROLLBACK", _BEGIN_WRITING], []
        for steps, answer in opening:
            if await self.fetch_together(steps) != answer:
                raise StorageBusyError("what a transaction began with has changed meanwhile")

    async def _catch_up(self) -> str:
        """Tell the server what waits, in as few goes as it takes; return what it answers to the last words of it."""
        self._goes += 1
        self._opening = None
        if all(map(_is_release, self._waiting)):
            return ""  # nothing is wrong with being inside what is over; the next word takes it along
        waiting, self._waiting = self._waiting, []
        answer = ""
        for are_steps, group in itertools.groupby(waiting, lambda each: isinstance(each, Step)):
            if are_steps:
                for steps in _apart(cast("Iterable[Step]", group)):
                    await self._run_together(steps)
            else:
                with _plainly():
                    answer = await self._driver.execute("; ".join(cast("Iterable[str]", group)))
        return answer

    async def _run_together(self, steps: Sequence[Step]) -> list[Sequence[Row]]:
        statements = tuple(step.prepared for step in steps)
        joint = self._joints.get(statements)
        if joint is None:
            joint = self._joints[statements] = Joint(statements, self.dialect)
        with _plainly():
            found = await self._driver.fetch(joint.sql, *joint.bound(steps))
        return joint.rows(found)

    async def close(self) -> None:
        """Give the connection back, or up if it is of no use any more."""
        if not self.is_usable:
            await self._connection.invalidate()
        await self._connection.close()


def _is_release(waiting: str | Step) -> bool:
    return isinstance(waiting, str) and waiting.startswith(_RELEASE)


def _apart(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Yield steps that may go together: what one of them writes, another run of the same statement may look for."""
    together: list[Step] = []
    for step in steps:
        if any(step.prepared is other.prepared for other in together):
            yield together
            together = []
        together.append(step)
    if together:
        yield together


@contextmanager
def _plainly() -> Iterator[None]:
    """Let an outage be one error, and no error show what is stored. **Errors**: StorageBusyError."""
    try:
        yield
    except asyncpg.PostgresError as error:
        error.detail = None  # the row itself
        if is_outage(error):
            raise StorageBusyError(str(error)) from error
        raise
    except (asyncpg.InterfaceError, OSError) as error:  # the connection is gone
        raise StorageBusyError(str(error) or type(error).__name__) from error
