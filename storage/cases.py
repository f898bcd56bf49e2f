"""公开课: complaints that a group may watch, and what staff wrote on them. Whether they may is in `consents`."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository, ids_as_json

_t = tables.cases
_l = tables.case_lines


class CaseState(enum.StrEnum):
    """Where a case stands."""

    ASKED = "asked"  # its contributor has not answered yet
    OPEN = "open"  # they allowed it: the card is in the group, or on its way
    ENDED = "ended"  # they would rather not, or took it back


@dataclass(frozen=True, slots=True)
class Case:
    """One feedback told in a group; `post_key` is the Delivery of its card."""

    feedback_id: int
    chat_id: int
    by_id: int
    state: CaseState
    post_key: str
    at: datetime

    @property
    def subject(self) -> str:
        """Return how deliveries name what the group sees of it."""
        return f"case:{self.feedback_id}"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One piece of progress, in the words of staff."""

    id: int
    by_id: int
    text: str
    at: datetime


def _case(row: sa.RowMapping) -> Case:
    return Case(
        feedback_id=row["feedback_id"], chat_id=row["chat_id"], by_id=row["by_id"],
        state=CaseState(row["state"]), post_key=row["post_key"], at=row["at"],
    )  # fmt: skip


class CaseRepository(Repository):
    """Queries over cases."""

    async def ask(self, feedback_id: int, *, chat_id: int, by_id: int, now: datetime) -> Case | None:
        """Begin one by asking for consent; None if somebody has asked before."""
        row = await self._one(
            self._insert(_t)
            .values(
                feedback_id=feedback_id, chat_id=chat_id, by_id=by_id, state=str(CaseState.ASKED), at=now,
                changed_at=now,
            )
            .on_conflict_do_nothing(index_elements=["feedback_id"])
            .returning(_t)
        )  # fmt: skip
        return _case(row) if row else None

    async def find(self, feedback_id: int) -> Case | None:
        """Return the case of a feedback, or None."""
        row = await self._one(sa.select(_t).where(_t.c.feedback_id == feedback_id))
        return _case(row) if row else None

    async def list_open(self, feedback_ids: Iterable[int]) -> list[int]:
        """List which of these feedback are open cases."""
        rows = await self._all(
            sa.select(_t.c.feedback_id)
            .where(self._among(_t.c.feedback_id), _t.c.state == str(CaseState.OPEN))
            .order_by(_t.c.feedback_id),
            {"rows": ids_as_json(feedback_ids)},
        )
        return [row["feedback_id"] for row in rows]

    async def change(self, case: Case, state: CaseState, now: datetime, *, post_key: str = "") -> bool:
        """Let it stand elsewhere, if it is still as `case` says; False if somebody was faster."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(
                    _t.c.feedback_id == case.feedback_id, _t.c.state == str(case.state),
                    _t.c.post_key == case.post_key,
                )
                .values(state=str(state), post_key=post_key, changed_at=now)
            )
        )  # fmt: skip

    async def add_line(self, feedback_id: int, by_id: int, text: str, now: datetime) -> CaseLine:
        """Write progress down."""
        row = await self._one(
            sa.insert(_l).values(feedback_id=feedback_id, by_id=by_id, text=text, at=now).returning(_l)
        )
        assert row is not None  # noqa: S101 - an insert always returns its row
        return CaseLine(row["id"], row["by_id"], row["text"], row["at"])

    async def list_lines(self, feedback_id: int, limit: int) -> list[CaseLine]:
        """List the newest progress, oldest of it first."""
        rows = await self._all(
            sa.select(_l).where(_l.c.feedback_id == feedback_id).order_by(_l.c.id.desc()).limit(limit)
        )
        return [CaseLine(row["id"], row["by_id"], row["text"], row["at"]) for row in reversed(rows)]
