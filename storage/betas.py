"""Betas: who was asked to try a change first, whether they do, and what they found."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.records import Verdict
from storage.repository import Repository

OPEN_FOR = timedelta(days=14)
"""How long a change can be tried first where staff name no day."""

REMIND_AFTER = timedelta(days=4)
"""When who said they would try is asked how it went, once: a weekend and a working day later."""

_b, _t = tables.betas, tables.trials


class TrialState(enum.StrEnum):
    """Where somebody stands who was asked to try."""

    INVITED = "invited"  # asked, no answer yet
    TRYING = "trying"  # said they would
    PASSED = "passed"  # would rather not this time
    DONE = "done"  # said what they found
    RENEWED = "renewed"  # asked again about a later version before they said anything


@dataclass(frozen=True, slots=True)
class Beta:
    """One change that can be tried before everybody has it."""

    id: int
    feedback_id: int
    by_id: int
    text: str
    at: datetime
    until: date | None = None  # the last day on which it can be tried


@dataclass(frozen=True, slots=True)
class Trial:
    """One person who was asked to try one beta."""

    beta_id: int
    member_id: int
    state: TrialState
    verdict: Verdict | None
    note: str


def _trial(row: sa.RowMapping) -> Trial:
    verdict = Verdict(row["verdict"]) if row["verdict"] else None
    return Trial(row["beta_id"], row["member_id"], TrialState(row["state"]), verdict, row["note"])


class BetaRepository(Repository):
    """Queries over betas and their trials."""

    async def add(self, feedback_id: int, by_id: int, text: str, now: datetime, until: date) -> Beta:
        """Open a beta."""
        row = await self._one(
            sa.insert(_b)
            .values(feedback_id=feedback_id, by_id=by_id, text=text, at=now, until=until)
            .returning(_b)
        )
        assert row is not None  # noqa: S101 - an insert always returns its row
        return Beta(**row)

    async def find(self, beta_id: int) -> Beta | None:
        """Return a beta, or None."""
        row = await self._one(sa.select(_b).where(_b.c.id == beta_id))
        return Beta(**row) if row else None

    async def find_last(self, feedback_id: int) -> Beta | None:
        """Return the newest beta of a feedback, or None."""
        row = await self._one(
            sa.select(_b).where(_b.c.feedback_id == feedback_id).order_by(_b.c.id.desc()).limit(1)
        )
        return Beta(**row) if row else None

    async def renew(self, beta: Beta) -> None:
        """Let whoever has said nothing to the earlier betas of the same feedback answer this one."""
        former = sa.select(_b.c.id).where(_b.c.feedback_id == beta.feedback_id, _b.c.id < beta.id)
        await self._run(
            sa.update(_t)
            .where(
                _t.c.beta_id.in_(former), _t.c.state.in_([str(TrialState.INVITED), str(TrialState.TRYING)])
            )
            .values(state=str(TrialState.RENEWED))
        )

    async def invite(self, beta_id: int, member_ids: Iterable[int], now: datetime) -> None:
        """Note who was asked."""
        rows = [
            {"beta_id": beta_id, "member_id": member, "state": str(TrialState.INVITED), "at": now}
            for member in member_ids
        ]
        if rows:
            await self._run(self._insert(_t).on_conflict_do_nothing(), rows)

    async def find_trial(self, beta_id: int, member_id: int) -> Trial | None:
        """Return how somebody stands to a beta, None if they were not asked."""
        row = await self._one(sa.select(_t).where(_t.c.beta_id == beta_id, _t.c.member_id == member_id))
        return _trial(row) if row else None

    async def change(self, trial: Trial, now: datetime, **values: str) -> None:
        """Write what somebody answered."""
        await self._run(
            sa.update(_t)
            .where(_t.c.beta_id == trial.beta_id, _t.c.member_id == trial.member_id)
            .values(at=now, **values)
        )

    async def list_trials(self, beta_id: int, limit: int = 200) -> list[Trial]:
        """List who was asked, who answered last first."""
        rows = await self._all(
            sa.select(_t).where(_t.c.beta_id == beta_id).order_by(_t.c.at.desc(), _t.c.member_id).limit(limit)
        )
        return [_trial(row) for row in rows]

    async def count_by_state(self, beta_id: int) -> dict[tuple[TrialState, Verdict | None], int]:
        """Count those who were asked by where they stand and what they found."""
        rows = await self._all(
            sa.select(_t.c.state, _t.c.verdict, sa.func.count().label("n"))
            .where(_t.c.beta_id == beta_id)
            .group_by(_t.c.state, _t.c.verdict)
        )
        return {
            (TrialState(row["state"]), Verdict(row["verdict"]) if row["verdict"] else None): row["n"]
            for row in rows
        }
