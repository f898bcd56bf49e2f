"""What became of promises to aliases: rows of one shape, in which only the key reads whether somebody was there.

Written by `bot/settlement.py` as letters leave; read by handlers when somebody comes back, and by `bot/covering.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.promises import Delivery, DeliveryState, delivery_of
from storage.repository import Repository

_t = tables.letters
_d = tables.deliveries
PLAIN = "plain:"
"""How what became of a letter begins that is of a time before it was encrypted; the next start covers it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be kept of one promise: how it fared, covered."""

    delivery_id: int
    covered: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one promise to an alias; without `delivery_id` its words are gone.

    **Shape**: `mark` is drawn by chance, and orders rows by nothing; of a time before fates were covered it is a keyed
    mark of the message's number.
    """

    mark: str
    member_id: int
    delivery_id: int | None
    covered: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A promise to an alias that was carried out, and how it fared, covered."""

    delivery: Delivery
    covered: str


class LetterRepository(Repository):
    """Queries over letters to aliases."""

    async def add(self, member_id: int, letters: Iterable[Letter]) -> None:
        """Keep what became of promises to an alias."""
        for letter in letters:
            values = {"delivery_id": letter.delivery_id, "covered": letter.covered}
            await self._run(sa.insert(_t).values(mark=secrets.token_hex(32), member_id=member_id, **values))

    async def settle(self, letters: Iterable[Letter]) -> None:
        """Keep anew what became of promises: they went out once more, or are about to."""
        for letter in letters:
            here = _t.c.delivery_id == letter.delivery_id
            await self._run(sa.update(_t).where(here).values(covered=letter.covered))

    async def find_member(self, marks: Collection[str]) -> int | None:
        """Return the alias that a message went to before fates were covered, by the marks it may have."""
        found: int | None = await self._scalar(sa.select(_t.c.member_id).where(_t.c.mark.in_(list(marks))))
        return found

    async def list_posted(self, member_id: int) -> list[Posted]:
        """List what was posted to an alias and is still to be read, oldest first."""
        rows = await self._all(
            sa.select(_d, _t.c.covered)
            .join(_t, _t.c.delivery_id == _d.c.id)
            .where(_t.c.member_id == member_id, _d.c.state == str(DeliveryState.SENT))
            .order_by(_d.c.id)
        )
        return [Posted(delivery_of(row), row["covered"]) for row in rows]

    async def list_of(self, member_id: int) -> list[Kept]:
        """List all that is kept of letters to an alias."""
        rows = await self._all(sa.select(_t).where(_t.c.member_id == member_id))
        return [Kept(**row) for row in rows]

    async def list_promised(self, keys: Collection[str]) -> set[str]:
        """Return which of these promises are still to be carried out."""
        rows = await self._all(sa.select(_d.c.key).where(_d.c.key.in_(list(keys))))
        return {row["key"] for row in rows}

    async def let_go(self, *which: sa.ColumnElement[bool], parameters: Any = None) -> None:
        """Let no letter about these deliveries wait any longer, arrived or not: what they say holds no more."""
        ids = sa.select(_d.c.id).where(*which)
        await self._run(sa.update(_t).where(_t.c.delivery_id.in_(ids)).values(delivery_id=None), parameters)

    async def list_after(self, mark: str, limit: int) -> list[Kept]:
        """List letters in the order of their marks, from the one after this."""
        rows = await self._all(sa.select(_t).where(_t.c.mark > mark).order_by(_t.c.mark).limit(limit))
        return [Kept(**row) for row in rows]

    async def list_plain(self, limit: int) -> list[Kept]:
        """List letters of which it is not encrypted yet what became of them."""
        rows = await self._all(sa.select(_t).where(_t.c.covered.startswith(PLAIN)).limit(limit))
        return [Kept(**row) for row in rows]

    async def replace(self, letter: Kept, covered: str) -> bool:
        """Cover anew what became of a letter; False if it was forgotten or has changed meanwhile."""
        is_same = (_t.c.mark == letter.mark) & (_t.c.covered == letter.covered)
        return bool(await self._run(sa.update(_t).where(is_same).values(covered=covered)))
