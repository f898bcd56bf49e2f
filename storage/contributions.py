"""The ledger of credit: one line an outcome, never one a message."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository


class Credit(enum.StrEnum):
    """What credit is given for (PRODUCT §9)."""

    FIRST_REPORT = "first_report"  # first to report what was later verified
    CAUSED_CHANGE = "caused_change"  # something was changed because they said so
    VERIFICATION = "verification"  # told us whether it is really better


class ContributionRepository(Repository):
    """Queries over contributions."""

    async def add(self, member_id: int, kind: Credit, subject: str, now: datetime) -> bool:
        """Write one line of credit; False if it stood there already."""
        return bool(
            await self._run(
                self._insert(tables.contributions)
                .values(member_id=member_id, kind=str(kind), subject=subject, at=now)
                .on_conflict_do_nothing()
            )
        )

    async def count(self, member_id: int) -> dict[Credit, int]:
        """Count a member's lines by kind."""
        c = tables.contributions
        rows = await self._all(
            sa.select(c.c.kind, sa.func.count().label("n"))
            .where(c.c.member_id == member_id)
            .group_by(c.c.kind)
        )
        return {Credit(row["kind"]): row["n"] for row in rows}
