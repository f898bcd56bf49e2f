"""What members allowed: given, in force, taken back. A case in the group and a story both ask here before they show.

Nothing is ever rewritten: a consent that was changed or taken back stays as a row with `revoked_at`, so that what
was shown when can be answered for.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.errors import ConflictError
from storage.repository import Repository, ids_as_json

_t = tables.consents


class Purpose(enum.StrEnum):
    """What is allowed to be shown."""

    CASE = "case"  # a card in the group that tells how a complaint goes on (PRODUCT §7)
    STORY = "story"  # a text in the story library (PRODUCT §8)


class Scope(enum.StrEnum):
    """How far the permission goes."""

    NAMED = "named"  # with their name
    NAMELESS = "nameless"  # the story, but nothing that says whose it is
    REFUSED = "refused"  # asked, and the answer was no: they are not asked again


@dataclass(frozen=True, slots=True)
class Consent:
    """One answer of one member. `wording` is the very text they agreed to, where there is one."""

    id: int
    member_id: int
    purpose: Purpose
    subject: str  # what it is about: "feedback:128"
    scope: Scope
    wording: str
    given_at: datetime
    revoked_at: datetime | None = None

    @property
    def allows(self) -> bool:
        """Tell whether it may be shown."""
        return self.revoked_at is None and self.scope is not Scope.REFUSED


def _consent(row: sa.RowMapping) -> Consent:
    return Consent(
        id=row["id"], member_id=row["member_id"], purpose=Purpose(row["purpose"]), subject=row["subject"],
        scope=Scope(row["scope"]), wording=row["wording"], given_at=row["given_at"], revoked_at=row["revoked_at"],
    )  # fmt: skip


class ConsentRepository(Repository):
    """Queries over consents; of one member, purpose and subject at most one is in force."""

    async def give(
        self,
        member_id: int,
        purpose: Purpose,
        subject: str,
        scope: Scope,
        now: datetime,
        *,
        wording: str = "",
    ) -> Consent:
        """Record an answer in place of the former one; the same answer again changes nothing.

        **Errors**: ConflictError when another answer arrived in the same moment.
        """
        former = await self.find(member_id, purpose, subject)
        if former is not None and (former.scope, former.wording) == (scope, wording):
            return former
        await self.revoke(member_id, purpose, subject, now)
        row = await self._one(
            self._insert(_t)
            .values(
                member_id=member_id, purpose=str(purpose), subject=subject, scope=str(scope), wording=wording,
                given_at=now,
            )
            .on_conflict_do_nothing(
                index_elements=["member_id", "purpose", "subject"], index_where=_t.c.revoked_at.is_(None)
            )
            .returning(_t)
        )  # fmt: skip
        if row is None:  # said twice in the same moment: the other answer stands
            raise ConflictError(subject)
        return _consent(row)

    async def revoke(self, member_id: int, purpose: Purpose, subject: str, now: datetime) -> Consent | None:
        """Take an answer back; None if none was in force (somebody was faster, or it was never given)."""
        row = await self._one(
            sa.update(_t)
            .where(self._living(member_id), _t.c.purpose == str(purpose), _t.c.subject == subject)
            .values(revoked_at=now)
            .returning(_t)
        )
        return _consent(row) if row else None

    async def revoke_all(self, member_id: int, now: datetime) -> list[Consent]:
        """Take back everything a member allowed; return what that was."""
        rows = await self._all(
            sa.update(_t).where(self._living(member_id)).values(revoked_at=now).returning(_t)
        )
        return [_consent(row) for row in rows]

    async def find(self, member_id: int, purpose: Purpose, subject: str) -> Consent | None:
        """Return the answer in force, which may be a refusal; None if there is none."""
        row = await self._one(
            sa.select(_t).where(
                self._living(member_id), _t.c.purpose == str(purpose), _t.c.subject == subject
            )
        )
        return _consent(row) if row else None

    async def find_by_id(self, consent_id: int) -> Consent | None:
        """Return an answer, in force or not, or None."""
        row = await self._one(sa.select(_t).where(_t.c.id == consent_id))
        return _consent(row) if row else None

    async def list_in_force(self, member_id: int, limit: int = 20) -> list[Consent]:
        """List what a member allows now, newest first."""
        rows = await self._all(
            sa.select(_t)
            .where(self._living(member_id), _t.c.scope != str(Scope.REFUSED))
            .order_by(_t.c.id.desc())
            .limit(limit)
        )
        return [_consent(row) for row in rows]

    async def list_living(
        self, member_ids: Iterable[int], purpose: Purpose
    ) -> dict[tuple[int, str], Consent]:
        """Return these members' answers in force for one purpose, by member and subject."""
        rows = await self._all(
            sa.select(_t).where(
                self._among(_t.c.member_id), _t.c.purpose == str(purpose), _t.c.revoked_at.is_(None)
            ),
            {"rows": ids_as_json(member_ids)},
        )
        return {(row["member_id"], row["subject"]): _consent(row) for row in rows}

    async def list_of(self, member_id: int) -> list[Consent]:
        """List every answer a member ever gave, oldest first."""
        rows = await self._all(sa.select(_t).where(_t.c.member_id == member_id).order_by(_t.c.id))
        return [_consent(row) for row in rows]

    @staticmethod
    def _living(member_id: int) -> sa.ColumnElement[bool]:
        return sa.and_(_t.c.member_id == member_id, _t.c.revoked_at.is_(None))
