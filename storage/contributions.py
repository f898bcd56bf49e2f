"""The ledger of credit: one line an outcome, never one a message."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.contributions


class Credit(enum.StrEnum):
    """What credit is given for (PRODUCT §9)."""

    FIRST_REPORT = "first_report"  # first to report what was later verified
    CAUSED_CHANGE = "caused_change"  # something was changed because they said so; nobody has verified it yet
    VERIFICATION = "verification"  # told us whether it is really better
    USEFUL_DETAIL = "useful_detail"  # a detail of theirs was adopted
    THANKED_ANSWER = "thanked_answer"  # somebody they helped said thanks
    DISCOVERY = "discovery"  # a discovery of theirs was chosen
    CONTEST_PLACE = "contest_place"  # an entry of theirs was placed


COUNTED = frozenset(Credit) - {Credit.CAUSED_CHANGE}
"""What the ladder and the boards count: a change counts when its contributor has verified it."""


class ContributionRepository(Repository):
    """Queries over contributions."""

    async def add(
        self, member_id: int, kind: Credit, subject: str, now: datetime, *, by_id: int | None = None
    ) -> bool:
        """Write one line of credit, given by somebody or by the rules; False if it stood there already."""
        return bool(
            await self._run(
                self._insert(_t)
                .values(member_id=member_id, kind=str(kind), subject=subject, at=now, by_id=by_id)
                .on_conflict_do_nothing()
            )
        )

    async def add_all(self, kind: Credit, lines: Iterable[tuple[int, str]], now: datetime) -> None:
        """Write a line of credit for each (member, subject) that has none yet."""
        rows = [
            {"member_id": member_id, "kind": str(kind), "subject": subject, "at": now}
            for member_id, subject in lines
        ]
        if rows:
            await self._run(self._insert(tables.contributions).on_conflict_do_nothing(), rows)

    async def count(self, member_id: int) -> dict[Credit, int]:
        """Count a member's lines by kind."""
        rows = await self._all(
            sa.select(_t.c.kind, sa.func.count().label("n"))
            .where(_t.c.member_id == member_id)
            .group_by(_t.c.kind)
        )
        return {Credit(row["kind"]): row["n"] for row in rows}

    async def count_thanks_between(self, one_id: int, other_id: int, since: datetime) -> int:
        """Count the lines that two people have given each other by thanks since a moment, both ways."""
        pairs = sa.or_(
            sa.and_(_t.c.member_id == one_id, _t.c.by_id == other_id),
            sa.and_(_t.c.member_id == other_id, _t.c.by_id == one_id),
        )
        return await self._count(pairs, _t.c.at >= since)

    async def count_thanks_to(self, member_id: int, since: datetime) -> int:
        """Count the thanks a member was credited with since a moment."""
        return await self._count(_t.c.member_id == member_id, _t.c.at >= since)

    async def count_thanks_by(self, by_id: int, since: datetime) -> int:
        """Count the thanks of somebody's that credited others since a moment."""
        return await self._count(_t.c.by_id == by_id, _t.c.at >= since)

    async def count_thankers(self, member_id: int) -> int:
        """Count the different people who thanked a member."""
        return int(
            await self._scalar(
                sa.select(sa.func.count(_t.c.by_id.distinct())).where(
                    _t.c.member_id == member_id, _t.c.kind == str(Credit.THANKED_ANSWER)
                )
            )
        )

    async def _count(self, *conditions: sa.ColumnElement[bool]) -> int:
        thanks = _t.c.kind == str(Credit.THANKED_ANSWER)
        return int(await self._scalar(sa.select(sa.func.count()).where(thanks, *conditions)))
